import sharp from "sharp";
import type { DrawingFont } from "./font/drawing-font.ts";

/** Vermilion ink, and the near black in which a kiosk's certificate shows a registered impression. */
const RED = "#c9211e";
const BLACK = "#111111";
/** Pixels of a picture's side: a 24-mm seal at 600 dpi. */
const SIDE_PX = 567;

interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * An official seal (公印) as a PNG: square, a thick frame, the text in columns from the right. Drawn from the font's
 * outlines, so that the same text gives the same bytes wherever it is drawn.
 */
export function drawOfficialSeal(font: DrawingFont, text: string): Promise<Buffer> {
  const frame = 18;
  const inner = { x: frame * 1.9, y: frame * 1.9, side: SIDE_PX - frame * 3.8 };
  const border = `<rect x="${frame / 2}" y="${frame / 2}" width="${SIDE_PX - frame}" height="${SIDE_PX - frame}" fill="none" stroke="${RED}" stroke-width="${frame}"/>`;
  return toPng(RED, border + columns(font, signs(text), inner));
}

/** A registered seal's impression (印影) as a PNG: round, 18 mm of the 25 mm of its picture. */
export function drawRegisteredSeal(font: DrawingFont, text: string): Promise<Buffer> {
  const radius = SIDE_PX * 0.36;
  const line = 13;
  const side = radius * 1.36;
  const inner = { x: (SIDE_PX - side) / 2, y: (SIDE_PX - side) / 2, side };
  const border = `<circle cx="${SIDE_PX / 2}" cy="${SIDE_PX / 2}" r="${radius}" fill="none" stroke="${BLACK}" stroke-width="${line}"/>`;
  return toPng(BLACK, border + columns(font, signs(text), inner));
}

/** The signs of a text: a base keeps its variation selector. Spaces are not cut into a seal. */
function signs(text: string): string[] {
  return text.replace(/[\s\u3000]/gu, "").match(/.[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]?/gsu) ?? [];
}

/** Columns from right to left, as seals are cut: one up to 3 signs, two up to 8, three above. */
function columns(font: DrawingFont, text: readonly string[], inner: Square): string {
  const columnCount = text.length <= 3 ? 1 : text.length <= 8 ? 2 : 3;
  const perColumn = Math.max(1, Math.ceil(text.length / columnCount));
  return text
    .map((sign, index) => {
      const column = Math.floor(index / perColumn);
      const inColumn = Math.min(perColumn, text.length - column * perColumn);
      const width = columnCount === 1 ? Math.min(inner.side, (inner.side / inColumn) * 1.6) : inner.side / columnCount;
      const height = inner.side / inColumn;
      const left = columnCount === 1 ? inner.x + (inner.side - width) / 2 : inner.x + inner.side - (column + 1) * width;
      const top = inner.y + (index % perColumn) * height;
      return glyphAt(font, sign, { x: left, y: top, width, height });
    })
    .join("");
}

/** Seal script fills its square: the em box is stretched to the place, with a little air. */
function glyphAt(
  font: DrawingFont,
  sign: string,
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): string {
  const outline = font.outline(sign);
  if (outline === undefined) return "";
  const air = 1.04;
  const scaleX = (place.width / font.unitsPerEm) * air;
  const scaleY = (place.height / font.unitsPerEm) * air;
  // An ideograph stands between 0.12 em below and 0.88 em above the baseline.
  const x = place.x + (place.width * (1 - air)) / 2;
  const baseline = place.y + place.height / 2 + 0.38 * font.unitsPerEm * scaleY;
  return `<path transform="translate(${x} ${baseline}) scale(${scaleX} ${-scaleY})" d="${outline}"/>`;
}

function toPng(colour: string, content: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE_PX}" height="${SIDE_PX}"><rect width="100%" height="100%" fill="#ffffff"/><g fill="${colour}" stroke="${colour}" stroke-width="14">${content}</g></svg>`;
  // Without an alpha channel pdfkit embeds the compressed pixels as they are, and the page has no transparency.
  return sharp(Buffer.from(svg))
    .flatten({ background: "#ffffff" })
    .png({ palette: true, colours: 8, dither: 0, compressionLevel: 9 })
    .toBuffer();
}
