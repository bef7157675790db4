import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import { colorSpaces, decodeHeader, HEADER_BYTES, type PwgHeader, SYNC_WORD } from "./header.ts";

/** What a raster may be at most: what comes over the network must not use up the memory. */
export interface PwgLimits {
  readonly maxPages: number;
  readonly maxWidthPx: number;
  readonly maxHeightPx: number;
}

/** A3 at 600 dpi is 7016 × 9921. */
export const pwgLimits: PwgLimits = { maxPages: 80, maxWidthPx: 7100, maxHeightPx: 10_000 };

/** One page of a stream, found and checked but not expanded: 35 megapixels shrink to some hundred kilobytes. */
export interface PwgPage {
  readonly header: PwgHeader;
  /** Header and compressed lines: a view of the stream, not a copy. */
  readonly encoded: Uint8Array;
}

/** The kinds of pages that are read, as `pwg-raster-document-type-supported` names them. */
export type PwgType = "sgray_8" | "black_1" | "srgb_8";

/**
 * Finds the pages of a stream and checks every line of them without expanding anything. Error `K-PRINT-301` with `why`,
 * page and offset; never throws.
 */
export function readPwg(stream: Uint8Array, limits: PwgLimits = pwgLimits): Result<readonly PwgPage[]> {
  if (Buffer.compare(stream.subarray(0, SYNC_WORD.length), SYNC_WORD) !== 0) {
    return fail("K-PRINT-301", { why: "no PWG synchronisation word" });
  }
  const pages: PwgPage[] = [];
  let at = SYNC_WORD.length;
  while (at < stream.length) {
    const bad = (why: string) => fail("K-PRINT-301", { why, page: pages.length + 1, offset: at });
    if (pages.length === limits.maxPages) return bad("too many pages");
    const header = decodeHeader(stream.subarray(at));
    if (!header) return bad("no page header");
    if (!typeOf(header)) return bad("a type of page that is not supported");
    const { widthPx, heightPx } = header;
    if (widthPx < 1 || widthPx > limits.maxWidthPx || heightPx < 1 || heightPx > limits.maxHeightPx) {
      return bad("a size that is not supported");
    }
    const end = endOfLines(stream, at + HEADER_BYTES, header);
    if (end === undefined) return bad("lines that do not fill the page");
    pages.push({ header, encoded: stream.subarray(at, end) });
    at = end;
  }
  return pages.length > 0 ? ok(pages) : fail("K-PRINT-301", { why: "no page" });
}

/** The type of a page by its header, or undefined when it is none of the supported ones or contradicts itself. */
export function typeOf(header: PwgHeader): PwgType | undefined {
  const { bitsPerColor, bitsPerPixel, bytesPerLine, colorOrder, colorSpace, numColors, widthPx } = header;
  if (colorOrder !== 0) return undefined;
  const kind = `${colorSpace}/${numColors}/${bitsPerColor}/${bitsPerPixel}`;
  if (kind === `${colorSpaces.sgray}/1/8/8` && bytesPerLine === widthPx) return "sgray_8";
  if (kind === `${colorSpaces.black}/1/1/1` && bytesPerLine === Math.ceil(widthPx / 8)) return "black_1";
  if (kind === `${colorSpaces.srgb}/3/8/24` && bytesPerLine === 3 * widthPx) return "srgb_8";
  return undefined;
}

/** Octets that a pixel run repeats: a whole pixel, and for one bit per pixel an octet of eight (section 4.4). */
function unitBytes(header: PwgHeader): number {
  return Math.max(1, header.bitsPerPixel / 8);
}

/** Walks over all lines of a page; undefined when they end early or spill over a line or the page. */
function endOfLines(stream: Uint8Array, start: number, header: PwgHeader): number | undefined {
  const unit = unitBytes(header);
  let at = start;
  for (let y = 0; y < header.heightPx; ) {
    const repeats = stream[at];
    if (repeats === undefined) return undefined;
    y += repeats + 1;
    at += 1;
    let filled = 0;
    while (filled < header.bytesPerLine) {
      const code = stream[at];
      if (code === undefined || code === 128) return undefined;
      filled += unit * (code < 128 ? code + 1 : 257 - code);
      at += 1 + unit * (code < 128 ? 1 : 257 - code);
    }
    if (filled !== header.bytesPerLine || at > stream.length || y > header.heightPx) return undefined;
  }
  return at;
}

/**
 * The octets of a page that `readPwg` found, `bytesPerLine × heightPx`. `K-PRINT-301` when `page` did not come from
 * `readPwg` and its lines are wrong.
 */
export function expandPage(page: PwgPage): Result<Uint8Array> {
  const { header, encoded } = page;
  if (endOfLines(encoded, HEADER_BYTES, header) !== encoded.length) {
    return fail("K-PRINT-301", { why: "lines that do not fill the page" });
  }
  const unit = unitBytes(header);
  const { bytesPerLine, heightPx } = header;
  const pixels = new Uint8Array(bytesPerLine * heightPx);
  let from = HEADER_BYTES;
  for (let y = 0; y < heightPx; ) {
    const repeats = (encoded[from] ?? 0) + 1;
    const lineStart = y * bytesPerLine;
    const lineEnd = lineStart + bytesPerLine;
    from = expandLine(encoded, from + 1, pixels, lineStart, lineEnd, unit);
    for (let copy = 1; copy < repeats; copy++) pixels.copyWithin(lineStart + copy * bytesPerLine, lineStart, lineEnd);
    y += repeats;
  }
  return ok(pixels);
}

function expandLine(
  encoded: Uint8Array,
  start: number,
  pixels: Uint8Array,
  lineStart: number,
  lineEnd: number,
  unit: number,
): number {
  let from = start;
  for (let to = lineStart; to < lineEnd; ) {
    const code = encoded[from] ?? 0;
    from += 1;
    if (code > 128) {
      const length = unit * (257 - code);
      pixels.set(encoded.subarray(from, from + length), to);
      from += length;
      to += length;
    } else if (unit === 1) {
      pixels.fill(encoded[from] ?? 0, to, to + code + 1);
      from += 1;
      to += code + 1;
    } else {
      const one = encoded.subarray(from, from + unit);
      for (let copy = 0; copy <= code; copy++, to += unit) pixels.set(one, to);
      from += unit;
    }
  }
  return from;
}

/** A page as 8-bit grey, 0 black … 255 white, whatever its type (Rec. 709 luma for colour). */
export function greyOf(page: PwgPage): Result<Uint8Array> {
  const expanded = expandPage(page);
  if (!expanded.ok) return expanded;
  const { widthPx, heightPx, bytesPerLine } = page.header;
  const type = typeOf(page.header);
  if (type === "sgray_8") return expanded;
  const source = expanded.value;
  const grey = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    const line = y * bytesPerLine;
    for (let x = 0; x < widthPx; x++) {
      grey[y * widthPx + x] = type === "black_1" ? bitAsGrey(source, line, x) : lumaOf(source, line + 3 * x);
    }
  }
  return ok(grey);
}

/** Device black: a bit of 1 is ink. */
function bitAsGrey(source: Uint8Array, line: number, x: number): number {
  return ((source[line + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1 ? 0 : 255;
}

function lumaOf(source: Uint8Array, at: number): number {
  return Math.round(0.2126 * (source[at] ?? 0) + 0.7152 * (source[at + 1] ?? 0) + 0.0722 * (source[at + 2] ?? 0));
}
