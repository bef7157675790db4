import { encodeHeader, HEADER_BYTES, type PwgHeader } from "./header.ts";

const MAX_LINE_REPEAT = 256;
const MAX_PIXEL_RUN = 128;
/** Inside a literal run, three equal pixels pay for a run of their own; two would cost as much as they save. */
const WORTHWHILE_RUN = 3;
/** A page of text needs about this much. */
const FIRST_GUESS_BYTES = 1 << 20;

/**
 * Encodes one page of 8-bit grey (0 black … 255 white), header and compressed lines (PWG 5102.4, section 4.4). A line is
 * sent once with the number of its repeats; within it, runs of equal pixels and runs of literal ones. Throws a RangeError
 * when `grey` is not `widthPx × heightPx` long or the header is not of 8-bit grey.
 */
export function encodeGreyPage(grey: Uint8Array, header: PwgHeader): Buffer {
  const { widthPx, heightPx, bytesPerLine, bitsPerPixel } = header;
  if (grey.length !== widthPx * heightPx) throw new RangeError("the page does not have the size of its header");
  if (bitsPerPixel !== 8 || bytesPerLine !== widthPx) throw new RangeError("the header is not of 8-bit grey");
  const lines = Buffer.from(grey.buffer, grey.byteOffset, grey.byteLength);
  const words = wordView(grey, widthPx);
  const mostBytesPerLine = 2 * widthPx + 2;
  const firstGuess = Math.min(FIRST_GUESS_BYTES, heightPx * mostBytesPerLine);
  let out = Buffer.allocUnsafeSlow(HEADER_BYTES + mostBytesPerLine + firstGuess);
  let at = encodeHeader(header).copy(out, 0);
  for (let y = 0; y < heightPx; ) {
    const repeats = equalLines(lines, y, widthPx, heightPx);
    if (at + mostBytesPerLine > out.length) out = grown(out, at, mostBytesPerLine);
    out[at] = repeats - 1;
    at = encodeLine(grey, words, y * widthPx, (y + 1) * widthPx, out, at + 1);
    y += repeats;
  }
  const page = Buffer.allocUnsafeSlow(at);
  out.copy(page, 0, 0, at);
  out.fill(0, 0, at);
  return page;
}

/** How many lines from `y` on are the same, 1 … 256. */
function equalLines(lines: Buffer, y: number, widthPx: number, heightPx: number): number {
  const [start, end] = [y * widthPx, (y + 1) * widthPx];
  const last = Math.min(heightPx, y + MAX_LINE_REPEAT);
  let next = y + 1;
  while (next < last && lines.compare(lines, next * widthPx, (next + 1) * widthPx, start, end) === 0) next += 1;
  return next - y;
}

/** The page as 32-bit words, so that long runs are skipped four pixels at a time; undefined when it is not aligned. */
function wordView(grey: Uint8Array, widthPx: number): Uint32Array | undefined {
  if (grey.byteOffset % 4 !== 0 || widthPx % 4 !== 0) return undefined;
  return new Uint32Array(grey.buffer, grey.byteOffset, grey.byteLength / 4);
}

/** Makes room; the old copy is wiped, because a page is personal data. */
function grown(old: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const bigger = Buffer.allocUnsafeSlow(old.length * 2 + needed);
  old.copy(bigger, 0, 0, used);
  old.fill(0, 0, used);
  return bigger;
}

function encodeLine(
  grey: Uint8Array,
  words: Uint32Array | undefined,
  start: number,
  end: number,
  out: Buffer,
  outStart: number,
): number {
  let at = outStart;
  for (let x = start; x < end; ) {
    const runEnd = endOfRun(grey, words, x, end);
    const run = runEnd - x;
    if (run >= 2 || runEnd === end) {
      at = putRun(out, at, grey[x] ?? 0, run);
      x = runEnd;
    } else {
      const literalEnd = endOfLiteral(grey, x, end);
      out[at] = literalEnd - x === 1 ? 0 : 257 - (literalEnd - x);
      at += 1;
      for (; x < literalEnd; x++, at++) out[at] = grey[x] ?? 0;
    }
  }
  return at;
}

/** The first place after `x` where the pixel differs from that at `x`. */
function endOfRun(grey: Uint8Array, words: Uint32Array | undefined, x: number, end: number): number {
  const value = grey[x] ?? 0;
  let next = x + 1;
  if (words) {
    while (next < end && next % 4 !== 0 && grey[next] === value) next += 1;
    if (next % 4 === 0) {
      const four = (value * 0x01010101) >>> 0;
      let word = next / 4;
      const lastWord = end / 4;
      while (word < lastWord && words[word] === four) word += 1;
      next = word * 4;
    }
  }
  while (next < end && grey[next] === value) next += 1;
  return next;
}

/** Where literal pixels that begin at `x` stop: before a worthwhile run, after 128 pixels, or at the line's end. */
function endOfLiteral(grey: Uint8Array, x: number, end: number): number {
  const limit = Math.min(end, x + MAX_PIXEL_RUN);
  let next = x + 1;
  let same = 1;
  for (; next < limit; next++) {
    same = grey[next] === grey[next - 1] ? same + 1 : 1;
    if (same === WORTHWHILE_RUN) return next - WORTHWHILE_RUN + 1;
  }
  return limit;
}

function putRun(out: Buffer, start: number, value: number, run: number): number {
  let at = start;
  for (let left = run; left > 0; left -= MAX_PIXEL_RUN) {
    out[at] = Math.min(left, MAX_PIXEL_RUN) - 1;
    out[at + 1] = value;
    at += 2;
  }
  return at;
}
