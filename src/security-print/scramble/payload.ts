import { fail, ok, type Result } from "../../kernel/result.ts";
import { codePlan } from "./channel-code.ts";
import { FRAME_BYTES } from "./frame.ts";
import { type CellSize, isCellSize } from "./geometry.ts";

/**
 * The payload of one back, made and signed by the issuance centre and drawn by the kiosk: the text of the 2-D code, the
 * field layer's frame, and the image layer. Bytes: `MSPP`, version 1, size of a cell, length of the text (16 bits,
 * big-endian), the text (ASCII), the frame (800), the image layer (as many as the size of a cell has).
 */
export interface Payload {
  readonly cellPx: CellSize;
  readonly codeText: string;
  readonly frame: Uint8Array;
  readonly image: Uint8Array;
}

const MAGIC = Buffer.from("MSPP\x01", "latin1");
const FIXED_BYTES = 8;
const MAX_CODE_TEXT = 600;

export function encodePayload({ cellPx, codeText: text, frame, image }: Payload): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([MAGIC, Buffer.of(cellPx), length, Buffer.from(text, "ascii"), frame, image]);
}

/** Takes a payload apart. `K-IMAGE-101` when it is not one, byte by byte. */
export function parsePayload(bytes: Uint8Array): Result<Payload> {
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bad = (why: string) => fail("K-IMAGE-101", { why, bytes: payload.length });
  if (payload.length < FIXED_BYTES || MAGIC.compare(payload, 0, MAGIC.length) !== 0) return bad("not a payload");
  const cellPx = payload.readUInt8(5);
  const textBytes = payload.readUInt16BE(6);
  if (!isCellSize(cellPx) || textBytes > MAX_CODE_TEXT) return bad("a size that is not allowed");
  const frameAt = FIXED_BYTES + textBytes;
  const imageAt = frameAt + FRAME_BYTES;
  if (payload.length !== imageAt + codePlan(cellPx).imageBytes) return bad("not the mode's length");
  const text = payload.toString("latin1", FIXED_BYTES, frameAt);
  if (!/^[\x20-\x7e]*$/.test(text)) return bad("a text that is not ASCII");
  return ok({ cellPx, codeText: text, frame: payload.subarray(frameAt, imageAt), image: payload.subarray(imageAt) });
}
