/**
 * The wire of vsmartcard's vpcd between a reader slot and a card: `u16be length + bytes`. A message of length 1 from the
 * reader is control; everything else is an APDU, which the card answers with one message.
 */
export const control = {
  /** No reply. */
  off: 0x00,
  /** No reply. */
  on: 0x01,
  /** No reply. */
  reset: 0x02,
  /** The card replies with its ATR; may come at any time. */
  atr: 0x04,
} as const;

/** A message as bytes. Throws beyond 65,535 bytes: no APDU is that long. */
export function encodeFrame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  if (message.length > 0xffff) throw new RangeError(`message of ${message.length} bytes`);
  const frame = new Uint8Array(2 + message.length);
  frame[0] = message.length >> 8;
  frame[1] = message.length & 0xff;
  frame.set(message, 2);
  return frame;
}

/** Cuts a stream into messages. Holds at most one unfinished message (65,537 bytes). */
export interface FrameParser {
  /** The messages that these bytes complete, in order; each is a copy. */
  push(bytes: Uint8Array): readonly Uint8Array<ArrayBuffer>[];
}

/** A parser for one connection. Any bytes are valid framing, so there is nothing to refuse. */
export function createFrameParser(): FrameParser {
  let held = new Uint8Array();
  return {
    push(bytes) {
      const all = new Uint8Array(held.length + bytes.length);
      all.set(held);
      all.set(bytes, held.length);
      held.fill(0);
      const messages: Uint8Array<ArrayBuffer>[] = [];
      let offset = 0;
      for (;;) {
        const [high, low] = all.subarray(offset, offset + 2);
        if (high === undefined || low === undefined) break;
        const end = offset + 2 + high * 256 + low;
        if (end > all.length) break;
        messages.push(all.slice(offset + 2, end));
        offset = end;
      }
      held = all.slice(offset);
      // What passed through may have been a PIN or an address.
      all.fill(0);
      return messages;
    },
  };
}
