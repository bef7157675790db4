import { createRasterWriter } from "../../../devices/certificate-printer/pwg/encode.ts";
import { certificateHeader } from "../../../devices/certificate-printer/pwg/header.ts";
import { fail, ok, type Result, unwrap } from "../../kernel/result.ts";
import { hashText } from "../../protocol/encoding.ts";
import { drawInStrips, PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../security-print/composition/page.ts";
import { defaultChoice } from "../../security-print/deterrent/choice.ts";
import type { PdfDocument } from "../../security-print/pages/document.ts";
import { createPdfEngine, everyPage } from "../../security-print/pages/engine.ts";
import { createBackThread } from "./back/back-thread.ts";
import { createGrounds } from "./grounds.ts";
import type { ComposeAnswer, DocumentToCompose, ReadAnswer } from "./messages.ts";

/** The work of the render child, without its process. */
export interface RenderWork {
  /** Everything that stands on every page, and every front hash. `K-BIND-138`. */
  read(pdf: Uint8Array): Promise<Result<ReadAnswer>>;
  /**
   * Both sides of every page as PWG raster, which holds until the next one is composed. `K-BIND-138` the PDF, `K-IMAGE-101`
   * a payload, `K-BIND-124` their number, `K-IMAGE-110` a step of the deterrent text.
   */
  compose(document: DocumentToCompose): Promise<Result<ComposeAnswer>>;
  /** Loads engine and font and runs once through drawing and encoding, so that the first citizen does not wait for it. */
  warm(): Promise<void>;
}

/** Front hashes are kept by the hash of their PDF: a document is read first and composed after. */
const KEPT_DOCUMENTS = 32;

/** What the render child does: one PDF engine for its life, which ends with the session. */
export function createRenderWork(): RenderWork {
  const engine = createPdfEngine();
  const knownFronts = new Map<string, readonly string[]>();
  const grounds = createGrounds();
  const backs = createBackThread();
  const raster = createRasterWriter();

  const frontHashes = (pdf: PdfDocument, pdfHash: string): Result<readonly string[]> => {
    const known = knownFronts.get(pdfHash);
    if (known) return ok(known);
    const hashes = everyPage(pdf, (page) => pdf.frontHash(page));
    if (hashes.ok) {
      if (knownFronts.size >= KEPT_DOCUMENTS) knownFronts.clear();
      knownFronts.set(pdfHash, hashes.value);
    }
    return hashes;
  };

  const withOpen = async <T>(bytes: Uint8Array, work: (pdf: PdfDocument) => Promise<Result<T>>): Promise<Result<T>> => {
    const pdf = await engine.openPdf(bytes);
    if (!pdf.ok) return pdf;
    try {
      return await work(pdf.value);
    } finally {
      pdf.value.close();
    }
  };

  return {
    read: (bytes) =>
      withOpen(bytes, async (pdf) => {
        const pages = everyPage(pdf, (page) => pdf.readPage(page));
        if (!pages.ok) return pages;
        const hashes = frontHashes(pdf, hashText(bytes));
        return hashes.ok ? ok({ pages: pages.value, frontHashes: hashes.value }) : hashes;
      }),
    compose: ({ documentId, pdf: bytes, payloads, deterrent, clearForDetection = false }) =>
      withOpen(bytes, async (pdf) => {
        const ground = await grounds.ground({ side: "front", step: deterrent.front });
        if (!ground.ok) return ground;
        const hashes = frontHashes(pdf, hashText(bytes));
        if (!hashes.ok) return hashes;
        if (payloads.length !== pdf.pageCount) return fail("K-BIND-124", { payloads: payloads.length });
        const drawing = hashes.value.map((frontHash, page) =>
          backs.draw({
            data: { documentId, page: page + 1, pages: pdf.pageCount, frontHash },
            payload: payloads[page] as Uint8Array,
            deterrent: deterrent.back,
            clearForDetection,
          }),
        );
        const backHashes: string[] = [];
        raster.begin();
        for (const [page, back] of drawing.entries()) {
          const front = pdf.useGrey(page, PAGE_WIDTH_PX, PAGE_HEIGHT_PX, (pixels) => {
            raster.beginPage(certificateHeader(2 * pdf.pageCount), ground.value);
            raster.addLines(pixels);
          });
          if (!front.ok) return front;
          const drawn = await back;
          if (!drawn.ok) return drawn;
          raster.addPage(drawn.value.bytes);
          backHashes.push(drawn.value.hash);
        }
        const { bytes: pwgRaster, pages } = raster.end();
        const rasterHashes = backHashes.flatMap((hash, page) => [hashText(pages[2 * page] as Buffer), hash]);
        return ok({ pwgRaster, rasterHashes });
      }),
    async warm() {
      await engine.warm();
      const back = backs.warm();
      raster.begin();
      raster.beginPage(
        certificateHeader(2),
        unwrap(await grounds.ground({ side: "front", step: defaultChoice.front })),
      );
      drawInStrips([], (strip) => raster.addLines(strip.pixels));
      await back;
    },
  };
}
