import { createRasterWriter } from "../../../devices/certificate-printer/pwg/encode.ts";
import { type EncodedGround, encodedGround } from "../../../devices/certificate-printer/pwg/ground.ts";
import { certificateHeader } from "../../../devices/certificate-printer/pwg/header.ts";
import { fail, ok, type Result, unwrap } from "../../kernel/result.ts";
import { hashText } from "../../protocol/encoding.ts";
import { composeBack } from "../../security-print/composition/back.ts";
import { createPage, type GreyPage, PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../security-print/composition/page.ts";
import { defaultChoice } from "../../security-print/deterrent/choice.ts";
import type { DeterrentGround } from "../../security-print/deterrent/ground.ts";
import { createDeterrentPainter, type WantedGround } from "../../security-print/deterrent/painter.ts";
import type { DeterrentChoice } from "../../security-print/deterrent/steps.ts";
import { backLayers } from "../../security-print/marks/back-layers.ts";
import type { PdfDocument } from "../../security-print/pages/document.ts";
import { createPdfEngine, everyPage } from "../../security-print/pages/engine.ts";
import { codePlan } from "../../security-print/scramble/channel-code.ts";
import { FRAME_BYTES } from "../../security-print/scramble/frame.ts";
import { type Payload, parsePayload } from "../../security-print/scramble/payload.ts";
import type { ComposeAnswer, DocumentToCompose, ReadAnswer } from "./messages.ts";

/** The work of the render child, without its process. */
export interface RenderWork {
  /** Everything that stands on every page, and every front hash. `K-BIND-138`. */
  read(pdf: Uint8Array): Promise<Result<ReadAnswer>>;
  /**
   * Both sides of every page as PWG raster, which holds until the next one is composed. `K-BIND-138` the PDF, `K-IMAGE-101` a payload, `K-BIND-124` their number,
   * `K-IMAGE-110` a step of the deterrent text.
   */
  compose(document: DocumentToCompose): Promise<Result<ComposeAnswer>>;
  /** Loads engine and font and runs once through drawing and encoding, so that the first citizen does not wait for it. */
  warm(): Promise<void>;
}

/** For the first drawing only: it is shown to nobody. */
const BLANK_PAYLOAD: Payload = {
  cellPx: 8,
  codeText: "-",
  frame: new Uint8Array(FRAME_BYTES),
  image: new Uint8Array(codePlan(8).imageBytes),
};
/** Front hashes are kept by the hash of their PDF: a document is read first and composed after. */
const KEPT_DOCUMENTS = 32;

/** What the render child does: one PDF engine for its life, which ends with the session. */
export function createRenderWork(): RenderWork {
  const engine = createPdfEngine();
  const knownFronts = new Map<string, readonly string[]>();
  const painter = createDeterrentPainter();
  const encodedGrounds = new Map<DeterrentGround, EncodedGround>();
  const raster = createRasterWriter();
  let back: GreyPage | undefined;

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

  const groundOf = async (wanted: WantedGround): Promise<Result<EncodedGround>> => {
    const ground = await painter.ground(wanted);
    if (!ground.ok) return ground;
    const encoded = encodedGrounds.get(ground.value) ?? encodedGround(ground.value, PAGE_WIDTH_PX);
    encodedGrounds.set(ground.value, encoded);
    return ok(encoded);
  };
  const groundsOf = async (choice: DeterrentChoice, clearForDetection = false) => {
    const front = await groundOf({ side: "front", step: choice.front });
    if (!front.ok) return front;
    const back = await groundOf({ side: "back", step: choice.back, clearForDetection });
    return back.ok ? ok({ front: front.value, back: back.value }) : back;
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
    compose: ({ documentId, pdf: bytes, payloads, deterrent, clearForDetection }) =>
      withOpen(bytes, async (pdf) => {
        const grounds = await groundsOf(deterrent, clearForDetection);
        if (!grounds.ok) return grounds;
        const hashes = frontHashes(pdf, hashText(bytes));
        if (!hashes.ok) return hashes;
        if (payloads.length !== pdf.pageCount) return fail("K-BIND-124", { payloads: payloads.length });
        const header = certificateHeader(2 * pdf.pageCount);
        raster.begin();
        back ??= createPage();
        for (const [page, frontHash] of hashes.value.entries()) {
          const payload = parsePayload(payloads[page] ?? new Uint8Array());
          if (!payload.ok) return payload;
          // Before the front: the letters of the back are drawn on another thread meanwhile.
          const layers = backLayers({ documentId, page: page + 1, pages: pdf.pageCount, frontHash }, payload.value);
          const front = pdf.useGrey(page, PAGE_WIDTH_PX, PAGE_HEIGHT_PX, (pixels) =>
            raster.add(pixels, header, grounds.value.front),
          );
          if (!front.ok) return front;
          await composeBack(back, layers);
          raster.add(back.pixels, header, grounds.value.back);
        }
        const { bytes: pwgRaster, pages } = raster.end();
        return ok({ pwgRaster, rasterHashes: pages.map(hashText) });
      }),
    async warm() {
      await engine.warm();
      back ??= createPage();
      const grounds = unwrap(await groundsOf(defaultChoice));
      await composeBack(back, backLayers({ documentId: "-", page: 1, pages: 1, frontHash: "-" }, BLANK_PAYLOAD));
      raster.begin();
      for (const side of ["back", "front"] as const) raster.add(back.pixels, certificateHeader(2), grounds[side]);
    },
  };
}
