const MAX_PIXEL_RUN = 128;
/** Inside a literal run, three equal pixels pay for a run of their own; two would cost as much as they save. */
const WORTHWHILE_RUN = 3;
const WORD_BYTES = 4;

/** Pixels of 8-bit grey, also as 32-bit words, so that long runs are skipped four pixels at a time. */
export interface GreyPixels {
  readonly bytes: Uint8Array;
  /** Undefined when the pixels or their lines do not begin at words. */
  readonly words: Uint32Array | undefined;
}

/** The two views of a page whose lines are `widthPx` long. */
export function greyPixels(grey: Uint8Array, widthPx: number): GreyPixels {
  const aligned = grey.byteOffset % WORD_BYTES === 0 && widthPx % WORD_BYTES === 0;
  const words = aligned ? new Uint32Array(grey.buffer, grey.byteOffset, grey.byteLength / WORD_BYTES) : undefined;
  return { bytes: grey, words };
}

/** So many bytes `encodePixels` writes at most for so many pixels. */
export function mostBytesFor(pixels: number): number {
  return 2 * pixels + 2;
}

/**
 * Encodes the pixels from `start` to before `end` as runs of equal pixels and runs of literal ones (PWG 5102.4, section 4.4)
 * to `out` from `outStart`; gives the first place behind them.
 */
export function encodePixels(
  pixels: GreyPixels,
  start: number,
  end: number,
  out: Uint8Array,
  outStart: number,
): number {
  const { bytes } = pixels;
  let at = outStart;
  for (let x = start; x < end; ) {
    const runEnd = endOfRun(pixels, x, end);
    const run = runEnd - x;
    if (run >= 2 || runEnd === end) {
      at = putRun(out, at, bytes[x] ?? 0, run);
      x = runEnd;
    } else {
      const literalEnd = endOfLiteral(bytes, x, end);
      out[at] = literalEnd - x === 1 ? 0 : 257 - (literalEnd - x);
      at += 1;
      for (; x < literalEnd; x++, at++) out[at] = bytes[x] ?? 0;
    }
  }
  return at;
}

/** The first place after `x` where the pixel differs from that at `x`. */
export function endOfRun({ bytes, words }: GreyPixels, x: number, end: number): number {
  const value = bytes[x] ?? 0;
  let next = x + 1;
  if (words) {
    while (next < end && next % WORD_BYTES !== 0 && bytes[next] === value) next += 1;
    if (next % WORD_BYTES === 0) {
      const four = (value * 0x01010101) >>> 0;
      let word = next / WORD_BYTES;
      const lastWord = Math.floor(end / WORD_BYTES);
      while (word < lastWord && words[word] === four) word += 1;
      next = Math.max(next, word * WORD_BYTES);
    }
  }
  while (next < end && bytes[next] === value) next += 1;
  return next;
}

/** Where literal pixels that begin at `x` stop: before a worthwhile run, after 128 pixels, or at the end. */
function endOfLiteral(bytes: Uint8Array, x: number, end: number): number {
  const limit = Math.min(end, x + MAX_PIXEL_RUN);
  let next = x + 1;
  let same = 1;
  for (; next < limit; next++) {
    same = bytes[next] === bytes[next - 1] ? same + 1 : 1;
    if (same === WORTHWHILE_RUN) return next - WORTHWHILE_RUN + 1;
  }
  return limit;
}

function putRun(out: Uint8Array, start: number, value: number, run: number): number {
  let at = start;
  for (let left = run; left > 0; left -= MAX_PIXEL_RUN) {
    out[at] = Math.min(left, MAX_PIXEL_RUN) - 1;
    out[at + 1] = value;
    at += 2;
  }
  return at;
}
