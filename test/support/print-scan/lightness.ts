import type { GreyPage } from "../../../src/security-print/composition/page.ts";

/** CIE 1976 L* of the mean reflectance of a rectangle of paper (255 is 1), as an eye sees it from afar. */
export function lightness(
  { widthPx, pixels }: GreyPage,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += pixels[y * widthPx + x] as number;
  return 116 * Math.cbrt(sum / (255 * (right - left) * (bottom - top))) - 16;
}
