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
   * Encodes one page of 8-bit grey (0 black … 255 white), header and compressed lines (PWG 5102.4, section 4.4). A line is
   * sent once with the number of its repeats; within it, runs of equal pixels and runs of literal ones. With a `ground` the
   * page comes out with it on top, and is itself changed where the ground crosses what stands on it. Throws a RangeError
   * when `grey` is not `widthPx × heightPx` long, the ground is of another width, or the header is not of 8-bit grey.
   */
  add(grey: Uint8Array, header: PwgHeader, ground?: EncodedGround): void;
  end(): WrittenRaster;
}

/** A writer that takes memory with its first page. */
export function createRasterWriter(): RasterWriter {
  let out: Buffer = Buffer.alloc(0);
  let at = 0;
  let ends: number[] = [];

  function makeRoom(needed: number, guess: number): void {
    if (at + needed <= out.length) return;
    const bigger = Buffer.allocUnsafeSlow(out.length * 2 + needed + guess);
    out.copy(bigger, 0, 0, at);
    // A page is personal data.
    out.fill(0, 0, at);
    out = bigger;
  }

  return {
    begin() {
      ends = [];
      at = 0;
      makeRoom(SYNC_WORD.length, 0);
      at = SYNC_WORD.copy(out, 0);
    },
    add(grey, header, ground) {
      const { widthPx, heightPx, bytesPerLine, bitsPerPixel } = header;
      if (grey.length !== widthPx * heightPx) throw new RangeError("the page does not have the size of its header");
      if (bitsPerPixel !== 8 || bytesPerLine !== widthPx) throw new RangeError("the header is not of 8-bit grey");
      if (ground && ground.widthPx !== widthPx) throw new RangeError("the ground is not as wide as the page");
      const lines = Buffer.from(grey.buffer, grey.byteOffset, grey.byteLength);
      const page = greyPixels(grey, widthPx);
      const patternOn = (y: number) => ground?.patternOn(y) ?? -1;
      const mostBytesPerLine = 1 + Math.max(mostBytesFor(widthPx), ground?.mostBytesPerLine ?? 0);
      makeRoom(HEADER_BYTES + mostBytesPerLine, Math.min(FIRST_GUESS_BYTES, heightPx * mostBytesPerLine));
      at += encodeHeader(header).copy(out, at);
      for (let y = 0; y < heightPx; ) {
        const repeats = equalLines(lines, y, widthPx, heightPx, patternOn);
        makeRoom(mostBytesPerLine, 0);
        out[at] = repeats - 1;
        if (ground && patternOn(y) >= 0) at = ground.encodeLine(page, y, out, at + 1);
        else at = encodePixels(page, y * widthPx, (y + 1) * widthPx, out, at + 1);
        y += repeats;
      }
      ends.push(at);
    },
    end: () => ({
      bytes: out.subarray(0, at),
      pages: ends.map((end, page) => out.subarray(page === 0 ? SYNC_WORD.length : ends[page - 1], end)),
    }),
  };
}

/** One page alone, without a synchronisation word; see `RasterWriter.add`. */
export function encodeGreyPage(grey: Uint8Array, header: PwgHeader, ground?: EncodedGround): Buffer {
  const writer = createRasterWriter();
  writer.begin();
  writer.add(grey, header, ground);
  return writer.end().bytes.subarray(SYNC_WORD.length);
}

/** How many lines from `y` on are the same and have the same ground, 1 … 256. None of them has its ground yet. */
function equalLines(
  lines: Buffer,
  y: number,
  widthPx: number,
  heightPx: number,
  patternOn: (y: number) => number,
): number {
  const [start, end, pattern] = [y * widthPx, (y + 1) * widthPx, patternOn(y)];
  const last = Math.min(heightPx, y + MAX_LINE_REPEAT);
  let next = y + 1;
  while (
    next < last &&
    patternOn(next) === pattern &&
    lines.compare(lines, next * widthPx, (next + 1) * widthPx, start, end) === 0
  ) {
    next += 1;
  }
  return next - y;
}
