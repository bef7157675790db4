import sharp from "sharp";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { PdfEngine } from "../pages/engine.ts";
import { everyPage, withPdf } from "../pages/engine.ts";
import type { GreyImage } from "./grey.ts";
import { inspectionLimits } from "./limits.ts";

/** What sharp may be given; anything else it could read has no place here. */
const FORMATS: ReadonlySet<string> = new Set(["jpeg", "png", "tiff"]);
/** A scan inside a PDF is drawn at this resolution. */
const PDF_SIZE_PX = { width: 2480, height: 3508 };

/**
 * The pages of a scan as pictures of grey: JPEG and PNG have one, TIFF and PDF several. `K-IMAGE-103` for everything that
 * is no such picture or too large. Colour and transparency are taken away, a camera's orientation is applied.
 */
export async function readPictures(file: Uint8Array, engine: PdfEngine): Promise<Result<GreyImage[]>> {
  if (file.length > inspectionLimits.bytes)
    return fail("K-IMAGE-103", { why: "the file is too large", bytes: file.length });
  return Buffer.from(file.subarray(0, 5)).toString("latin1") === "%PDF-" ? fromPdf(file, engine) : fromPicture(file);
}

async function fromPdf(file: Uint8Array, engine: PdfEngine): Promise<Result<GreyImage[]>> {
  const { width, height } = PDF_SIZE_PX;
  const drawn = await withPdf(engine, file, (pdf) =>
    everyPage(pdf, (page): Result<GreyImage> => {
      const size = pdf.pageSizeMm(page);
      if (!size.ok) return size;
      const [widthPx, heightPx] = size.value.widthMm > size.value.heightMm ? [height, width] : [width, height];
      const pixels = pdf.renderGrey(page, widthPx, heightPx);
      return pixels.ok ? ok({ widthPx, heightPx, pixels: pixels.value }) : pixels;
    }),
  );
  return drawn.ok ? drawn : fail("K-IMAGE-103", { why: "a PDF that cannot be drawn" }, drawn.error);
}

async function fromPicture(file: Uint8Array): Promise<Result<GreyImage[]>> {
  const input = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const options = { limitInputPixels: inspectionLimits.pixels, failOn: "error", sequentialRead: true } as const;
  try {
    const { format, pages = 1 } = await sharp(input, options).metadata();
    if (!format || !FORMATS.has(format)) return fail("K-IMAGE-103", { why: "not JPEG, PNG, TIFF or PDF" });
    const pictures: GreyImage[] = [];
    for (let page = 0; page < Math.min(pages, inspectionLimits.pages); page++) {
      const { data, info } = await sharp(input, { ...options, page })
        .autoOrient()
        .flatten({ background: "#ffffff" })
        .greyscale()
        .toColourspace("b-w")
        .raw({ depth: "uchar" })
        .toBuffer({ resolveWithObject: true });
      if (info.channels !== 1) return fail("K-IMAGE-103", { why: "no picture of grey", channels: info.channels });
      const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      pictures.push({ widthPx: info.width, heightPx: info.height, pixels });
    }
    return ok(pictures);
  } catch (thrown) {
    return fail("K-IMAGE-103", { why: messageOf(thrown).slice(0, 200) });
  }
}
