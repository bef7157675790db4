import { encodeGreyPage } from "../pwg/encode.ts";
import { certificateHeader, SYNC_WORD } from "../pwg/header.ts";

/** Small pages for tests. */

/** One encoded page of a single grey. */
export function greyPage(widthPx: number, heightPx: number, grey: number): Uint8Array {
  const header = { ...certificateHeader(2), widthPx, heightPx, bytesPerLine: widthPx };
  return encodeGreyPage(new Uint8Array(widthPx * heightPx).fill(grey), header);
}

/** A stream of encoded pages. */
export function pwgStream(pages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([SYNC_WORD, ...pages]);
}
