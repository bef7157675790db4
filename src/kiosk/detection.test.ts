import { describe, expect, test, vi } from "vitest";
import { plainPayload } from "../../test/support/payloads.ts";
import { printerBench } from "../../test/support/printer-bench.ts";
import { smallPdf } from "../../test/support/small-pdf.ts";
import { unwrap } from "../kernel/result.ts";
import { createPage, mmToPx } from "../security-print/composition/page.ts";
import { DETECTION_PLACE } from "../security-print/detection/place.ts";
import { defaultChoice } from "../security-print/deterrent/choice.ts";
import { drawGround } from "../security-print/deterrent/ground.ts";
import { createDeterrentPainter } from "../security-print/deterrent/painter.ts";
import { FINDER_CENTRES } from "../security-print/scramble/geometry.ts";
import { kioskConfig } from "./config.ts";
import { createDetectionSetting } from "./detection.ts";
import { createRenderWork } from "./render/work.ts";

describe("the forgery-detection image of a kiosk", () => {
  test("is printed when it is wanted and the printer takes it, as the printer says at that moment", async () => {
    let takes = false;
    const setting = createDetectionSetting({ wanted: true, takesOverlays: () => takes });
    await setting.drawn;
    expect(setting.overlays()).toEqual([]);
    takes = true;
    expect(setting.overlays().map(({ cmyk, ...place }) => ({ ...place, bytes: cmyk.length }))).toEqual([
      { side: "back", ...DETECTION_PLACE, widthPx: 1890, heightPx: 780, bytes: 4 * 1890 * 780 },
    ]);
  });

  test("lies over the back of a composed certificate in a printer with colours, ink by ink, on a place that is white", async () => {
    const b = await printerBench({ color: true, overlays: true });
    const { overlays, drawn } = createDetectionSetting({ wanted: true, takesOverlays: b.printer.takesOverlays });
    await drawn;
    const documentId = "019364e2-6a00-7000-8000-0123456789ab";
    const pdf = smallPdf({ pages: ["BT /F1 24 Tf 100 700 Td (a certificate) Tj ET"] });
    const document = { documentId, pdf, payloads: [plainPayload(documentId, 1, 1)], deterrent: defaultChoice };
    const composed = unwrap(await createRenderWork().compose({ ...document, clearForDetection: true }));
    const job = { documentId, pwgRaster: composed.pwgRaster, impressions: 2, overlays: overlays() };
    const submitted = b.printer.submit(job);
    // Packing the PDF takes real time on another thread; the fake clock stands still until the printer has the job.
    await vi.waitFor(
      async () => {
        await b.clock.advance(0);
        expect(b.simulator.jobs()).toHaveLength(1);
      },
      { timeout: 60_000, interval: 10 },
    );
    const settled = unwrap(await b.run(b.printer.settle(unwrap(await b.run(submitted)), () => {})));
    expect(settled).toMatchObject({ state: "done", impressionsCompleted: 2 });
    const [front, back] = b.simulator.pages();
    await b.close();
    expect(front?.overlays).toEqual([]);
    const [over] = back?.overlays ?? [];
    expect(Buffer.compare(over?.cmyk ?? Buffer.of(), overlays()[0]?.cmyk ?? Buffer.of(1))).toBe(0);
    const [{ xMm, yMm, widthMm, heightMm }, grey, width] = [DETECTION_PLACE, back?.grey(), back?.width ?? 0];
    expect(over).toMatchObject({ xMm, yMm, widthMm, heightMm });
    for (let y = mmToPx(yMm); y < mmToPx(yMm + heightMm); y += 7) {
      const line = grey?.subarray(y * width + mmToPx(xMm), y * width + mmToPx(xMm + widthMm));
      expect(line?.every((pixel) => pixel === 255)).toBe(true);
    }
  });

  test("is not drawn when nobody wants it, and nobody does unless the configuration says so", async () => {
    const setting = createDetectionSetting({ wanted: false, takesOverlays: () => true });
    await setting.drawn;
    expect(setting.overlays()).toEqual([]);
    const { devices } = kioskConfig.shape;
    expect(devices.shape.detectionImage.parse(undefined)).toBe(false);
  });

  test("stands below the scrambled image and its finders, within what a printer reaches", () => {
    const { xMm, yMm, widthMm, heightMm } = DETECTION_PLACE;
    expect(mmToPx(yMm - 1.5)).toBeGreaterThan(FINDER_CENTRES[2].y + 77 + 66);
    expect(xMm + widthMm).toBeLessThan(210 - 5);
    expect(yMm + heightMm).toBeLessThan(297 - 5);
  });

  test("lies on white: its place and a margin are left out of the deterrent text, and nothing else is", async () => {
    const painter = createDeterrentPainter();
    const drawn = async (clearForDetection: boolean) => {
      const page = createPage();
      drawGround(page, unwrap(await painter.ground({ side: "back", step: "2f", clearForDetection })));
      return page;
    };
    const [cleared, whole] = [await drawn(true), await drawn(false)];
    const { xMm, yMm, widthMm, heightMm } = DETECTION_PLACE;
    const [left, top] = [mmToPx(xMm - 1.5), mmToPx(yMm - 1.5)];
    const [right, bottom] = [mmToPx(xMm + widthMm + 1.5), mmToPx(yMm + heightMm + 1.5)];
    let dots = 0;
    for (let y = top; y < bottom; y++) {
      const line = whole.pixels.subarray(y * whole.widthPx + left, y * whole.widthPx + right);
      dots += line.filter((grey) => grey === 0).length;
      line.fill(255);
    }
    expect(dots).toBeGreaterThan(100_000);
    expect(Buffer.compare(cleared.pixels, whole.pixels)).toBe(0);
  });
});
