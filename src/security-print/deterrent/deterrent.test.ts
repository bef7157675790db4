import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unwrap } from "../../kernel/result.ts";
import { createPage, type GreyPage, mmToPx, PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../composition/page.ts";
import { REGION } from "../scramble/geometry.ts";
import { defaultChoice, readChoice, writeChoice } from "./choice.ts";
import { drawGround } from "./ground.ts";
import { createDeterrentPainter, type DeterrentPainter } from "./painter.ts";
import { calibrationSide } from "./sheet.ts";
import { groundDots, groundStep, groundSteps, letterDots, TILE } from "./steps.ts";
import { deterrentLetters, dotTile, type LetterMask, MASK_PX } from "./tile.ts";

const sides = ["front", "back"] as const;
const black = ({ pixels, widthPx }: GreyPage, left: number, top: number, right: number, bottom: number) => {
  let count = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) if (pixels[y * widthPx + x] === 0) count += 1;
  return count;
};

describe("the steps of the calibration", () => {
  test("have names of their own, sizes 1 to 3, and less ink from letter to letter", () => {
    expect(new Set(groundSteps.map(({ name }) => name)).size).toBe(groundSteps.length);
    for (const size of [1, 2, 3]) {
      const shares = groundSteps.filter(({ sizePx }) => sizePx === size).map(({ share }) => share);
      expect(shares.length).toBeGreaterThan(6);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    }
    expect(groundStep("2f")?.sizePx).toBe(2);
    expect(groundStep("2z")).toBeUndefined();
  });

  test.each(sides)("give the ground of the %s its share of the letters' ink, within a twentieth", (side) => {
    const letters = letterDots[side];
    const ofLetters = letters.sizePx ** 2 / (letters.pitchX * letters.pitchY);
    for (const step of groundSteps) {
      const { sizePx, pitchX, pitchY } = groundDots(side, step);
      expect(sizePx ** 2 / (pitchX * pitchY) / ofLetters / step.share).toBeCloseTo(1, 1);
      expect([TILE.widthPx / pitchX, TILE.heightPx / pitchY / 2].map((n) => Math.abs(n - Math.round(n)))).toEqual([
        expect.closeTo(0, 9),
        expect.closeTo(0, 9),
      ]);
    }
  });
});

describe("a tile", () => {
  let letters: LetterMask;
  beforeAll(async () => {
    letters = await deterrentLetters();
  });

  test("has large dots in the letters and small ones outside, none of them cut", () => {
    const step = groundStep("2b");
    if (!step) throw new Error("no such step");
    const { lines } = dotTile("back", step, letters);
    const widths = new Map<number, number>();
    for (const line of lines) {
      for (let i = 0; i < line.length; ) {
        let end = i + 1;
        while (end < line.length && line[end] === (line[end - 1] as number) + 1) end += 1;
        widths.set(end - i, (widths.get(end - i) ?? 0) + 1);
        i = end;
      }
    }
    const total = [...widths.values()].reduce((sum, count) => sum + count, 0);
    expect((widths.get(2) ?? 0) + (widths.get(5) ?? 0)).toBeGreaterThan(0.98 * total);
    expect(widths.get(5)).toBeGreaterThan(0.1 * total);
  });

  test("says 複写 twice, the second time moved by half of its width", () => {
    const { columns, rows, inside } = letters;
    expect([columns * MASK_PX, rows * MASK_PX]).toEqual([TILE.widthPx, TILE.heightPx]);
    const ink = (top: number) =>
      inside.subarray(top * columns, (top + rows / 2) * columns).filter((one) => one === 1).length;
    expect(ink(0)).toBeGreaterThan(0.1 * inside.length);
    const moved = inside.map((_, i) => {
      const [y, x] = [Math.floor(i / columns), i % columns];
      return inside[((y + rows / 2) % rows) * columns + ((x + columns / 2) % columns)] as number;
    });
    expect(Buffer.compare(moved, inside)).toBe(0);
  });
});

