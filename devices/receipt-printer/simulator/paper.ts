import type { GlyphDrawer, GlyphRequest } from "../glyphs.ts";
import { CELL_HEIGHT_DOTS, CELL_WIDTH_DOTS } from "../glyphs.ts";

/** Something burnt into the paper, in dots from the left of the head and from the top of the receipt. */
export type Mark =
  | {
      readonly kind: "char";
      readonly text: string;
      readonly columns: 1 | 2;
      readonly x: number;
      readonly y: number;
      readonly magnifyX: number;
      readonly magnifyY: number;
      readonly bold: boolean;
      readonly underline: boolean;
    }
  | {
      readonly kind: "image";
      readonly x: number;
      readonly y: number;
      readonly widthBytes: number;
      readonly rows: Uint8Array;
    };

/** One receipt as it was cut off. */
export interface CutReceipt {
  readonly marks: readonly Mark[];
  readonly heightDots: number;
  /** Its text, a line for each printed line, without the blank ones at both ends; images as `[image W×H]`. */
  readonly text: string;
}

/** Paper left and right of the head: 80 mm paper, 72 mm head, 8 dots a millimetre. */
const MARGIN_DOTS = 32;
const PAPER = 252;
const INK = 34;

/** Draws a receipt as a PNG, grey, one pixel a dot. */
export async function drawReceipt(receipt: CutReceipt, headDots: number, drawer: GlyphDrawer): Promise<Buffer> {
  const width = headDots + 2 * MARGIN_DOTS;
  const height = Math.max(1, receipt.heightDots);
  const pixels = new Uint8Array(width * height).fill(PAPER);
  const burn = (x: number, y: number, coverage: number) => {
    const column = x + MARGIN_DOTS;
    if (x < 0 || x >= headDots || y < 0 || y >= height || coverage === 0) return;
    const at = y * width + column;
    const ink = Math.round(PAPER - ((PAPER - INK) * coverage) / 255);
    pixels[at] = Math.min(pixels[at] ?? PAPER, ink);
  };

  const glyphs = await drawGlyphs(receipt.marks, drawer);
  for (const mark of receipt.marks) {
    if (mark.kind === "image") burnImage(mark, burn);
    else burnChar(mark, glyphs, burn);
  }
  const { default: sharp } = await import("sharp");
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

type Burn = (x: number, y: number, coverage: number) => void;
type CharMark = Extract<Mark, { kind: "char" }>;
type ImageMark = Extract<Mark, { kind: "image" }>;

async function drawGlyphs(marks: readonly Mark[], drawer: GlyphDrawer): Promise<ReadonlyMap<string, Uint8Array>> {
  const wanted = new Map<string, GlyphRequest>();
  for (const mark of marks) if (mark.kind === "char") wanted.set(keyOf(mark), mark);
  const drawn = await drawer.draw([...wanted.values()]);
  return new Map([...wanted.keys()].map((key, index) => [key, drawn[index]?.coverage ?? new Uint8Array()]));
}

function keyOf({ text, columns }: GlyphRequest): string {
  return `${columns}${text}`;
}

function burnChar(mark: CharMark, glyphs: ReadonlyMap<string, Uint8Array>, burn: Burn): void {
  const coverage = glyphs.get(keyOf(mark));
  const cellWidth = mark.columns * CELL_WIDTH_DOTS;
  for (let y = 0; y < CELL_HEIGHT_DOTS * mark.magnifyY; y++) {
    for (let x = 0; x < cellWidth * mark.magnifyX; x++) {
      const at = Math.floor(y / mark.magnifyY) * cellWidth + Math.floor(x / mark.magnifyX);
      const value = coverage?.[at] ?? 0;
      burn(mark.x + x, mark.y + y, value);
      if (mark.bold) burn(mark.x + x + 1, mark.y + y, value);
    }
  }
  if (!mark.underline) return;
  for (let x = 0; x < cellWidth * mark.magnifyX; x++)
    burn(mark.x + x, mark.y + CELL_HEIGHT_DOTS * mark.magnifyY - 1, 255);
}

function burnImage({ rows, widthBytes, x, y }: ImageMark, burn: Burn): void {
  for (let index = 0; index < rows.length; index++) {
    const byte = rows[index] ?? 0;
    for (let bit = 0; bit < 8; bit++) {
      if (byte & (0x80 >> bit)) burn(x + (index % widthBytes) * 8 + bit, y + Math.floor(index / widthBytes), 255);
    }
  }
}
