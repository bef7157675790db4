import { beforeAll, describe, expect, test } from "vitest";
import { copyOf, perfectScan, turned, withDeterrent } from "../../../test/support/print-scan/backs.ts";
import { printAndScan } from "../../../test/support/print-scan/channel.ts";
import { firstPicture } from "../../../test/support/print-scan/first-picture.ts";
import { levels } from "../../../test/support/print-scan/levels.ts";
import { textLikeFront } from "../../../test/support/scramble.ts";
import type { Bilevel } from "../bilevel/generic-region.ts";
import { createPage, type GreyPage, mmToPx, place } from "../composition/page.ts";
import { drawText } from "../composition/text.ts";
import type { GreyImage } from "../inspect/grey.ts";
import { FRONT_HEIGHT_PX, FRONT_WIDTH_PX, frontOf } from "../pages/front.ts";
import { compareFronts, compareWithEach, type Difference, forComparing } from "./compare.ts";

const LINES = [
  "住民票の写し（世帯全員）",
  "住所　若葉県緑野市桜台一丁目4番7号",
  "世帯主　佐藤　健一",
  "氏名　佐藤　健一　　昭和59年5月12日生　男",
  "住民となった日　平成22年4月3日",
  "前住所　青波県潮見市港町三丁目8番地",
  "氏名　佐藤　美咲　　昭和61年9月30日生　女",
  "住民となった日　平成22年4月3日",
  "前住所　青波県霧浜市本町一丁目22番地",
  "この写しは、世帯全員の住民票の原本と相違ないことを証明する。",
  "令和8年11月25日　緑野市長　大野　和子",
];
const FIRST_MM = 30;
const PITCH_MM = 22;

/** A page of lines of 11 points over rules, with a number at their right end, as a renderer would print it. */
async function pageOf(lines: readonly string[]): Promise<GreyPage> {
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

/** What the centre seals of that page. */
function sealed({ widthPx, heightPx, pixels }: GreyPage): Bilevel {
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

/** A scan of the page as the kiosk prints it, the deterrent text over it. */
async function scanOf(page: GreyPage, level: keyof typeof levels, dpi: number, seed: number): Promise<GreyImage> {
  return firstPicture(await printAndScan(await withDeterrent(copyOf(page)), levels[level], dpi, seed));
}

let honest: GreyPage;
let decoded: Bilevel;
beforeAll(async () => {
  honest = await pageOf(LINES);
  decoded = sealed(honest);
});

const ones = (byte: number) => byte.toString(2).replaceAll("0", "").length;
const near = (line: number) => (difference: Difference) =>
  Math.abs(difference.yMm + difference.heightMm / 2 - (FIRST_MM + 2 + line * PITCH_MM)) < 5;

describe("a front that is the decoded one", () => {
  test("has no difference from it after printing and scanning", async () => {
    const scan = await scanOf(honest, "mild", 300, 1);
    const same = { aligned: true, differences: [] };
    expect(compareFronts(decoded, scan)).toMatchObject(same);
    expect(compareFronts(decoded, turned(scan, 1))).toMatchObject(same);
    expect(compareFronts(decoded, turned(scan, 2))).toMatchObject(same);
  });

  test("is given back straight, pixel on pixel with the decoded one, whichever way it lay", async () => {
    const { straight } = compareFronts(decoded, turned(await scanOf(honest, "mild", 300, 2), 1));
    if (!straight) throw new Error("not aligned");
    expect([straight.widthPx, straight.heightPx]).toEqual([decoded.widthPx, decoded.heightPx]);
    const { bits } = frontOf(straight.pixels);
    let [ink, same] = [0, 0];
    decoded.bits.forEach((byte, i) => {
      ink += ones(byte);
      same += ones(byte & (bits[i] as number));
    });
    expect(ink).toBeGreaterThan(10_000);
    expect(same / ink).toBeGreaterThan(0.85);
  });

  test("has blots where it is stained, and at most one other mark", async () => {
    const { aligned, differences } = compareFronts(decoded, await scanOf(honest, "typical", 300, 4));
    expect(aligned).toBe(true);
    expect(differences.some(({ kind }) => kind === "blot")).toBe(true);
    expect(differences.filter(({ kind }) => kind !== "blot").length).toBeLessThanOrEqual(1);
  });
});

describe("a front that was altered", () => {
  const pairs = Array.from({ length: 100 }, (_, i) => [Math.floor(i / 10), i % 10] as const).filter(
    ([a, b]) => a !== b,
  );
  const cell = (index: number) => ({ xMm: 20 + (index % 9) * 19, yMm: 28 + Math.floor(index / 9) * 24 });

  /** A page with every pair of different digits, the first or the second of each. */
  async function digits(which: 0 | 1): Promise<GreyPage> {
    const page = await pageOf([]);
    for (const [i, pair] of pairs.entries()) {
      const text = await drawText([{ text: `昭和${pair[which]}年月`, sizePt: 11 }]);
      place(page, text, mmToPx(cell(i).xMm), mmToPx(cell(i).yMm));
      drawRule(page, cell(i).yMm + 8);
    }
    return page;
  }

  test("is marked at 88 or more of 90 digits of 11 points that became another one, and at most one place elsewhere", async () => {
    const scan = await scanOf(await digits(1), "typical", 300, 2);
    const { aligned, differences } = compareFronts(sealed(await digits(0)), scan);
    expect(aligned).toBe(true);
    const lies = (index: number) => (one: Difference) => {
      const { xMm, yMm } = cell(index);
      return one.xMm < xMm + 16 && one.xMm + one.widthMm > xMm && one.yMm < yMm + 5 && one.yMm + one.heightMm > yMm - 2;
    };
    expect(pairs.filter((_, i) => differences.some(lies(i))).length).toBeGreaterThanOrEqual(88);
    const characters = differences.filter(({ kind }) => kind === "characters");
    expect(characters.filter((one) => !pairs.some((_, i) => lies(i)(one))).length).toBeLessThanOrEqual(1);
  });

  test("is marked where words are gone or added, and nowhere else", async () => {
    const forged = LINES.map((text, i) => (i === 5 ? text.replace("8番地", "") : i === 9 ? `${text}追記` : text));
    const { differences } = compareFronts(decoded, perfectScan(await pageOf(forged)));
    expect([differences.some(near(5)), differences.some(near(9))]).toEqual([true, true]);
    expect(differences.filter((one) => !near(5)(one) && !near(9)(one))).toEqual([]);
  });

  test("is the one that is chosen among several scans when it fits best", async () => {
    const other = perfectScan(await pageOf([...LINES].reverse()));
    const found = compareWithEach(decoded, [other, perfectScan(honest)].map(forComparing));
    expect(found).toMatchObject({ aligned: true, differences: [] });
  });
});

describe("what is not this front", () => {
  test("is not laid over it: another document, an empty page, a black one, a scrap", () => {
    const flat = (widthPx: number, heightPx: number, grey: number) => ({
      widthPx,
      heightPx,
      pixels: new Uint8Array(widthPx * heightPx).fill(grey),
    });
    const scan = perfectScan(honest);
    const nothing = { aligned: false, differences: [] };
    expect(compareFronts(textLikeFront(3), scan)).toEqual(nothing);
    for (const other of [flat(1654, 2339, 255), flat(1654, 2339, 0), flat(300, 300, 200), flat(0, 0, 0)]) {
      expect(compareFronts(decoded, other)).toEqual(nothing);
    }
  });
});
