import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import type { PrintOverlay } from "../port.ts";
import { expandPage, type PwgPage, readPwg, typeOf } from "../pwg/decode.ts";
import type { PwgHeader } from "../pwg/header.ts";

/**
 * The raster of a certificate as a PDF (ISO 32000-1) for printers that take nothing else, and for overlays of four inks: each
 * side is one page with one image, whose samples are the raster's octets, packed without loss, and the overlays of that side.
 * Nothing is drawn besides, so that what was checked is what is printed.
 */

const POINTS_PER_INCH = 72;
const MM_PER_INCH = 25.4;
const deflated = promisify(deflate);

/**
 * How far within its page the image ends, in thousandths of a point: a hundredth of a pixel. An image that ends exactly on
 * a pixel's edge is drawn one pixel larger by renderers that round outward, and every sample is displaced then.
 */
const INSET = 1;

/** A page's measure in thousandths of a point, which is finer than a pixel. */
function thousandthsOf(pixels: number, dpi: number): number {
  return Math.round((pixels * POINTS_PER_INCH * 1000) / dpi);
}

/** The page and what it draws: its image over the whole page, one sample a pixel (section 8.9.5). */
export function pageOf(header: PwgHeader): { readonly mediaBox: string; readonly content: string } {
  const width = thousandthsOf(header.widthPx, header.crossFeedDpi);
  const height = thousandthsOf(header.heightPx, header.feedDpi);
  const [scaleX, scaleY, inset] = [width - 2 * INSET, height - 2 * INSET, INSET].map(
    (thousandths) => thousandths / 1000,
  );
  return {
    mediaBox: `[ 0 0 ${width / 1000} ${height / 1000} ]`,
    content: `q ${scaleX} 0 0 ${scaleY} ${inset} ${inset} cm /Side Do Q`,
  };
}

/** How overlay `index` is drawn on a page, after its image: its corner is counted from the bottom (section 8.3.2.3). */
export function overlayDrawing(
  header: PwgHeader,
  { xMm, yMm, widthMm, heightMm }: Pick<PrintOverlay, "xMm" | "yMm" | "widthMm" | "heightMm">,
  index: number,
): string {
  const [x, y, width, height] = [xMm, yMm + heightMm, widthMm, heightMm].map((mm) =>
    Math.round((mm * POINTS_PER_INCH * 1000) / MM_PER_INCH),
  ) as [number, number, number, number];
  const bottom = thousandthsOf(header.heightPx, header.feedDpi) - y;
  return ` q ${width / 1000} 0 0 ${height / 1000} ${x / 1000} ${bottom / 1000} cm /Overlay${index} Do Q`;
}

/**
 * Wraps a PWG raster of 8-bit grey. One side is expanded at a time and wiped after; packing runs beside the event loop.
 * The result is personal data, as the raster is. An overlay's samples are in it once, whatever the number of sheets, in
 * DeviceCMYK without a profile: the printer has nothing to separate anew (section 8.6.4.4). `K-PRINT-301` when the raster is
 * none or not of 8-bit grey, or when an overlay is not of its size or does not lie on the sheet.
 */
export async function pdfOfRaster(
  pwgRaster: Uint8Array,
  overlays: readonly PrintOverlay[] = [],
): Promise<Result<Uint8Array>> {
  const pages = readPwg(pwgRaster);
  if (!pages.ok) return pages;
  const unfit = overlays.some((overlay) => pages.value.some(({ header }) => !fits(overlay, header)));
  if (unfit) return fail("K-PRINT-301", { why: "an overlay that does not fit" });
  const file = createFile();
  // 1 is the catalogue and 2 the tree of pages; each side has three objects of its own from 3 on.
  const kids = pages.value.map((_, side) => `${3 + 3 * side} 0 R`);
  file.object(1, "<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>");
  file.object(2, `<< /Type /Pages /Count ${kids.length} /Kids [ ${kids.join(" ")} ] >>`);
  const firstOverlay = 3 + 3 * pages.value.length;
  const drawn = overlays.map((overlay, index) => ({ ...overlay, index, id: firstOverlay + index }));
  for (const [side, page] of pages.value.entries()) {
    const packed = await packedSamples(page);
    if (!packed.ok) return packed;
    const own = drawn.filter((overlay) => overlay.side === (side % 2 === 0 ? "front" : "back"));
    putSide(file, 3 + 3 * side, page, packed.value, own);
  }
  for (const { id, widthPx, heightPx, cmyk } of drawn) {
    putImage(file, id, { space: "DeviceCMYK", widthPx, heightPx, packed: await deflated(cmyk) });
  }
  return ok(file.end(firstOverlay - 1 + drawn.length));
}

