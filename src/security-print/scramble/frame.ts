import { fail, ok, type Result } from "../../kernel/result.ts";
import { NONCE_BYTES, TAG_BYTES } from "./gcm.ts";
import { type CellSize, isCellSize } from "./geometry.ts";

/**
 * The field layer's frame: 800 bytes, big-endian (docs/protocols/security-print.md). Its header is public and says
 * nothing that the readable line does not say too, sizes aside.
 */
export const FRAME_BYTES = 800;
const MAGIC = Buffer.from("MSP\x01", "latin1");
export const STRIPS = 8;
export const HEADER_BYTES = 52;
export const KEY_ID_BYTES = 8;
const WRAPPED_BYTES = NONCE_BYTES + 32 + TAG_BYTES;
const BODY_AT = HEADER_BYTES + KEY_ID_BYTES + WRAPPED_BYTES;
/** What the sealed body holds: the fields, their signature, random bytes. */
export const BODY_BYTES = FRAME_BYTES - BODY_AT - TAG_BYTES;
const UUID_BYTES = 16;

/** The public header. */
export interface FrameHeader {
  readonly cellPx: CellSize;
  /** 1 … pages */
  readonly page: number;
  readonly pages: number;
  /** Six digits. */
  readonly municipality: string;
  readonly documentId: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Bytes of each coded strip, its tag not included. */
  readonly stripBytes: readonly number[];
  /** Bytes of the fields in the body. */
  readonly fieldBytes: number;
}

/** A frame taken apart. `keyId` names the key-encryption key; `wrapped` is the data key under it. */
export interface Frame {
  readonly header: FrameHeader;
  readonly headerBytes: Uint8Array;
  readonly keyId: string;
  readonly wrapped: Uint8Array;
  /** Sealed body with its tag. */
  readonly body: Uint8Array;
}

export function encodeHeader(header: FrameHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.set([header.cellPx, header.page, header.pages, STRIPS], 4);
  bytes.write(header.municipality, 8, 6, "ascii");
  Buffer.from(header.documentId.replaceAll("-", ""), "hex").copy(bytes, 14, 0, UUID_BYTES);
  bytes.writeUInt16BE(header.widthPx, 30);
  bytes.writeUInt16BE(header.heightPx, 32);
  for (const [i, length] of header.stripBytes.entries()) bytes.writeUInt16BE(length, 34 + 2 * i);
  bytes.writeUInt16BE(header.fieldBytes, 50);
  return bytes;
}

export function joinFrame(parts: Omit<Frame, "header" | "keyId"> & { readonly keyId: string }): Buffer {
  return Buffer.concat([parts.headerBytes, Buffer.from(parts.keyId, "hex"), parts.wrapped, parts.body], FRAME_BYTES);
}

/** Takes a frame apart. `K-IMAGE-101` when it is not one of this version, or contradicts itself. */
export function parseFrame(bytes: Uint8Array): Result<Frame> {
  const frame = Buffer.from(bytes);
  if (frame.length !== FRAME_BYTES || MAGIC.compare(frame, 0, MAGIC.length) !== 0) {
    return fail("K-IMAGE-101", { why: "no frame of this version" });
  }
  const [cellPx = 0, page = 0, pages = 0, strips = 0] = frame.subarray(4, 8);
  const municipality = frame.toString("latin1", 8, 14);
  if (!isCellSize(cellPx) || strips !== STRIPS || page < 1 || page > pages || !/^\d{6}$/.test(municipality)) {
    return fail("K-IMAGE-101", { why: "a header that contradicts itself" });
  }
  const hex = frame.toString("hex", 14, 14 + UUID_BYTES);
  const header: FrameHeader = {
    cellPx,
    page,
    pages,
    municipality,
    documentId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    widthPx: frame.readUInt16BE(30),
    heightPx: frame.readUInt16BE(32),
    stripBytes: Array.from({ length: STRIPS }, (_, i) => frame.readUInt16BE(34 + 2 * i)),
    fieldBytes: frame.readUInt16BE(50),
  };
  return ok({
    header,
    headerBytes: frame.subarray(0, HEADER_BYTES),
    keyId: frame.toString("hex", HEADER_BYTES, HEADER_BYTES + KEY_ID_BYTES),
    wrapped: frame.subarray(HEADER_BYTES + KEY_ID_BYTES, BODY_AT),
    body: frame.subarray(BODY_AT),
  });
}
