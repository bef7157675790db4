import type { Bilevel } from "../../../src/security-print/bilevel/generic-region.ts";
import type { Difference } from "../../../src/security-print/compare/compare.ts";
import { createPage, type GreyPage, mmToPx, place } from "../../../src/security-print/composition/page.ts";
import { drawText } from "../../../src/security-print/composition/text.ts";
import { FRONT_HEIGHT_PX, FRONT_WIDTH_PX, frontOf } from "../../../src/security-print/pages/front.ts";

export const FIRST_MM = 30;
export const PITCH_MM = 22;

/** A page of lines of 11 points over rules, with a number at their right end, as a renderer would print it. */
export async function pageOf(lines: readonly string[]): Promise<GreyPage> {
  const page = createPage();
  for (const [i, text] of lines.entries()) {
    place(page, await drawText([{ text, sizePt: 11 }]), mmToPx(22), mmToPx(FIRST_MM + i * PITCH_MM));
    place(page, await drawText([{ text: `第${i + 1}欄`, sizePt: 11 }]), mmToPx(176), mmToPx(FIRST_MM + i * PITCH_MM));
    drawRule(page, FIRST_MM + i * PITCH_MM + 8);
  }
  return page;
}

/** A ruled line of .25 mm over the sheet's width. */
function drawRule({ pixels, widthPx }: GreyPage, yMm: number): void {
  for (let y = mmToPx(yMm); y < mmToPx(yMm) + 6; y++) pixels.fill(0, y * widthPx + 450, y * widthPx + 4500);
}

/** What the centre seals of a page. */
export function sealed({ widthPx, heightPx, pixels }: GreyPage): Bilevel {
  const grey = new Uint8Array(FRONT_WIDTH_PX * FRONT_HEIGHT_PX);
  for (let y = 0, at = 0; y < FRONT_HEIGHT_PX; y++) {
    for (let x = 0; x < FRONT_WIDTH_PX; x++, at++) {
      const [left, top] = [Math.floor((x * widthPx) / FRONT_WIDTH_PX), Math.floor((y * heightPx) / FRONT_HEIGHT_PX)];
      let sum = 0;
      for (let v = 0; v < 3; v++) for (let u = 0; u < 3; u++) sum += pixels[(top + v) * widthPx + left + u] ?? 255;
      grey[at] = sum / 9;
    }
  }
  return frontOf(grey);
}

/** Every pair of different digits. */
export const digitPairs = Array.from({ length: 100 }, (_, i) => [Math.floor(i / 10), i % 10] as const).filter(
  ([a, b]) => a !== b,
);
const cell = (index: number) => ({ xMm: 20 + (index % 9) * 19, yMm: 28 + Math.floor(index / 9) * 24 });

/** A page with every pair of different digits, the first or the second of each. */
export async function digits(which: 0 | 1): Promise<GreyPage> {
  const page = await pageOf([]);
  for (const [i, pair] of digitPairs.entries()) {
    const text = await drawText([{ text: `昭和${pair[which]}年月`, sizePt: 11 }]);
    place(page, text, mmToPx(cell(i).xMm), mmToPx(cell(i).yMm));
    drawRule(page, cell(i).yMm + 8);
  }
  return page;
}

/** Whether a difference lies at the digit of this pair. */
export const liesAt = (index: number) => (one: Difference) => {
  const { xMm, yMm } = cell(index);
  return one.xMm < xMm + 16 && one.xMm + one.widthMm > xMm && one.yMm < yMm + 5 && one.yMm + one.heightMm > yMm - 2;
};