function fits(overlay: PrintOverlay, header: PwgHeader): boolean {
  const { xMm, yMm, widthMm, heightMm, widthPx, heightPx, cmyk } = overlay;
  const right = ((xMm + widthMm) * header.crossFeedDpi) / MM_PER_INCH;
  const bottom = ((yMm + heightMm) * header.feedDpi) / MM_PER_INCH;
  const onSheet = xMm >= 0 && yMm >= 0 && right <= header.widthPx && bottom <= header.heightPx;
  return onSheet && widthPx * heightPx > 0 && cmyk.length === 4 * widthPx * heightPx;
}

async function packedSamples(page: PwgPage): Promise<Result<Buffer>> {
  if (typeOf(page.header) !== "sgray_8") return fail("K-PRINT-301", { why: "not 8-bit grey" });
  const samples = expandPage(page);
  if (!samples.ok) return samples;
  const packed = await deflated(samples.value);
  samples.value.fill(0);
  return ok(packed);
}

interface DrawnOverlay extends PrintOverlay {
  readonly index: number;
  /** Number of its object. */
  readonly id: number;
}

function putSide(
  file: PdfFile,
  first: number,
  { header }: PwgPage,
  packed: Buffer,
  overlays: readonly DrawnOverlay[],
): void {
  const { mediaBox, content: side } = pageOf(header);
  const content = side + overlays.map((overlay) => overlayDrawing(header, overlay, overlay.index)).join("");
  const named = overlays.map(({ index, id }) => ` /Overlay${index} ${id} 0 R`).join("");
  const resources = `<< /XObject << /Side ${first + 2} 0 R${named} >> >>`;
  file.object(
    first,
    `<< /Type /Page /Parent 2 0 R /MediaBox ${mediaBox} /Resources ${resources} /Contents ${first + 1} 0 R >>`,
  );
  file.object(first + 1, `<< /Length ${content.length} >>`, Buffer.from(content, "latin1"));
  const { widthPx, heightPx } = header;
  putImage(file, first + 2, { space: "DeviceGray", widthPx, heightPx, packed });
}

interface PackedImage {
  readonly space: "DeviceGray" | "DeviceCMYK";
  readonly widthPx: number;
  readonly heightPx: number;
  readonly packed: Buffer;
}

function putImage(file: PdfFile, id: number, { space, widthPx, heightPx, packed }: PackedImage): void {
  file.object(
    id,
    `<< /Type /XObject /Subtype /Image /ColorSpace /${space} /BitsPerComponent 8 /Interpolate false ` +
      `/Width ${widthPx} /Height ${heightPx} /Filter /FlateDecode /Length ${packed.length} >>`,
    packed,
  );
}

type PdfFile = ReturnType<typeof createFile>;

/** A file that grows object by object and ends with its cross-reference table (section 7.5). */
function createFile() {
  // The comment of four octets above 127 says that the file is not text (section 7.5.2).
  const parts: Uint8Array[] = [Buffer.from("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const offsets = new Map<number, number>();
  let length = parts[0]?.length ?? 0;
  const put = (part: Uint8Array | string) => {
    const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : part;
    parts.push(bytes);
    length += bytes.length;
  };
  return {
    object(id: number, dictionary: string, stream?: Uint8Array) {
      offsets.set(id, length);
      put(`${id} 0 obj\n${dictionary}\n`);
      if (stream) {
        put("stream\n");
        put(stream);
        put("\nendstream\n");
      }
      put("endobj\n");
    },
    /** The whole file; the parts it was made of are wiped. */
    end(lastId: number): Uint8Array {
      const table = length;
      put(`xref\n0 ${lastId + 1}\n0000000000 65535 f \n`);
      for (let id = 1; id <= lastId; id++) put(`${String(offsets.get(id) ?? 0).padStart(10, "0")} 00000 n \n`);
      put(`trailer\n<< /Size ${lastId + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
      const whole = Buffer.concat(parts);
      for (const part of parts) part.fill(0);
      return whole;
    },
  };
}
