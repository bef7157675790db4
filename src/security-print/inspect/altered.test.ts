import { beforeAll, describe, expect, test } from "vitest";
import { copyOf, drawnBack, perfectScan, repaint } from "../../../test/support/print-scan/backs.ts";
import { seeded } from "../../../test/support/print-scan/seeded.ts";
import { DOCUMENT_ID, TestCentre, textLikeFront } from "../../../test/support/scramble.ts";
import type { GreyPage } from "../composition/page.ts";
import { REGION } from "../scramble/geometry.ts";
import { type Judgement, judge } from "../scramble/judge.ts";
import type { GreyImage } from "./grey.ts";
import { readBacks } from "./read-back.ts";

const centre = new TestCentre("altered");
const honest = centre.payload();
/** A genuine back of another document of the same centre: a forger's best material. */
const second = centre.payload({ front: textLikeFront(2), documentId: DOCUMENT_ID.replace("ab", "ac") });
let page: GreyPage;
let secondPage: GreyPage;
beforeAll(async () => {
  page = await drawnBack(honest);
  secondPage = await drawnBack(second);
});

const WHOLE = { x: 0, y: 0, width: REGION.width, height: REGION.height };
const CELL = honest.cellPx;

function inspected(picture: GreyImage): Judgement | { answer: "none" | "unreadable"; front?: undefined } {
  const [reading, ...others] = readBacks(picture);
  expect(others).toEqual([]);
  return reading?.kind === "read"
    ? judge(reading.frame, reading.image, centre.inspectionKeys())
    : { answer: reading?.kind ?? "none" };
}

/** The only safe outcomes: not genuine, or genuine with exactly the front that was sealed. */
function expectNothingFalse(result: ReturnType<typeof inspected>): void {
  if (result.answer === "genuine") {
    const fronts = [1, 2].map((seed) => textLikeFront(seed).bits);
    expect(fronts.some((bits) => Buffer.compare(bits, result.front?.bits ?? Buffer.of()) === 0)).toBe(true);
  }
}

function changed(paint: (page: GreyPage) => void): GreyImage {
  const copy = copyOf(page);
  paint(copy);
  return perfectScan(copy);
}

/** Turns a share of the cells black for white, the same cells on every run. */
function flipCells(target: GreyPage, share: number, seed: number): void {
  const random = seeded(seed);
  for (let y = 0; y < REGION.height; y += CELL) {
    for (let x = 0; x < REGION.width; x += CELL) {
      if (random() < share) repaint(target, { x, y, width: CELL, height: CELL }, (old) => 255 - old);
    }
  }
}

describe("a back with flipped cells", () => {
  test("is corrected when they are few: the sealed front is shown, no other", () => {
    const result = inspected(changed((copy) => flipCells(copy, 0.01, 1)));
    expect(result.answer).toBe("genuine");
    expect(Buffer.compare(result.front?.bits ?? Buffer.of(), textLikeFront(1).bits)).toBe(0);
  });

  test("is not genuine when a tenth is flipped", () => {
    expect(inspected(changed((copy) => flipCells(copy, 0.1, 2))).answer).not.toBe("genuine");
  });
});

const white = () => 255;
const black = () => 0;
const inverse = (old: number) => 255 - old;

describe("a back that was painted over", () => {
  test.each([["the upper half white", { ...WHOLE, height: 1560 }, white]] as const)(
    "is not genuine: %s",
    (_, patch, paint) => {
      const result = inspected(changed((copy) => repaint(copy, patch, paint)));
      expect(["partial", "altered", "unreadable", "none"]).toContain(result.answer);
    },
  );

  test.each([
    ["a few cells black", { x: 1000, y: 1000, width: 160, height: 160 }, black],
    // Nothing is lost by it: what the known cells of the field layer teach an equaliser includes their sign.
    ["the middle inverted", { x: 800, y: 800, width: 2400, height: 1600 }, inverse],
  ] as const)("so that every bit can still be told is genuine, with the sealed front: %s", (_, patch, paint) => {
    const result = inspected(changed((copy) => repaint(copy, patch, paint)));
    expect(result.answer).toBe("genuine");
    expect(Buffer.compare(result.front?.bits ?? Buffer.of(), textLikeFront(1).bits)).toBe(0);
  });
});

describe("a back made of two", () => {
  const from2 = (x: number, y: number) => secondPage.pixels[(REGION.y + y) * secondPage.widthPx + REGION.x + x] ?? 0;

  test.each([
    ["the upper half", { ...WHOLE, height: 1560 }],
    ["a tenth in the middle", { x: 1400, y: 1100, width: 1300, height: 1000 }],
  ] as const)("is never a third document: %s of another one", (_, patch) => {
    const result = inspected(changed((copy) => repaint(copy, patch, (_old, x, y) => from2(x, y))));
    expectNothingFalse(result);
    if (patch.width * patch.height > 0.3 * REGION.width * REGION.height) expect(result.answer).not.toBe("genuine");
  });

  test("cell by cell in turn is not genuine", () => {
    const mixed = changed((copy) =>
      repaint(copy, WHOLE, (old, x, y) => ((Math.floor(x / CELL) + Math.floor(y / CELL)) % 2 ? old : from2(x, y))),
    );
    expect(inspected(mixed).answer).not.toBe("genuine");
  });

  test("with another document's image layer under its own fields is altered", async () => {
    expect(inspected(perfectScan(await drawnBack({ ...honest, image: second.image }))).answer).toBe("altered");
  });
});
