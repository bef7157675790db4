import sharp from "sharp";
import { type Failure, messageOf } from "../../kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import type { PdfDocument } from "../pages/document.ts";
import type { PdfEngine } from "../pages/engine.ts";
import type { GreyImage } from "./grey.ts";
import { inspectionLimits } from "./limits.ts";

/** What sharp may be given; anything else it could read has no place here. */
const FORMATS: ReadonlySet<string> = new Set(["jpeg", "png", "tiff"]);
/** A page of a PDF is drawn at this size: 300 dpi of A4. */
const PDF_SIZE_PX = { width: 2480, height: 3508 };

/** One page of a scan. */
export interface ScanPage {
  /** 1 … count */
  readonly number: number;
  readonly count: number;
  readonly picture: GreyImage;
}

/**
 * The pages of a scan as pictures of grey, one after the other, so that no more than one is in memory: JPEG and PNG have
 * one, TIFF and PDF several. `K-IMAGE-103` for everything that is no such picture, torn, or too large; it ends the list.
 * Colour and transparency are taken away, a camera's orientation is applied.
 */
export async function* readPictures(file: Uint8Array, engine: PdfEngine): AsyncGenerator<Result<ScanPage>> {
  const { bytes } = inspectionLimits;
  if (file.length === 0) yield fail("K-IMAGE-103", { why: "the file is empty" });
  else if (file.length > bytes) yield fail("K-IMAGE-103", { why: `more than ${bytes / 1e6} MB` });
  else if (Buffer.from(file.subarray(0, 5)).toString("latin1") === "%PDF-") yield* fromPdf(file, engine);
  else yield* fromPicture(file);
}

async function* fromPdf(file: Uint8Array, engine: PdfEngine): AsyncGenerator<Result<ScanPage>> {
  const opened = await engine.openPdf(file);
  if (!opened.ok) {
    yield refused("a PDF that cannot be opened", opened.error);
    return;
  }
  const pdf = opened.value;
  try {
    for (let page = 0; page < pdf.pageCount; page++) {
      const drawn = drawPage(pdf, page);
      yield drawn.ok ? ok({ number: page + 1, count: pdf.pageCount, picture: drawn.value }) : drawn;
      if (!drawn.ok) return;
    }
  } finally {
    pdf.close();
  }
}

function drawPage(pdf: PdfDocument, page: number): Result<GreyImage> {
  const { width, height } = PDF_SIZE_PX;
  const size = pdf.pageSizeMm(page);
  if (!size.ok) return refused("a PDF page that cannot be drawn", size.error);
  const [widthPx, heightPx] = size.value.widthMm > size.value.heightMm ? [height, width] : [width, height];
  const pixels = pdf.renderGrey(page, widthPx, heightPx);
  if (!pixels.ok) return refused("a PDF page that cannot be drawn", pixels.error);
  return ok({ widthPx, heightPx, pixels: pixels.value });
}

/** With the engine's reason: encrypted, too large, turned, a form. */
function refused(what: string, cause: Failure): Result<never> {
  return fail("K-IMAGE-103", { why: `${what}: ${cause.detail?.why ?? cause.code}` }, cause);
}

async function* fromPicture(file: Uint8Array): AsyncGenerator<Result<ScanPage>> {
  const input = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const count = await pagesOf(input);
  if (!count.ok) yield count;
  else {
    for (let page = 0; page < count.value; page++) {
      const picture = await decodePage(input, page);
      yield picture.ok ? ok({ number: page + 1, count: count.value, picture: picture.value }) : err(picture.error);
      if (!picture.ok) return;
    }
  }
}

/** Looks at the header only, which claims the size before a pixel is unpacked: a bomb ends here. */
async function pagesOf(input: Buffer): Promise<Result<number>> {
  const limits = inspectionLimits;
  try {
    const { format, width, height, pages = 1 } = await sharp(input, { limitInputPixels: false }).metadata();
    if (!format || !FORMATS.has(format)) return fail("K-IMAGE-103", { why: "not JPEG, PNG, TIFF or PDF" });
    if (width * height > limits.pixels) {
      return fail("K-IMAGE-103", { why: `more than ${limits.pixels / 1e6} megapixels`, width, height });
    }
    if (pages > limits.pages) return fail("K-IMAGE-103", { why: `more than ${limits.pages} pages`, pages });
    return ok(pages);
  } catch {
    return fail("K-IMAGE-103", { why: "not JPEG, PNG, TIFF or PDF" });
  }
}

async function decodePage(input: Buffer, page: number): Promise<Result<GreyImage>> {
  const options = { limitInputPixels: inspectionLimits.pixels, failOn: "error", sequentialRead: true, page } as const;
  try {
    const { data, info } = await sharp(input, options)
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .greyscale()
      .toColourspace("b-w")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1) return fail("K-IMAGE-103", { why: "no picture of grey", channels: info.channels });
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return ok({ widthPx: info.width, heightPx: info.height, pixels });
  } catch (thrown) {
    const said = messageOf(thrown).replaceAll(/\s+/g, " ").trim().slice(0, 120);
    return fail("K-IMAGE-103", { why: "a torn or damaged picture", page: page + 1, said });
  }
}
