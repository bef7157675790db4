/** Largest data field of a short command (ISO/IEC 7816-4, 5.2). */
export const MAX_COMMAND_DATA_BYTES = 255;
/** Most bytes that a short Le can ask for; written as 00. */
export const MAX_RESPONSE_DATA_BYTES = 256;

/** A short command APDU. `le`: bytes asked for, 1…256; without it none. */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data?: Uint8Array;
  readonly le?: number;
}

/** A response: the data field and the status word. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  readonly sw: number;
}

/**
 * A command as bytes, cases 1 to 4 of ISO/IEC 7816-4 (short). Throws on a field out of range: the callers build commands
 * from constants, so that is a bug.
 */
export function encodeCommand(command: CommandApdu): Uint8Array<ArrayBuffer> {
  const { cla, ins, p1, p2, data, le } = command;
  for (const byte of [cla, ins, p1, p2]) inRange(byte, 0, 255);
  if (data) inRange(data.length, 1, MAX_COMMAND_DATA_BYTES);
  if (le !== undefined) inRange(le, 1, MAX_RESPONSE_DATA_BYTES);
  const bytes = new Uint8Array(4 + (data ? 1 + data.length : 0) + (le === undefined ? 0 : 1));
  bytes.set([cla, ins, p1, p2]);
  if (data) {
    bytes[4] = data.length;
    bytes.set(data, 5);
  }
  if (le !== undefined) bytes[bytes.length - 1] = le & 0xff;
  return bytes;
}

/** A command from bytes, as a card reads it; undefined when the lengths do not agree or the form is extended. */
export function decodeCommand(bytes: Uint8Array): CommandApdu | undefined {
  const [cla, ins, p1, p2, length] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  if (length === undefined) return header;
  if (bytes.length === 5) return { ...header, le: length || MAX_RESPONSE_DATA_BYTES };
  const dataEnd = 5 + length;
  if (length === 0 || bytes.length < dataEnd || bytes.length > dataEnd + 1) return undefined;
  const data = bytes.subarray(5, dataEnd);
  const le = bytes[dataEnd];
  return le === undefined ? { ...header, data } : { ...header, data, le: le || MAX_RESPONSE_DATA_BYTES };
}

/**
 * A response from bytes. Fewer than two is no response: a card that was pulled in the middle of a command gives "success"
 * with nothing.
 */
export function decodeResponse(bytes: Uint8Array): ResponseApdu | undefined {
  const sw1 = bytes.at(-2);
  const sw2 = bytes.at(-1);
  if (sw1 === undefined || sw2 === undefined) return undefined;
  return { data: bytes.subarray(0, bytes.length - 2), sw: (sw1 << 8) | sw2 };
}

/** A response as bytes: data, then SW1 SW2. */
export function encodeResponse(sw: number, data: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 2);
  bytes.set(data);
  bytes[data.length] = sw >> 8;
  bytes[data.length + 1] = sw & 0xff;
  return bytes;
}

function inRange(value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(`APDU field ${value}`);
}
