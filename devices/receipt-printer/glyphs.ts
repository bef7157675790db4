import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** The coverage of one drawn sign, 0 (paper) to 255 (ink), row by row from the top. */
export interface GlyphBitmap {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly coverage: Uint8Array;
}

/** A sign to be drawn in a cell of 1 or 2 half-width columns. */
export interface GlyphRequest {
  readonly text: string;
  readonly columns: 1 | 2;
}

/** Draws signs in the cells of a receipt printer's font A. */
export interface GlyphDrawer {
  /** Whether the font draws this very sign; a variation sequence that only gives the base glyph does not count. */
  has(text: string): boolean;
  /** Bitmaps of the wanted signs, in their order. Signs that `has` denies are left blank. */
  draw(wanted: readonly GlyphRequest[]): Promise<readonly GlyphBitmap[]>;
}

/** A half-width cell of font A; a kanji takes two. */
export const CELL_WIDTH_DOTS = 12;
export const CELL_HEIGHT_DOTS = 24;

/**
 * Size of the em square in dots and the baseline's distance from the top of the cell. Kanji fill the cell (ideographic em box:
 * 0.88 em above the baseline); letters are smaller, so that their descenders stay inside.
 */
const FACE = { 1: { emDots: 21, baseline: 19.2 }, 2: { emDots: 24, baseline: 24 * 0.88 } } as const;
/** Cells in one row of the sheet that is drawn at once, and the room around each: what sticks out must not meet a neighbour. */
const SHEET_COLUMNS = 32;
const SHEET_PITCH_DOTS = 40;
const SHEET_MARGIN_DOTS = 8;

/** Semi-bold: hairlines of a regular serif face vanish at 24 dots. */
const FONT_FILE = "@expo-google-fonts/noto-serif-jp/600SemiBold/NotoSerifJP_600SemiBold.ttf";

/**
 * Loads Noto Serif JP (OFL) and the libraries that draw it; some 30 ms and 30 MB, so only when a receipt needs it. Outlines
 * come from the font by its own character map and are drawn as paths: a text engine would fall back to other fonts, and
 * would draw the base glyph of a variation that the font does not know, without a word.
 */
export async function loadGlyphDrawer(): Promise<GlyphDrawer> {
  const [{ create }, { default: sharp }, bytes] = await Promise.all([
    import("@cantoo/fontkit"),
    import("sharp"),
    readFile(createRequire(import.meta.url).resolve(FONT_FILE)),
  ]);
  const font = create(bytes);
  if (!("glyphsForString" in font)) throw new TypeError(`${FONT_FILE} is a collection of fonts`);

  const glyphOf = (text: string) => {
    const glyphs = font.glyphsForString(text);
    const [glyph] = glyphs;
    if (glyphs.length !== 1 || !glyph || glyph.id === 0) return undefined;
    const [base = "", selector] = Array.from(text);
    return selector !== undefined && font.glyphsForString(base)[0]?.id === glyph.id ? undefined : glyph;
  };

  const pathOf = ({ text, columns }: GlyphRequest, index: number): string => {
    const glyph = glyphOf(text);
    if (!glyph) return "";
    const cellDots = columns * CELL_WIDTH_DOTS;
    const { emDots, baseline } = FACE[columns];
    const scale = emDots / font.unitsPerEm;
    const squeeze = Math.min(1, cellDots / (glyph.advanceWidth * scale));
    const cell = cellAt(index);
    const x = cell.left + (cellDots - glyph.advanceWidth * scale * squeeze) / 2;
    const y = cell.top + baseline;
    return `<path transform="translate(${x} ${y}) scale(${scale * squeeze} ${-scale})" d="${glyph.path.toSVG()}"/>`;
  };

  return {
    has: (text) => text.trim() === "" || glyphOf(text) !== undefined,
    async draw(wanted) {
      if (wanted.length === 0) return [];
      const width = SHEET_COLUMNS * SHEET_PITCH_DOTS;
      const height = Math.ceil(wanted.length / SHEET_COLUMNS) * SHEET_PITCH_DOTS;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${wanted.map(pathOf).join("")}</svg>`;
      const alpha = await sharp(Buffer.from(svg)).ensureAlpha().extractChannel("alpha").raw().toBuffer();
      return wanted.map(({ columns }, index) => cutOut(alpha, width, index, columns * CELL_WIDTH_DOTS));
    },
  };
}

/** Where a cell lies on the sheet. */
function cellAt(index: number): { readonly left: number; readonly top: number } {
  return {
    left: (index % SHEET_COLUMNS) * SHEET_PITCH_DOTS + SHEET_MARGIN_DOTS,
    top: Math.floor(index / SHEET_COLUMNS) * SHEET_PITCH_DOTS + SHEET_MARGIN_DOTS,
  };
}

function cutOut(sheet: Uint8Array, sheetWidth: number, index: number, widthDots: number): GlyphBitmap {
  const { left, top } = cellAt(index);
  const coverage = new Uint8Array(widthDots * CELL_HEIGHT_DOTS);
  for (let row = 0; row < CELL_HEIGHT_DOTS; row++) {
    const from = (top + row) * sheetWidth + left;
    coverage.set(sheet.subarray(from, from + widthDots), row * widthDots);
  }
  return { widthDots, heightDots: CELL_HEIGHT_DOTS, coverage };
}
