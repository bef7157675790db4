/** A page of 8-bit grey, 0 black … 255 white, row by row. Pixels are shared, not copied: layers draw into them. */
export interface GreyPage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
}

/**
 * Part of a page over its whole width, from line `topPx` of the page on (0 when it is not said, so a page is a strip). What is
 * drawn on it stands where it stands on the page; what lies above or below the strip is left out.
 */
export interface Strip extends GreyPage {
  readonly topPx?: number;
}

/** A rectangle of a page, in pixels; `right` and `bottom` are the first beyond it. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What is printed: A4 at 600 dpi, pinned to whole pixels. */
export const PAGE_DPI = 600;
export const PAGE_WIDTH_PX = 4960;
export const PAGE_HEIGHT_PX = 7016;
const [BLACK, WHITE] = [0, 255];
/** So few that they stay near the processor while they are drawn and encoded. */
const STRIP_LINES = 256;
const MM_PER_INCH = 25.4;

/** Millimetres as whole pixels of the page. */
export function mmToPx(mm: number): number {
  return Math.round((mm / MM_PER_INCH) * PAGE_DPI);
}

/** A white A4 page at 600 dpi: 35 MB. Keep it and `blank` it again rather than making another. */
export function createPage(): GreyPage {
  const page = {
    widthPx: PAGE_WIDTH_PX,
    heightPx: PAGE_HEIGHT_PX,
    pixels: new Uint8Array(PAGE_WIDTH_PX * PAGE_HEIGHT_PX),
  };
  blank(page);
  return page;
}

/** Makes a page white again; nothing of what was on it remains. */
export function blank(page: GreyPage): void {
  page.pixels.fill(WHITE);
}

/** Calls back with every strip of an A4 page from top to bottom, each drawn by the layers, in memory that is used again. */
export function drawInStrips(layers: readonly ((strip: Strip) => void)[], use: (strip: Strip) => void): void {
  const pixels = new Uint8Array(PAGE_WIDTH_PX * STRIP_LINES);
  for (let topPx = 0; topPx < PAGE_HEIGHT_PX; topPx += STRIP_LINES) {
    const heightPx = Math.min(STRIP_LINES, PAGE_HEIGHT_PX - topPx);
    const strip = { topPx, heightPx, widthPx: PAGE_WIDTH_PX, pixels: pixels.subarray(0, heightPx * PAGE_WIDTH_PX) };
    blank(strip);
    for (const layer of layers) layer(strip);
    use(strip);
  }
  pixels.fill(0);
}

/** Fills a rectangle with black. */
export function fillBlack({ topPx = 0, heightPx, widthPx, pixels }: Strip, { left, top, right, bottom }: Area): void {
  const last = Math.min(bottom - topPx, heightPx);
  for (let y = Math.max(0, top - topPx); y < last; y++) {
    const line = y * widthPx;
    for (let x = line + left; x < line + right; x++) pixels[x] = BLACK;
  }
}

/**
 * Lays a picture on the page with its top left corner at (`xPx`, `yPx`) of the page; the darker pixel wins. What lies outside
 * is cut off.
 */
export function place(strip: Strip, picture: GreyPage, xPx: number, yPx: number): void {
  const yOnStrip = yPx - (strip.topPx ?? 0);
  const left = Math.max(0, -xPx);
  const right = Math.min(picture.widthPx, strip.widthPx - xPx);
  const top = Math.max(0, -yOnStrip);
  const bottom = Math.min(picture.heightPx, strip.heightPx - yOnStrip);
  for (let y = top; y < bottom; y++) {
    const from = y * picture.widthPx;
    const to = (y + yOnStrip) * strip.widthPx + xPx;
    for (let x = left; x < right; x++) {
      const value = picture.pixels[from + x] ?? WHITE;
      if (value < (strip.pixels[to + x] ?? 0)) strip.pixels[to + x] = value;
    }
  }
}
