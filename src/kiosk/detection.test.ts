import { describe, expect, test } from "vitest";
import { createPage, mmToPx } from "../security-print/composition/page.ts";
import { clearDetectionPlace, DETECTION_PLACE } from "../security-print/detection/place.ts";
import { FINDER_CENTRES } from "../security-print/scramble/geometry.ts";
import { kioskConfig } from "./config.ts";
import { createDetectionSetting } from "./detection.ts";

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

  test("lies on white: its place is cleared of the deterrent text, and nothing else is", () => {
    const page = createPage();
    page.pixels.fill(0);
    clearDetectionPlace(page);
    const { xMm, yMm, widthMm, heightMm } = DETECTION_PLACE;
    const [left, top] = [mmToPx(xMm - 1.5), mmToPx(yMm - 1.5)];
    const [right, bottom] = [mmToPx(xMm + widthMm + 1.5), mmToPx(yMm + heightMm + 1.5)];
    const at = (x: number, y: number) => page.pixels[y * page.widthPx + x];
    expect([at(left, top), at(right - 1, bottom - 1)]).toEqual([255, 255]);
    expect([at(left - 1, top), at(left, top - 1), at(right, bottom - 1), at(right - 1, bottom)]).toEqual([0, 0, 0, 0]);
    expect(page.pixels.reduce((sum, grey) => sum + grey, 0)).toBe(255 * (right - left) * (bottom - top));
  });
});
