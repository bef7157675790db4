/** Our own messages to and from the I/O board, by their sysex id: docs/protocols/io-board.md. */
export const boardMessages = {
  echo: 0x01,
  status: 0x02,
  feed: 0x03,
  configure: 0x04,
  light: 0x05,
  pulse: 0x06,
  deadMan: 0x07,
  done: 0x0e,
} as const;
