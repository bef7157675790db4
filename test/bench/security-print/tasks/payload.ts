import { unwrap } from "../../../../src/kernel/result.ts";
import { PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../../../src/security-print/composition/page.ts";
import { createPdfEngine, withPdf } from "../../../../src/security-print/pages/engine.ts";
import { encodeBits } from "../../../../src/security-print/scramble/channel-code.ts";
import { TestCentre } from "../../../support/scramble.ts";
import type { Prepared } from "../messages.ts";

/** From the front that the centre has hashed to the cells; the floor is one copy of the page at 600 dpi. */
export async function preparePayload(pdf: Uint8Array): Promise<Prepared> {
  const front = unwrap(await withPdf(createPdfEngine(), pdf, (document) => document.front(0)));
  const centre = new TestCentre("bench");
  const page = Buffer.alloc(PAGE_WIDTH_PX * PAGE_HEIGHT_PX, 255);
  const copy = Buffer.alloc(page.length);
  return {
    async work() {
      const { cellPx, frame, image } = centre.payload({ front });
      return encodeBits(cellPx, frame, image);
    },
    async floor() {
      page.copy(copy);
    },
  };
}
