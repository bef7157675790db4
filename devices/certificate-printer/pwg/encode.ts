import type { EncodedGround } from "./ground.ts";
import { encodeHeader, HEADER_BYTES, type PwgHeader, SYNC_WORD } from "./header.ts";
import { encodePixels, greyPixels, mostBytesFor } from "./line.ts";

const MAX_LINE_REPEAT = 256;
/** A page of text with a deterrent text over it needs about this much; what is not written to takes no memory. */
const FIRST_GUESS_BYTES = 4 << 20;

/** A raster as it was written. The bytes are the writer's own: they hold until it begins another. */
export interface WrittenRaster {
  /** Synchronisation word and pages. */
  readonly bytes: Buffer;
  /** Header and lines of each page, as they stand in `bytes`. */
  readonly pages: readonly Buffer[];
}

/** Writes one raster after the other into the same memory, which grows with the largest. */
export interface RasterWriter {
  /** Begins a raster, in the place of the one before. */
  begin(): void;
  /**
   * Begins a page of 8-bit grey (PWG 5102.4, section 4.4). With a `ground` it comes out with that on top. Throws a RangeError
   * when the ground is of another width, the header not of 8-bit grey, or the page before not whole.
   */
  beginPage(header: PwgHeader, ground?: EncodedGround): void;
  /**
   * The next lines of the page, 0 black … 255 white: all of them, or a strip after the other. A line is sent once with the
   * number of its repeats; within it, runs of equal pixels and runs of literal ones. The ground is drawn into `grey` where it
   * crosses what stands there. Throws a RangeError when these are not whole lines, or too many.
   */
  addLines(grey: Uint8Array): void;
  /** Adds a page that was encoded elsewhere, header and lines. Throws a RangeError when the page before is not whole. */
  addPage(encoded: Uint8Array): void;
  /** Throws a RangeError when the last page is not whole. */
  end(): WrittenRaster;
}

interface PageBegun {
  readonly header: PwgHeader;
  readonly ground: EncodedGround | undefined;
  linesDone: number;
}

/** A writer that takes memory with its first page. */
export function createRasterWriter(): RasterWriter {
  let out: Buffer = Buffer.alloc(0);
  let at = 0;
  let ends: number[] = [];
  let page: PageBegun | undefined;

  function makeRoom(needed: number, guess: number): void {
    if (at + needed <= out.length) return;
    const bigger = Buffer.allocUnsafeSlow(out.length * 2 + needed + guess);
    out.copy(bigger, 0, 0, at);
    // A page is personal data.
    out.fill(0, 0, at);
    out = bigger;
  }

  function checkWhole(): void {
    if (page) throw new RangeError(`the page has ${page.linesDone} lines and should have ${page.header.heightPx}`);
  }

  return {
    begin() {
      page = undefined;
      ends = [];
      at = 0;
      makeRoom(SYNC_WORD.length, 0);
      at = SYNC_WORD.copy(out, 0);
    },
    beginPage(header, ground) {
      checkWhole();
      const { widthPx, heightPx, bytesPerLine, bitsPerPixel } = header;
      if (bitsPerPixel !== 8 || bytesPerLine !== widthPx) throw new RangeError("the header is not of 8-bit grey");
      if (ground && ground.widthPx !== widthPx) throw new RangeError("the ground is not as wide as the page");
      makeRoom(HEADER_BYTES, Math.min(FIRST_GUESS_BYTES, heightPx * mostBytesFor(widthPx)));
      at += encodeHeader(header).copy(out, at);
      page = { header, ground, linesDone: 0 };
    },
    addLines(grey) {
      if (!page) throw new RangeError("no page was begun");
      const { header, ground, linesDone } = page;
      const { widthPx, heightPx } = header;
      const count = grey.length / widthPx;
      if (!Number.isInteger(count)) throw new RangeError("these are not whole lines of the page");
      if (linesDone + count > heightPx) throw new RangeError("the page has fewer lines");
      const lines = Buffer.from(grey.buffer, grey.byteOffset, grey.byteLength);
      const pixels = greyPixels(grey, widthPx);
      const patternOn = (line: number) => ground?.patternOn(linesDone + line) ?? -1;
      const mostBytesPerLine = 1 + Math.max(mostBytesFor(widthPx), ground?.mostBytesPerLine ?? 0);
      for (let line = 0; line < count; ) {
        const repeats = equalLines(lines, line, widthPx, count, patternOn);
        makeRoom(mostBytesPerLine, 0);
        out[at] = repeats - 1;
        const start = line * widthPx;
        if (ground && patternOn(line) >= 0) at = ground.encodeLine(pixels, start, linesDone + line, out, at + 1);
        else at = encodePixels(pixels, start, start + widthPx, out, at + 1);
        line += repeats;
      }
      page.linesDone += count;
      if (page.linesDone < heightPx) return;
      page = undefined;
      ends.push(at);
    },
    addPage(encoded) {
      checkWhole();
      makeRoom(encoded.length, 0);
      out.set(encoded, at);
      at += encoded.length;
      ends.push(at);
    },
    end() {
      checkWhole();
      return {
        bytes: out.subarray(0, at),
        pages: ends.map((end, i) => out.subarray(i === 0 ? SYNC_WORD.length : ends[i - 1], end)),
      };
    },
  };
}

/** One page alone, without a synchronisation word; see `RasterWriter`, whose errors it has. */
export function encodeGreyPage(grey: Uint8Array, header: PwgHeader, ground?: EncodedGround): Buffer {
  const writer = createRasterWriter();
  writer.begin();
  writer.beginPage(header, ground);
  writer.addLines(grey);
  return writer.end().bytes.subarray(SYNC_WORD.length);
}

/** How many lines from `line` on are the same and have the same ground, 1 … 256. None of them has its ground yet. */
function equalLines(
  lines: Buffer,
  line: number,
  widthPx: number,
  count: number,
  patternOn: (line: number) => number,
): number {
  const [start, end, pattern] = [line * widthPx, (line + 1) * widthPx, patternOn(line)];
  const last = Math.min(count, line + MAX_LINE_REPEAT);
  let next = line + 1;
  while (
    next < last &&
    patternOn(next) === pattern &&
    lines.compare(lines, next * widthPx, (next + 1) * widthPx, start, end) === 0
  ) {
    next += 1;
  }
  return next - line;
}
