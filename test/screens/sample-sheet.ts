import { greyOf, readPwg } from "../../devices/certificate-printer/pwg/decode.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createRenderWork } from "../../src/kiosk/render/work.ts";
import type { Box } from "../../src/protocol/forms/cells.ts";
import type { Bilevel } from "../../src/security-print/bilevel/generic-region.ts";
import { type GreyPage, mmToPx } from "../../src/security-print/composition/page.ts";
import { defaultChoice } from "../../src/security-print/deterrent/choice.ts";
import { createPdfEngine, withPdf } from "../../src/security-print/pages/engine.ts";
import type { PageChar } from "../../src/security-print/pages/reading.ts";
import type { InspectionKeys } from "../../src/security-print/scramble/keys.ts";
import { encodePayload } from "../../src/security-print/scramble/payload.ts";
import { renderedCertificate } from "../support/rendered-certificate.ts";
import { DOCUMENT_ID, TestCentre } from "../support/scramble.ts";

/** One sheet as the kiosk gives it to the printer, of people who exist only in tests. */
export interface SampleSheet {
  readonly front: GreyPage;
  readonly back: GreyPage;
  /** The front that is sealed in the back. */
  readonly issued: Bilevel;
  /** What stands on the front, in the order of the PDF. */
  readonly chars: readonly PageChar[];
  readonly keys: InspectionKeys;
}

/** A resident record: rendered by the municipality's renderer, sealed by a centre, composed by the kiosk. */
export async function sampleSheet(): Promise<SampleSheet> {
  // Whoever takes certificates is told not to take one with My Numbers.
  const pdf = await renderedCertificate(2, {}, { myNumber: false });
  const engine = createPdfEngine();
  const issued = unwrap(await withPdf(engine, pdf, (document) => document.front(0)));
  const { chars } = unwrap(await withPdf(engine, pdf, (document) => document.readPage(0)));
  const centre = new TestCentre("protections");
  const payloads = [encodePayload(centre.payload({ front: issued }))];
  const work = { documentId: DOCUMENT_ID, pdf, payloads, deterrent: defaultChoice };
  const { pwgRaster } = unwrap(await createRenderWork().compose(work));
  const [front, back] = unwrap(readPwg(pwgRaster)).map((side) => ({
    widthPx: side.header.widthPx,
    heightPx: side.header.heightPx,
    pixels: unwrap(greyOf(side)),
  }));
  if (!front || !back) throw new Error("a sheet without two sides");
  return { front, back, issued, chars, keys: centre.inspectionKeys() };
}

/** The front with the day of birth in place of the month, and where: genuine letters, as a forger would take. */
export function withAnotherMonth({ front, chars }: SampleSheet): { readonly page: GreyPage; readonly changed: Box } {
  const at = chars.findIndex((_, i) => textFrom(chars, i, 4) === "3月7日");
  const [month, , day] = chars.slice(at, at + 3);
  if (!month || !day) throw new Error("no such day of birth");
  const pixels = front.pixels.slice();
  const edge = 0.25;
  const [width, height] = [mmToPx(month.box.width + 2 * edge), mmToPx(month.box.height + 2 * edge)];
  const corner = ({ box }: PageChar) => {
    const middle = box.x + box.width / 2 - month.box.width / 2;
    return mmToPx(box.y + box.height - month.box.height - edge) * front.widthPx + mmToPx(middle - edge);
  };
  for (let y = 0; y < height; y++) {
    const from = corner(day) + y * front.widthPx;
    pixels.set(front.pixels.subarray(from, from + width), corner(month) + y * front.widthPx);
  }
  return { page: { ...front, pixels }, changed: month.box };
}

const textFrom = (chars: readonly PageChar[], from: number, count: number) =>
  chars
    .slice(from, from + count)
    .map(({ text }) => text)
    .join("");
