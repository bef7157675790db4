const MAX_PIXEL_RUN = 128;
/** Inside a literal run, three equal pixels pay for a run of their own; two would cost as much as they save. */
const WORTHWHILE_RUN = 3;
const WORD_BYTES = 4;
/** Most runs are shorter, and then words cost more than they save. */
const SHORT_RUN = 12;

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
    const value = bytes[x] as number;
    const near = Math.min(end, x + SHORT_RUN);
    let runEnd = x + 1;
    while (runEnd < near && bytes[runEnd] === value) runEnd += 1;
    if (runEnd === near && near < end) runEnd = endOfRun(pixels, near - 1, end);
    if (runEnd - x >= 2 || runEnd === end) {
      at = putRun(out, at, value, runEnd - x);
      x = runEnd;
    } else {
      const behind = putLiteral(bytes, x, end, out, at);
      x += behind - at - 1;
      at = behind;
    }
  }
  return at;
}

/** The first place after `x` where the pixel differs from that at `x`. For long runs: words pay from some pixels on. */
export function endOfRun({ bytes, words }: GreyPixels, x: number, end: number): number {
  const value = bytes[x] as number;
  let next = x + 1;
  if (words) {
    while (next < end && next % WORD_BYTES !== 0 && bytes[next] === value) next += 1;
    if (next % WORD_BYTES === 0) {
      const four = (value * 0x01010101) >>> 0;
      const lastWord = Math.floor(end / WORD_BYTES);
      let word = next / WORD_BYTES;
      while (word < lastWord && words[word] === four) word += 1;
      next = Math.max(next, word * WORD_BYTES);
    }
  }
  while (next < end && bytes[next] === value) next += 1;
  return next;
}

/** Literal pixels from `x` on: up to a worthwhile run, 128 of them, or the end. */
function putLiteral(bytes: Uint8Array, x: number, end: number, out: Uint8Array, start: number): number {
  const limit = Math.min(end, x + MAX_PIXEL_RUN);
  let at = start + 1;
  let previous = -1;
  let same = 1;
  for (let next = x; next < limit; next++) {
    const value = bytes[next] as number;
    same = value === previous ? same + 1 : 1;
    if (same === WORTHWHILE_RUN) {
      at -= WORTHWHILE_RUN - 1;
      break;
    }
    previous = value;
    out[at] = value;
    at += 1;
  }
  const count = at - start - 1;
  out[start] = count === 1 ? 0 : 257 - count;
  return at;
}

function putRun(out: Uint8Array, start: number, value: number, run: number): number {
  let at = start;
  let left = run;
  for (; left > MAX_PIXEL_RUN; left -= MAX_PIXEL_RUN, at += 2) {
    out[at] = MAX_PIXEL_RUN - 1;
    out[at + 1] = value;
  }
  out[at] = left - 1;
  out[at + 1] = value;
  return at + 2;
}
