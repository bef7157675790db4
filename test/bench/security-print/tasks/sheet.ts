import sharp from "sharp";
import { unwrap } from "../../../../src/kernel/result.ts";
import { createRenderWork } from "../../../../src/kiosk/render/work.ts";
import { PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../../../src/security-print/composition/page.ts";
import { defaultChoice } from "../../../../src/security-print/deterrent/choice.ts";
import type { PdfDocument } from "../../../../src/security-print/pages/document.ts";
import { createPdfEngine } from "../../../../src/security-print/pages/engine.ts";
import { DOCUMENT_ID } from "../../../support/scramble.ts";
import type { Prepared } from "../messages.ts";

/** From a PDF that was read to the PWG raster of both sides, as the kiosk's render process does it; the floor is pdfium. */
export async function prepareSheet(pdf: Uint8Array, payload: Uint8Array): Promise<Prepared> {
  sharp.concurrency(1);
  sharp.cache(false);
  const kiosk = createRenderWork();
  await kiosk.warm();
  unwrap(await kiosk.read(pdf));
  const whole = { documentId: DOCUMENT_ID, pdf, payloads: [payload], deterrent: defaultChoice };
  let document: PdfDocument | undefined;
  return {
    work: async () => unwrap(await kiosk.compose(whole)),
    async floor() {
      document ??= unwrap(await createPdfEngine().openPdf(pdf));
      unwrap(document.useGrey(0, PAGE_WIDTH_PX, PAGE_HEIGHT_PX, () => {}));
    },
  };
}
