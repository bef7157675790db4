import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import { expandPage, type PwgPage, readPwg, typeOf } from "../pwg/decode.ts";
import type { PwgHeader } from "../pwg/header.ts";

/**
 * The raster of a certificate as a PDF (ISO 32000-1) for printers that take nothing else: each side is one page with one
 * image, whose samples are the raster's octets, packed without loss. Nothing is drawn besides, so that what was checked is
 * what is printed.
 */

const POINTS_PER_INCH = 72;
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

/**
 * Wraps a PWG raster of 8-bit grey. One side is expanded at a time and wiped after; packing runs beside the event loop.
 * The result is personal data, as the raster is. `K-PRINT-301` when the raster is none or not of 8-bit grey.
 */
export async function pdfOfRaster(pwgRaster: Uint8Array): Promise<Result<Uint8Array>> {
  const pages = readPwg(pwgRaster);
  if (!pages.ok) return pages;
  const file = createFile();
  // 1 is the catalogue and 2 the tree of pages; each side has three objects of its own from 3 on.
  const kids = pages.value.map((_, side) => `${3 + 3 * side} 0 R`);
  file.object(1, "<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>");
  file.object(2, `<< /Type /Pages /Count ${kids.length} /Kids [ ${kids.join(" ")} ] >>`);
  for (const [side, page] of pages.value.entries()) {
    const packed = await packedSamples(page);
    if (!packed.ok) return packed;
    putSide(file, 3 + 3 * side, page, packed.value);
  }
  return ok(file.end(2 + 3 * pages.value.length));
}

async function packedSamples(page: PwgPage): Promise<Result<Buffer>> {
  if (typeOf(page.header) !== "sgray_8") return fail("K-PRINT-301", { why: "not 8-bit grey" });
  const samples = expandPage(page);
  if (!samples.ok) return samples;
  const packed = await deflated(samples.value);
  samples.value.fill(0);
  return ok(packed);
}

function putSide(file: PdfFile, first: number, { header }: PwgPage, packed: Buffer): void {
  const { mediaBox, content } = pageOf(header);
  const resources = `<< /XObject << /Side ${first + 2} 0 R >> >>`;
  file.object(
    first,
    `<< /Type /Page /Parent 2 0 R /MediaBox ${mediaBox} /Resources ${resources} /Contents ${first + 1} 0 R >>`,
  );
  file.object(first + 1, `<< /Length ${content.length} >>`, Buffer.from(content, "latin1"));
  file.object(
    first + 2,
    "<< /Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 /Interpolate false " +
      `/Width ${header.widthPx} /Height ${header.heightPx} /Filter /FlateDecode /Length ${packed.length} >>`,
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