describe("the ground", () => {
  let painter: DeterrentPainter;
  beforeAll(() => {
    painter = createDeterrentPainter();
  });
  const painted = async (side: "front" | "back", step = defaultChoice[side], page = createPage()) => {
    drawGround(page, unwrap(await painter.ground({ side, step })));
    return page;
  };

  test("leaves three millimetres at the edge, and on the back the scrambled image with its finders", async () => {
    for (const side of sides) {
      const page = await painted(side);
      const edge = mmToPx(3);
      const inner = black(page, edge, edge, PAGE_WIDTH_PX - edge, PAGE_HEIGHT_PX - edge);
      expect(black(page, 0, 0, PAGE_WIDTH_PX, PAGE_HEIGHT_PX)).toBe(inner);
      const region = black(page, REGION.x - 60, REGION.y - 280, REGION.x + REGION.width + 60, REGION.y + 3400);
      if (side === "back") expect(region).toBe(0);
      else expect(region).toBeGreaterThan(1_000_000 * 0.5);
      expect(inner / (PAGE_WIDTH_PX * PAGE_HEIGHT_PX)).toBeGreaterThan(side === "back" ? 0.03 : 0.05);
    }
  });

  test("darkens and never lightens: what stands on the page stays readable below", async () => {
    const before = createPage();
    for (let i = 0; i < before.pixels.length; i += 3) before.pixels[i] = 100;
    const after = await painted("front", "2f", { ...before, pixels: before.pixels.slice() });
    expect(after.pixels.every((value, i) => value === before.pixels[i] || value === 0)).toBe(true);
  });

  test("same side, same step, same pixels; another step, another ground", async () => {
    const [a, b, c] = [await painted("back", "2c"), await painted("back", "2c"), await painted("back", "2d")];
    expect(Buffer.compare(a.pixels, b.pixels)).toBe(0);
    expect(Buffer.compare(a.pixels, c.pixels)).not.toBe(0);
  });

  test("a step that the sheet does not have is K-IMAGE-110", async () => {
    expect(await painter.ground({ side: "front", step: "4a" })).toMatchObject({
      ok: false,
      error: { code: "K-IMAGE-110" },
    });
  });
});

describe("the calibration sheet", () => {
  test("has every step as a sample with its name, within what a printer can print", async () => {
    const page = await calibrationSide("back", { title: "Title", advice: ["one", "two"] });
    const edge = mmToPx(5);
    const inner = black(page, edge, edge, PAGE_WIDTH_PX - edge, PAGE_HEIGHT_PX - edge);
    expect(black(page, 0, 0, PAGE_WIDTH_PX, PAGE_HEIGHT_PX)).toBe(inner);
    const samples = groundSteps.map((_, i) => {
      const [x, y] = [195 + (i % 6) * 770, 880 + Math.floor(i / 6) * 752];
      return black(page, x, y, x + 720, y + 568);
    });
    expect(Math.min(...samples)).toBeGreaterThan(0.02 * 720 * 570);
    expect(new Set(samples).size).toBeGreaterThan(0.9 * samples.length);
  });
});

describe("the choice in a kiosk's data folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-deterrent-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const choice = { version: 1, printer: "urn:uuid:x", front: "2c", back: "3b", chosenAtMs: 5 } as const;

  test("is nothing before somebody chose, and then what was chosen, alone in its folder", () => {
    expect(readChoice(folder)).toEqual({ ok: true, value: undefined });
    unwrap(writeChoice(folder, { ...choice, front: "1a" }));
    unwrap(writeChoice(folder, choice));
    expect(unwrap(readChoice(folder))).toEqual(choice);
    expect(readdirSync(folder)).toEqual(["printer-deterrent.json"]);
  });

  test.each([
    ["torn", '{"version":1,"front":"2c"'],
    ["of another version", JSON.stringify({ ...choice, version: 2 })],
    ["with a step that there is not", JSON.stringify({ ...choice, back: "9z" })],
    ["with more than belongs there", JSON.stringify({ ...choice, name: "x" })],
  ])("%s is K-IMAGE-111", (_, text) => {
    writeFileSync(join(folder, "printer-deterrent.json"), text);
    expect(readChoice(folder)).toMatchObject({ ok: false, error: { code: "K-IMAGE-111" } });
  });

  test("that cannot be written is K-IMAGE-111", () => {
    expect(writeChoice(join(folder, "not-there"), choice)).toMatchObject({ ok: false, error: { code: "K-IMAGE-111" } });
  });
});
