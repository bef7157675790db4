import { beforeAll, describe, expect, test } from "vitest";
import { perfectScan, turned } from "../../../test/support/print-scan/backs.ts";
import { printAndScan } from "../../../test/support/print-scan/channel.ts";
import { levels } from "../../../test/support/print-scan/levels.ts";
import { textLikeFront } from "../../../test/support/scramble.ts";
import { type Result, unwrap } from "../../kernel/result.ts";
import type { Bilevel } from "../bilevel/generic-region.ts";
import { createPage, type GreyPage, mmToPx, place } from "../composition/page.ts";
import { drawText } from "../composition/text.ts";
import type { GreyImage } from "../inspect/grey.ts";
import { readPictures, type ScanPage } from "../inspect/picture.ts";
import { createPdfEngine } from "../pages/engine.ts";
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

/** A page of lines of 11 points under rules, as a renderer would print it. */
async function pageOf(lines: readonly string[]): Promise<GreyPage> {
  const page = createPage();
  for (const [i, text] of lines.entries()) {
    place(page, await drawText([{ text, sizePt: 11 }]), mmToPx(22), mmToPx(FIRST_MM + i * PITCH_MM));
    const rule = mmToPx(FIRST_MM + i * PITCH_MM + 8) * page.widthPx;
    for (let y = 0; y < 6; y++) page.pixels.fill(0, rule + y * page.widthPx + 450, rule + y * page.widthPx + 4500);
  }
  return page;
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

async function scanOf(page: GreyPage, level: keyof typeof levels, dpi: number, seed: number): Promise<GreyImage> {
  const { value } = await readPictures(await printAndScan(page, levels[level], dpi, seed), createPdfEngine()).next();
  return unwrap(value as Result<ScanPage>).picture;
}

let honest: GreyPage;
let decoded: Bilevel;
beforeAll(async () => {
  honest = await pageOf(LINES);
  decoded = sealed(honest);
});

const near = (line: number) => (difference: Difference) =>
  Math.abs(difference.yMm + difference.heightMm / 2 - (FIRST_MM + 2 + line * PITCH_MM)) < 5;

describe("a front that is the decoded one", () => {
  test("has no difference from it after printing and scanning", async () => {
    const scan = await scanOf(honest, "mild", 300, 1);
    const same = { aligned: true, differences: [] };
    expect(compareFronts(decoded, scan)).toEqual(same);
    expect(compareFronts(decoded, turned(scan, 1))).toEqual(same);
    expect(compareFronts(decoded, turned(scan, 2))).toEqual(same);
  });

  test("has blots where it is stained, and nothing else", async () => {
    const { aligned, differences } = compareFronts(decoded, await scanOf(honest, "typical", 300, 4));
    expect(aligned).toBe(true);
    expect(differences.filter(({ kind }) => kind !== "blot")).toEqual([]);
  });
});

describe("a front that was altered", () => {
  test("is marked where characters are others, gone or added, and nowhere else", async () => {
    const changes = new Map<number, readonly [from: string, to: string]>([
      [3, ["5月12日", "6月12日"]],
      [5, ["8番地", "3番地"]],
      [6, ["美咲", "美晴"]],
      [7, ["3日", ""]],
      [9, ["証明する。", "証明する。追記"]],
    ]);
    const forged = await pageOf(LINES.map((text, i) => text.replace(...(changes.get(i) ?? ["", ""]))));
    const { aligned, differences } = compareFronts(decoded, await scanOf(forged, "mild", 300, 8));
    expect(aligned).toBe(true);
    for (const line of changes.keys()) expect([line, differences.filter(near(line)).length > 0]).toEqual([line, true]);
    expect(differences.filter((one) => ![...changes.keys()].some((line) => near(line)(one)))).toEqual([]);
    expect(differences.map(({ kind }) => kind)).not.toContain("blot");
  });

  test("is the one that is chosen among several scans when it fits best", async () => {
    const other = perfectScan(await pageOf([...LINES].reverse()));
    const found = compareWithEach(decoded, [other, perfectScan(honest)].map(forComparing));
    expect(found).toEqual({ aligned: true, differences: [] });
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
