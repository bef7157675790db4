import { unwrap } from "../../../../src/kernel/result.ts";
import { PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../../../src/security-print/composition/page.ts";
import { createPdfEngine } from "../../../../src/security-print/pages/engine.ts";
import type { Prepared } from "../messages.ts";

/** A front at 600 dpi with a copy of its pixels; the floor is the same without (docs/decisions/0006). */
export async function prepareCopy(pdf: Uint8Array): Promise<Prepared> {
  const document = unwrap(await createPdfEngine().openPdf(pdf));
  return {
    work: async () => unwrap(document.renderGrey(0, PAGE_WIDTH_PX, PAGE_HEIGHT_PX)),
    floor: async () => unwrap(document.useGrey(0, PAGE_WIDTH_PX, PAGE_HEIGHT_PX, () => {})),
  };
}
