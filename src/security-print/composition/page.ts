/** A page of 8-bit grey, 0 black … 255 white, row by row. Pixels are shared, not copied: layers draw into them. */
export interface GreyPage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
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
const WHITE = 255;
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

/**
 * Lays a picture on the page with its top left corner at (`xPx`, `yPx`); the darker pixel wins. What lies outside the page
 * is cut off.
 */
export function place(page: GreyPage, picture: GreyPage, xPx: number, yPx: number): void {
  const left = Math.max(0, -xPx);
  const right = Math.min(picture.widthPx, page.widthPx - xPx);
  const top = Math.max(0, -yPx);
  const bottom = Math.min(picture.heightPx, page.heightPx - yPx);
  for (let y = top; y < bottom; y++) {
    const from = y * picture.widthPx;
    const to = (y + yPx) * page.widthPx + xPx;
    for (let x = left; x < right; x++) {
      const value = picture.pixels[from + x] ?? WHITE;
      if (value < (page.pixels[to + x] ?? 0)) page.pixels[to + x] = value;
    }
  }
}
