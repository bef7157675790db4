import { crcCcitt } from "./crc.ts";

/**
 * One ccTalk message (Generic Specification 4.7, part 1). `source` is absent in CRC mode, where its place carries half of
 * the check and the host is implied.
 */
export interface CcTalkFrame {
  readonly destination: number;
  readonly source?: number;
  readonly header: number;
  readonly data: Uint8Array;
}

/** How frames are protected on a bus: the simple 8-bit sum, or CRC-CCITT over two bytes. */
export type FrameCheck = "checksum" | "crc";

/** The host's address on every bus. */
export const HOST_ADDRESS = 1;
/** Destination, length, source, header and check. */
export const FRAME_OVERHEAD = 5;
/** Part 1: 253 to 255 are not used, so that small controllers can count a frame in one byte. */
export const MAX_DATA_BYTES = 252;
export const MAX_FRAME_BYTES = MAX_DATA_BYTES + FRAME_OVERHEAD;

/** Reply headers. A device that does not know a command, or that met a bad check, says nothing at all. */
export const REPLY_ACK = 0;
export const REPLY_NACK = 5;
export const REPLY_BUSY = 6;

/** Makes the bytes of a frame. Throws on more than 252 data bytes: that is a bug of the caller. */
export function encodeFrame(frame: CcTalkFrame, check: FrameCheck = "checksum"): Uint8Array {
  const { destination, header, data } = frame;
  if (data.length > MAX_DATA_BYTES) throw new RangeError(`a ccTalk frame holds at most ${MAX_DATA_BYTES} bytes`);
  const bytes = new Uint8Array(data.length + FRAME_OVERHEAD);
  bytes.set([destination, data.length, check === "checksum" ? (frame.source ?? HOST_ADDRESS) : 0, header]);
  bytes.set(data, 4);
  if (check === "checksum") {
    bytes[bytes.length - 1] = (256 - (sum(bytes) & 0xff)) & 0xff;
  } else {
    const crc = crcOf(bytes);
    bytes[2] = crc & 0xff;
    bytes[bytes.length - 1] = crc >> 8;
  }
  return bytes;
}

/** Reads exactly one frame; `undefined` when length or check do not fit. */
export function decodeFrame(bytes: Uint8Array, check: FrameCheck = "checksum"): CcTalkFrame | undefined {
  const length = bytes[1];
  if (length === undefined || length > MAX_DATA_BYTES || bytes.length !== length + FRAME_OVERHEAD) return undefined;
  if (!checks(bytes, 0, bytes.length, check)) return undefined;
  const [destination = 0, , source = 0, header = 0] = bytes;
  const data = bytes.slice(4, 4 + length);
  return check === "checksum" ? { destination, source, header, data } : { destination, header, data };
}

/** Whether the bytes between two places of a buffer carry the right check, seen without making anything of them. */
export function checks(bytes: Uint8Array, from: number, to: number, check: FrameCheck): boolean {
  if (check === "checksum") {
    let total = 0;
    for (let at = from; at < to; at++) total += bytes[at] ?? 0;
    return (total & 0xff) === 0;
  }
  const stated = (bytes[from + 2] ?? 0) | ((bytes[to - 1] ?? 0) << 8);
  return crcBetween(bytes, from, to) === stated;
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

function crcOf(bytes: Uint8Array): number {
  return crcBetween(bytes, 0, bytes.length);
}

/** Over destination, length, header and data: everything but the two bytes that carry the CRC itself. */
function crcBetween(bytes: Uint8Array, from: number, to: number): number {
  return crcCcitt(bytes, crcCcitt(bytes, 0, from, from + 2), from + 3, to - 1);
}
