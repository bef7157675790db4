import { beforeAll, describe, expect, test } from "vitest";
import { copyOf, perfectScan, turned, withDeterrent } from "../../../test/support/print-scan/backs.ts";
import { printAndScan } from "../../../test/support/print-scan/channel.ts";
import { firstPicture } from "../../../test/support/print-scan/first-picture.ts";
import {
  digitPairs,
  digits,
  FIRST_MM,
  liesAt,
  PITCH_MM,
  pageOf,
  sealed,
} from "../../../test/support/print-scan/fronts.ts";
import { levels } from "../../../test/support/print-scan/levels.ts";
import { textLikeFront } from "../../../test/support/scramble.ts";
import type { Bilevel } from "../bilevel/generic-region.ts";
import { type GreyPage, mmToPx } from "../composition/page.ts";
import type { GreyImage } from "../inspect/grey.ts";
import { frontOf } from "../pages/front.ts";
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

interface Area {
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

/** A copy of a page with every pixel of an area changed by what it is. */
function painted(page: GreyPage, { xMm, yMm, widthMm, heightMm }: Area, paint: (old: number) => number): GreyPage {
  const changed = copyOf(page);
  for (let y = mmToPx(yMm); y < mmToPx(yMm + heightMm); y++) {
    for (let at = y * page.widthPx + mmToPx(xMm); at < y * page.widthPx + mmToPx(xMm + widthMm); at++)
      changed.pixels[at] = paint(changed.pixels[at] as number);
  }
  return changed;
}

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

  test("has one blot for a stain, however large, and no mark for the writing below", () => {
    for (const widthMm of [15, 25, 40]) {
      const stained = painted(honest, { xMm: 60, yMm: 60, widthMm, heightMm: widthMm }, () => 40);
      const { differences } = compareFronts(decoded, perfectScan(stained));
      expect(differences.map(({ kind }) => kind)).toEqual(["blot"]);
    }
  });

  test("has blots where it is stained, and at most one other mark", async () => {
    const { aligned, differences } = compareFronts(decoded, await scanOf(honest, "typical", 300, 4));
    expect(aligned).toBe(true);
    expect(differences.some(({ kind }) => kind === "blot")).toBe(true);
    expect(differences.filter(({ kind }) => kind !== "blot").length).toBeLessThanOrEqual(1);
  });
});

describe("a front that was altered", () => {
  test.each([
    { level: "mild", seed: 7, of100: 97 },
    { level: "typical", seed: 2, of100: 95 },
  ] as const)(
    "is marked, $level, at $of100 of 100 digits of 11 points that became another one, or more, and at most one place elsewhere",
    async ({ level, seed, of100 }) => {
      const scan = await scanOf(await digits(1), level, 300, seed);
      const { aligned, differences } = compareFronts(sealed(await digits(0)), scan);
      expect(aligned).toBe(true);
      expect(digitPairs.filter((_, i) => differences.some(liesAt(i))).length).toBeGreaterThanOrEqual(
        (of100 / 100) * digitPairs.length,
      );
      const characters = differences.filter(({ kind }) => kind === "characters");
      expect(characters.filter((one) => !digitPairs.some((_, i) => liesAt(i)(one))).length).toBeLessThanOrEqual(1);
    },
  );

  test("is marked where words are gone or added, and nowhere else", async () => {
    const forged = LINES.map((text, i) => (i === 5 ? text.replace("8番地", "") : i === 9 ? `${text}追記` : text));
    const { differences } = compareFronts(decoded, perfectScan(await pageOf(forged)));
    expect([differences.some(near(5)), differences.some(near(9))]).toEqual([true, true]);
    expect(differences.filter((one) => !near(5)(one) && !near(9)(one))).toEqual([]);
  });

  test("has a mark of its own for what is altered beside a stain", () => {
    const forged = painted(honest, { xMm: 60, yMm: FIRST_MM - 6, widthMm: 8, heightMm: 5 }, () => 40);
    const stroke = { xMm: 70, yMm: FIRST_MM - 6, widthMm: 0.4, heightMm: 5 };
    const { differences } = compareFronts(decoded, perfectScan(painted(forged, stroke, () => 0)));
    expect(differences.map(({ kind }) => kind).sort()).toEqual(["blot", "characters"]);
  });

  test.each([180, 140])(
    "is marked in a wash of grey %i as on white paper: it is read through, and no stain",
    async (grey) => {
      let washed = await digits(1);
      for (let line = 0; line < 10; line++) {
        const field = { xMm: 18, yMm: 26 + 24 * line, widthMm: 172, heightMm: 8 };
        washed = painted(washed, field, (old) => Math.min(old, grey));
      }
      const { differences } = compareFronts(sealed(await digits(0)), perfectScan(washed));
      expect(digitPairs.filter((_, i) => differences.some(liesAt(i))).length).toBeGreaterThanOrEqual(
        0.95 * digitPairs.length,
      );
      expect(differences.filter(({ kind }) => kind === "blot")).toEqual([]);
    },
  );

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
