/**
 * One message of JCM's ID-003: a command or status with its data. The text of the protocol is confidential; frame, check and
 * numbers are those that open clients use, with golden frames in the tests.
 */
export interface Id003Frame {
  readonly code: number;
  readonly data: Uint8Array;
}

/** Every frame begins with it. */
export const SYNC = 0xfc;
/** Sync, length, code and two bytes of CRC. The length byte counts all of them. */
export const ID003_OVERHEAD = 5;
export const MAX_ID003_FRAME_BYTES = 255;
export const MAX_ID003_DATA_BYTES = MAX_ID003_FRAME_BYTES - ID003_OVERHEAD;

/** CRC-16/KERMIT: polynomial 0x1021 reflected, start 0, no final XOR; "123456789" gives 0x2189. */
export function crcKermit(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc;
}

/** Makes the bytes of a frame. Throws on more than 250 data bytes: that is a bug of the caller. */
export function encodeId003({ code, data }: Id003Frame): Uint8Array {
  if (data.length > MAX_ID003_DATA_BYTES) throw new RangeError(`an ID-003 frame holds ${MAX_ID003_DATA_BYTES} bytes`);
  const bytes = new Uint8Array(data.length + ID003_OVERHEAD);
  bytes.set([SYNC, bytes.length, code]);
  bytes.set(data, 3);
  const crc = crcKermit(bytes.subarray(0, -2));
  bytes[bytes.length - 2] = crc & 0xff;
  bytes[bytes.length - 1] = crc >> 8;
  return bytes;
}

/** Reads exactly one frame; `undefined` when sync, length or check do not fit. */
export function decodeId003(bytes: Uint8Array): Id003Frame | undefined {
  const [sync, length, code] = bytes;
  if (sync !== SYNC || code === undefined || length !== bytes.length || length < ID003_OVERHEAD) return undefined;
  const stated = (bytes.at(-2) ?? 0) | ((bytes.at(-1) ?? 0) << 8);
  return crcKermit(bytes.subarray(0, -2)) === stated ? { code, data: bytes.slice(3, -2) } : undefined;
}

/** What came out of the byte stream. */
export type Id003Parsed =
  | { readonly kind: "frame"; readonly frame: Id003Frame }
  | { readonly kind: "garbage"; readonly bytes: number };

/** Cuts a byte stream into frames; holds at most one frame's length of bytes. */
export interface Id003Parser {
  push(bytes: Uint8Array): readonly Id003Parsed[];
  /** The line was quiet: what is unfinished will never be finished. */
  gap(): readonly Id003Parsed[];
  waiting(): number;
  reset(): void;
}

/** A parser that goes on behind the first byte of a candidate whose check fails: 0xFC may stand in noise and in data. */
export function createId003Parser(): Id003Parser {
  let held = new Uint8Array(0);

  function scan(ended: boolean): Id003Parsed[] {
    const found: Id003Parsed[] = [];
    let noise = 0;
    let at = 0;
    const flush = () => {
      if (noise > 0) found.push({ kind: "garbage", bytes: noise });
      noise = 0;
    };
    while (at < held.length) {
      const length = held[at + 1];
      const begins = held[at] === SYNC && (length === undefined || length >= ID003_OVERHEAD);
      const unfinished = begins && (length === undefined || at + length > held.length);
      if (unfinished && !ended) break;
      const frame =
        begins && !unfinished && length !== undefined ? decodeId003(held.subarray(at, at + length)) : undefined;
      if (frame) {
        flush();
        found.push({ kind: "frame", frame });
        at += frame.data.length + ID003_OVERHEAD;
      } else {
        at += 1;
        noise += 1;
      }
    }
    flush();
    held = held.slice(at);
    return found;
  }

  return {
    push(bytes) {
      const found: Id003Parsed[] = [];
      for (let at = 0; at < bytes.length; ) {
        // A full buffer always decides at least one byte, so there is room again on every round.
        const piece = bytes.subarray(at, at + MAX_ID003_FRAME_BYTES - held.length);
        const joined = new Uint8Array(held.length + piece.length);
        joined.set(held);
        joined.set(piece, held.length);
        held = joined;
        at += piece.length;
        found.push(...scan(false));
      }
      return found;
    },
    gap: () => scan(true),
    waiting: () => held.length,
    reset() {
      held = new Uint8Array(0);
    },
  };
}
