import { joinFields, sha256 } from "../../protocol/encoding.ts";
import { type Bilevel, decodeGenericRegion, encodeGenericRegion } from "../bilevel/generic-region.ts";
import { STRIPS } from "./frame.ts";
import { NONCE_BYTES, openGcm, sealGcm, TAG_BYTES } from "./gcm.ts";

/** A page in eight strips that are coded and sealed one by one, so that a lost one costs itself only. */

/** First line of strip i, and with i = 8 the height. */
export function stripTop(heightPx: number, index: number): number {
  return Math.floor((index * heightPx) / STRIPS);
}

/** A front with its strips coded, top first: what is left to do needs the keys, and little time. */
export interface CodedFront {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly strips: readonly Uint8Array[];
}

export function codeFront(front: Bilevel): CodedFront {
  const { widthPx, heightPx } = front;
  return { widthPx, heightPx, strips: codeStrips(front) };
}

function codeStrips(front: Bilevel): Uint8Array[] {
  const stride = Math.ceil(front.widthPx / 8);
  return Array.from({ length: STRIPS }, (_, i) => {
    const [top, bottom] = [stripTop(front.heightPx, i), stripTop(front.heightPx, i + 1)];
    const bits = front.bits.subarray(top * stride, bottom * stride);
    return encodeGenericRegion({ widthPx: front.widthPx, heightPx: bottom - top, bits });
  });
}

/** The data key is one page's own, so the strip's number is a nonce that never comes again; 255 is the body's. */
export function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt8(index, NONCE_BYTES - 1);
  return nonce;
}
export const BODY_NONCE = 255;

function stripAad(headerBytes: Uint8Array, index: number): Buffer {
  return joinFields("MDG-STRIP-1", headerBytes, Buffer.of(index, STRIPS));
}

export function sealStrip(dataKey: Uint8Array, headerBytes: Uint8Array, index: number, coded: Uint8Array): Buffer {
  return sealGcm(dataKey, nonceOf(index), stripAad(headerBytes, index), coded);
}

/** Bytes of one strip's hash in the signed part of the body. */
export const STRIP_HASH_BYTES = 12;

/**
 * What the signature says of a coded strip: the first bytes of SHA-256. Every inspector holds the key that opens a strip and
 * could seal another one with it; only the issuer can sign.
 */
export function stripHash(coded: Uint8Array): Buffer {
  return sha256(joinFields("MDG-STRIP-HASH-1", coded)).subarray(0, STRIP_HASH_BYTES);
}

/** The packed bits of a strip; undefined when its tag does not hold, or it is not the one that was signed. */
export function openStrip(
  dataKey: Uint8Array,
  headerBytes: Uint8Array,
  index: number,
  sealed: Uint8Array,
  signed: { readonly widthPx: number; readonly heightPx: number; readonly hash: Uint8Array },
): Uint8Array | undefined {
  const coded = openGcm(dataKey, nonceOf(index), stripAad(headerBytes, index), sealed);
  if (!coded || Buffer.compare(stripHash(coded), signed.hash) !== 0) return undefined;
  const lines = stripTop(signed.heightPx, index + 1) - stripTop(signed.heightPx, index);
  return decodeGenericRegion(coded, signed.widthPx, lines).bits;
}

/** Where each sealed strip lies in the image layer. */
export function stripPlaces(stripBytes: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  let at = 0;
  return stripBytes.map((bytes) => {
    const from = at;
    at += bytes + TAG_BYTES;
    return { from, to: at };
  });
}
