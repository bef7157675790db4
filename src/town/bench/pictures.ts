import type { ServerResponse } from "node:http";
import sharp from "sharp";
import type { PrinterSimulator } from "../../../devices/certificate-printer/simulator/simulator.ts";

/** Pictures of the sheets over HTTP. */
export interface Pictures {
  /** Answers `/sides/N/thumbnail.png` and `/sides/N/page.png`; false when the path is none of them. */
  answer(path: string, response: ServerResponse): boolean;
}

const PATH = /^\/sides\/(\d{1,6})\/(thumbnail|page)\.png$/;
const THUMBNAIL_WIDTH_PX = 360;
/** Some 50 kB each. */
const MAX_THUMBNAILS = 200;
const HEADERS = {
  "content-type": "image/png",
  // Numbers of sides begin anew with every bench, so nothing may be remembered under them.
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Draws sides of the printer's sheets, one after the other: a whole page is 35 megapixels, and several at once would take
 * the memory that the rest of the machine needs. Thumbnails are kept, whole pages are not.
 */
export function createPictures(printer: Pick<PrinterSimulator, "pages" | "pagePng">): Pictures {
  const thumbnails = new Map<number, Buffer>();
  let last: Promise<unknown> = Promise.resolve();

  const thumbnail = async (index: number): Promise<Buffer> => {
    const kept = thumbnails.get(index);
    if (kept) return kept;
    const page = printer.pages()[index];
    if (!page) throw new RangeError(`there is no side ${index}`);
    const raw = { width: page.width, height: page.height, channels: 1 } as const;
    const small = await sharp(page.grey(), { raw })
      .resize({ width: THUMBNAIL_WIDTH_PX })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    thumbnails.set(index, small);
    const [oldest] = thumbnails.keys();
    if (thumbnails.size > MAX_THUMBNAILS && oldest !== undefined) thumbnails.delete(oldest);
    return small;
  };

  return {
    answer(path, response) {
      const [, number, size] = PATH.exec(path) ?? [];
      if (number === undefined) return false;
      const index = Number(number);
      if (index >= printer.pages().length) {
        response.writeHead(404).end();
        return true;
      }
      const draw = async () => {
        // Whoever waited in the queue may have gone away meanwhile.
        if (response.destroyed) return;
        const png = await (size === "page" ? printer.pagePng(index) : thumbnail(index));
        response.writeHead(200, HEADERS).end(png);
      };
      last = last.then(draw);
      return true;
    },
  };
}
