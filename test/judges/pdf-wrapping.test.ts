import { describe, expect, it } from "vitest";
import { pdfOfRaster } from "../../devices/certificate-printer/pdf/encode.ts";
import { encodeGreyPage } from "../../devices/certificate-printer/pwg/encode.ts";
import { A4_600, certificateHeader } from "../../devices/certificate-printer/pwg/header.ts";
import { pwgStream } from "../../devices/certificate-printer/simulator/test-pages.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createPdfEngine } from "../../src/security-print/pages/engine.ts";

const { widthPx, heightPx } = A4_600;

/** A side on which no two neighbours are alike: what is scaled or moved by a part of a pixel looks different. */
function restlessSide(): Uint8Array {
  const line = Uint8Array.from({ length: widthPx + 256 }, (_, x) => (x * 131) & 0xff);
  const grey = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) grey.set(line.subarray((y * 71) % 256).subarray(0, widthPx), y * widthPx);
  return grey;
}

describe("the PDF that a printer without PWG raster is sent", () => {
  it("shows an A4 side pixel by pixel at 600 dpi to PDFium", async () => {
    const grey = restlessSide();
    const raster = pwgStream([encodeGreyPage(grey, certificateHeader(1))]);
    const pdf = unwrap(await createPdfEngine().openPdf(unwrap(await pdfOfRaster(raster))));
    expect(Buffer.from(unwrap(pdf.renderGrey(0, widthPx, heightPx))).equals(grey)).toBe(true);
    pdf.close();
  });
});
