import { hashText, joinFields } from "../../protocol/encoding.ts";
import type { Bilevel } from "../bilevel/generic-region.ts";

/**
 * The front of a page as municipality, centre and kiosk must agree on it bit for bit (docs/binding.md 7–9): the page of
 * the PDF, before any deterrent text, at 200 dpi in one bit a pixel. The pinned engine draws it in grey at exactly this
 * size; it computes in WebAssembly, whose arithmetic is the same on every machine.
 */
export const FRONT_WIDTH_PX = 1654;
export const FRONT_HEIGHT_PX = 2339;
/** A pixel is ink when its grey value is below this. */
export const FRONT_THRESHOLD = 128;

const DOMAIN = "MDG-FRONT-1";

/**
 * Grey pixels as bits: row by row from the top, each row padded with zero bits to whole bytes, the leftmost pixel in the
 * highest bit, 1 for ink.
 */
export function packBilevel(grey: Uint8Array, widthPx: number, heightPx: number): Uint8Array {
  const stride = Math.ceil(widthPx / 8);
  const bits = new Uint8Array(stride * heightPx);
  for (let y = 0; y < heightPx; y++) {
    const row = y * widthPx;
    for (let x = 0; x < widthPx; x++) {
      if ((grey[row + x] ?? 255) < FRONT_THRESHOLD) {
        const at = y * stride + (x >> 3);
        bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
      }
    }
  }
  return bits;
}

/** The front that grey pixels of its size show. */
export function frontOf(grey: Uint8Array): Bilevel {
  const bits = packBilevel(grey, FRONT_WIDTH_PX, FRONT_HEIGHT_PX);
  return { widthPx: FRONT_WIDTH_PX, heightPx: FRONT_HEIGHT_PX, bits };
}

/**
 * The front hash: SHA-256, as base64url, over three length-prefixed fields (`joinFields`): the ASCII text `MDG-FRONT-1`,
 * eight bytes with width and height in pixels as 32-bit big-endian numbers, and the packed bits of `packBilevel`.
 */
export function hashPackedFront(front: Bilevel): string {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(front.widthPx, 0);
  size.writeUInt32BE(front.heightPx, 4);
  return hashText(joinFields(DOMAIN, size, front.bits));
}
