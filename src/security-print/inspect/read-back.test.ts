import { beforeAll, describe, expect, test } from "vitest";
import {
  cropped,
  drawnBack,
  mirroredImage,
  perfectScan,
  sideBySide,
  turned,
} from "../../../test/support/print-scan/backs.ts";
import { printAndScan, seeded } from "../../../test/support/print-scan/channel.ts";
import { levels } from "../../../test/support/print-scan/levels.ts";
import { TestCentre, textLikeFront } from "../../../test/support/scramble.ts";
import { type Result, unwrap } from "../../kernel/result.ts";
import type { GreyPage } from "../composition/page.ts";
import { createPdfEngine } from "../pages/engine.ts";
import { FINDER_CENTRES } from "../scramble/geometry.ts";
import { judge } from "../scramble/judge.ts";
import { type GreyImage, inverted } from "./grey.ts";
import { readPictures, type ScanPage } from "./picture.ts";
import { readBack } from "./read-back.ts";

const centre = new TestCentre("inspect");
const otherId = "019364e2-6a00-7000-8000-0123456789ac";
const honest = centre.payload();
let page: GreyPage;
let scan: GreyImage;
beforeAll(async () => {
  page = await drawnBack(honest);
  scan = perfectScan(page);
});

/** What an inspector is told, and whether the front that is shown is bit by bit the one that was sealed. */
function inspected(picture: GreyImage, keys = centre.inspectionKeys()) {
  const reading = readBack(picture);
  if (reading.kind !== "read") return { answer: reading.kind };
  const { answer, front } = judge(reading.frame, reading.image, keys);
  const sameFront = front !== undefined && Buffer.compare(front.bits, textLikeFront(1).bits) === 0;
  return { answer, sameFront, documentId: reading.frame.header.documentId, found: reading.found };
}

function picture(widthPx: number, heightPx: number, value: (i: number) => number): GreyImage {
  return { widthPx, heightPx, pixels: Uint8Array.from({ length: widthPx * heightPx }, (_, i) => value(i)) };
}

/** The scan with the finders of these corners (0 top left, clockwise) under white paper. */
function withoutFinders(...corners: readonly number[]): GreyImage {
  const pixels = scan.pixels.slice();
  for (const corner of corners) {
    const { x, y } = FINDER_CENTRES[corner] as { x: number; y: number };
    for (let line = y / 2 - 50; line < y / 2 + 50; line++) {
      pixels.fill(255, line * scan.widthPx + x / 2 - 50, line * scan.widthPx + x / 2 + 50);
    }
  }
  return { ...scan, pixels };
}

describe("a genuine back", () => {
  test.each([
    ["typical", 300, 11],
    ["hard", 300, 12],
  ] as const)("is read through the %s print–scan channel at %i dpi", async (level, dpi, seed) => {
    const jpeg = await printAndScan(page, levels[level], dpi, seed);
    const { value } = await readPictures(jpeg, createPdfEngine()).next();
    const result = inspected(unwrap(value as Result<ScanPage>).picture);
    expect(result).toMatchObject({ answer: "genuine", sameFront: true, found: { cellPx: 8, mirrored: false } });
    expect(Math.abs((result.found?.dpi ?? 0) - dpi)).toBeLessThan(0.03 * dpi);
  });

  test.each([1, 2, 3] as const)("is read when it lies turned by %i quarters", (quarters) => {
    expect(inspected(turned(scan, quarters))).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test("is read when it is mirrored, also upside down, and the reading says so", () => {
    for (const image of [mirroredImage(scan), turned(mirroredImage(scan), 2)]) {
      expect(inspected(image)).toMatchObject({ answer: "genuine", sameFront: true, found: { mirrored: true } });
    }
  });

  test("is read from a negative, and the reading says so", () => {
    expect(inspected(inverted(scan))).toMatchObject({ answer: "genuine", found: { negative: true } });
  });

  test.each([0, 2])("is read when finder %i is lost", (corner) => {
    expect(inspected(withoutFinders(corner))).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test("that lost two finders is not found, or read rightly from what else looks like one; never wrongly", () => {
    for (const corners of [
      [0, 1],
      [1, 3],
    ]) {
      const result = inspected(withoutFinders(...corners));
      if (result.answer !== "none") expect(result).toMatchObject({ answer: "genuine", sameFront: true });
    }
  });

  test("is read when the scan ends close around the image", () => {
    expect(inspected(cropped(scan, 150, 530, 2200, 1810))).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test("that the scan cuts off with both lower finders is not genuine", () => {
    const result = inspected(cropped(scan, 0, 0, scan.widthPx, 1900));
    expect(["partial", "unreadable", "none"]).toContain(result.answer);
  });

  test("with the finest cells is read as well", async () => {
    const dense = centre.payload({ front: textLikeFront(3, 3) });
    const reading = readBack(perfectScan(await drawnBack(dense)));
    if (reading.kind !== "read") throw new Error(reading.kind);
    expect(reading.found.cellPx).toBe(dense.cellPx);
    expect(dense.cellPx).toBeLessThan(8);
    expect(judge(reading.frame, reading.image, centre.inspectionKeys()).answer).toBe("genuine");
  });
});

describe("a back that others sealed", () => {
  test("is of an unknown key for an inspector without their keys, and nothing of it is shown", () => {
    expect(inspected(scan, new TestCentre("another").inspectionKeys())).toMatchObject({
      answer: "unknown-key",
      sameFront: false,
    });
  });
});

describe("two backs in one scan", () => {
  test("are never mixed: what is answered holds for one of them, whole", async () => {
    const second = centre.payload({ front: textLikeFront(2), documentId: otherId });
    const both = sideBySide(scan, perfectScan(await drawnBack(second)));
    const result = inspected(both);
    expect(result.answer).toBe("genuine");
    expect(result.sameFront).toBe(result.documentId !== otherId);
  });
});

describe("a picture without a back", () => {
  test.each([
    ["an empty page", () => picture(2480, 3508, () => 255)],
    ["a black page", () => picture(2480, 3508, () => 0)],
    ["one pixel", () => picture(1, 1, () => 128)],
    ["no pixel", () => picture(0, 0, () => 0)],
    ["one column", () => picture(1, 3000, (i) => (i % 7 ? 255 : 0))],
    ["one line", () => picture(3000, 1, (i) => (i % 7 ? 255 : 0))],
    ["stripes", () => picture(1240, 1754, (i) => (i % 8 < 4 ? 0 : 255))],
  ] as const)("is found to have none: %s", (_, make) => {
    expect(readBack(make()).kind).toBe("none");
  });

  test("is found to have none: noise, grey and black-and-white", () => {
    const random = seeded(5);
    expect(readBack(picture(1240, 1754, () => 256 * random())).kind).toBe("none");
    expect(readBack(picture(1240, 1754, () => (random() < 0.5 ? 0 : 255))).kind).toBe("none");
  });
});
