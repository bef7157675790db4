import { columnsOf } from "./escpos/characters.ts";
import { rasterImage } from "./escpos/commands.ts";
import { CELL_HEIGHT_DOTS, CELL_WIDTH_DOTS, type GlyphBitmap, type GlyphDrawer } from "./glyphs.ts";
import type { PrintedLine } from "./layout.ts";

/** Dots from this coverage on are burnt. */
const INK_COVERAGE = 96;
/** Line spacing of ESC 2 at 203 dpi, so that a drawn line takes the same height as a printed one. */
const LINE_DOTS = 30;
/** First bytes of real-time commands: DLE, followed by EOT, ENQ or DC4. */
const DLE = 0x10;
const REALTIME: readonly number[] = [0x04, 0x05, 0x14];

/**
 * A line as a raster image over the whole printing area, for signs that the printer's own set has not. A raster image can
 * only begin on an empty line, so the whole line is drawn.
 */
export async function drawLine(line: PrintedLine, columns: number, drawer: GlyphDrawer): Promise<Uint8Array> {
  const { magnify } = line;
  const widthDots = columns * CELL_WIDTH_DOTS;
  const widthBytes = Math.ceil(widthDots / 8);
  const heightDots = Math.max(LINE_DOTS, CELL_HEIGHT_DOTS * magnify);
  const rows = new Uint8Array(widthBytes * heightDots);
  const freeDots = Math.max(0, widthDots - columnsOf(line.signs) * CELL_WIDTH_DOTS * magnify);
  let left = line.align === "left" ? 0 : line.align === "right" ? freeDots : Math.floor(freeDots / 2);
  for (const glyph of await drawer.draw(line.signs)) {
    burn({ rows, widthBytes, widthDots }, glyph, left, magnify, line.bold);
    left += glyph.widthDots * magnify;
  }
  return rasterImage(widthBytes, withoutRealtimeCommands(rows));
}

function burn(
  image: { rows: Uint8Array; widthBytes: number; widthDots: number },
  glyph: GlyphBitmap,
  left: number,
  magnify: number,
  bold: boolean,
): void {
  for (let y = 0; y < glyph.heightDots * magnify; y++) {
    for (let x = 0; x < glyph.widthDots * magnify; x++) {
      const at = Math.floor(y / magnify) * glyph.widthDots + Math.floor(x / magnify);
      if ((glyph.coverage[at] ?? 0) < INK_COVERAGE) continue;
      for (let smear = 0; smear <= (bold ? 1 : 0); smear++) {
        const column = left + x + smear;
        if (column >= image.widthDots) continue;
        const index = y * image.widthBytes + (column >> 3);
        image.rows[index] = (image.rows[index] ?? 0) | (0x80 >> (column & 7));
      }
    }
  }
}

/**
 * A printer carries out real-time commands wherever their bytes appear, inside an image as well (Epson's notes on DLE EOT and
 * DLE DC4). One dot more keeps an image from being one.
 */
function withoutRealtimeCommands(rows: Uint8Array): Uint8Array {
  for (let i = 0; i + 1 < rows.length; i++) {
    if (rows[i] === DLE && REALTIME.includes(rows[i + 1] ?? 0)) rows[i] = DLE | 0x08;
  }
  return rows;
}
