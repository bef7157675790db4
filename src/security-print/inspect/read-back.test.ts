import { beforeAll, describe, expect, test } from "vitest";
import {
  copyOf,
  cropped,
  drawnBack,
  mirroredImage,
  perfectScan,
  repaint,
  sideBySide,
  turned,
} from "../../../test/support/print-scan/backs.ts";
import { printAndScan } from "../../../test/support/print-scan/channel.ts";
import { firstPicture } from "../../../test/support/print-scan/first-picture.ts";
import { levels } from "../../../test/support/print-scan/levels.ts";
import { seeded } from "../../../test/support/print-scan/seeded.ts";
import { DOCUMENT_ID, TestCentre, textLikeFront } from "../../../test/support/scramble.ts";
import type { GreyPage } from "../composition/page.ts";
import { FINDER_CENTRES, REGION, SYNC_Y } from "../scramble/geometry.ts";
import { judge } from "../scramble/judge.ts";
import { type GreyImage, inverted } from "./grey.ts";
import { inspectPicture } from "./inspection.ts";
import { readBacks } from "./read-back.ts";

const centre = new TestCentre("inspect");
const otherId = "019364e2-6a00-7000-8000-0123456789ac";
const honest = centre.payload();
let page: GreyPage;
let scan: GreyImage;
beforeAll(async () => {
  page = await drawnBack(honest);
  scan = perfectScan(page);
});

/** What an inspector is told of the only back, and whether the front that is shown is bit by bit the sealed one. */
function inspected(picture: GreyImage, keys = centre.inspectionKeys()) {
  const [reading, ...others] = readBacks(picture);
  expect(others).toEqual([]);
  if (reading?.kind !== "read") return { answer: reading?.kind ?? "none" };
  const { answer, front } = judge(reading.frame, reading.image, keys);
  const sameFront = front !== undefined && Buffer.compare(front.bits, textLikeFront(1).bits) === 0;
  return { answer, sameFront, documentId: reading.frame.header.documentId, found: reading.found };
}

function picture(widthPx: number, heightPx: number, value: (i: number) => number): GreyImage {
  return { widthPx, heightPx, pixels: Uint8Array.from({ length: widthPx * heightPx }, (_, i) => value(i)) };
}

const EVERY_CORNER: readonly number[] = [0, 1, 2, 3];

/** The scan with the finders of these corners (0 top left, clockwise) under white paper. */
function withoutFinders(...corners: readonly number[]): GreyImage {
  const copy = { ...scan, pixels: scan.pixels.slice() };
  for (const corner of corners) whiten(copy, corner);
  return copy;
}

function whiten({ widthPx, pixels }: GreyImage, corner: number): void {
  const { x, y } = FINDER_CENTRES[corner] as { x: number; y: number };
  const [left, top] = [Math.floor(x / 2) - 50, Math.floor(y / 2) - 50];
  for (let line = top; line < top + 100; line++) {
    pixels.fill(255, line * widthPx + left, line * widthPx + left + 100);
  }
}

/** The back with these finders under a stain. */
function stained(...corners: readonly number[]): GreyPage {
  const copy = copyOf(page);
  for (const corner of corners) {
    const { x, y } = FINDER_CENTRES[corner] as { x: number; y: number };
    for (let line = y - 90; line < y + 90; line++) {
      copy.pixels.fill(200, line * copy.widthPx + x - 90, line * copy.widthPx + x + 90);
    }
  }
  return copy;
}

describe("a genuine back", () => {
  test("is read through the hard print–scan channel at 300 dpi", async () => {
    const jpeg = await printAndScan(page, levels.hard, 300, 12);
    const result = inspected(await firstPicture(jpeg));
    expect(result).toMatchObject({ answer: "genuine", sameFront: true, found: { cellPx: 8, mirrored: false } });
    expect(Math.abs((result.found?.dpi ?? 0) - 300)).toBeLessThan(9);
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

  test("is read when a finder is lost", () => {
    expect(inspected(withoutFinders(2))).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test.each([1, 3])("is read through the worst channel at 200 dpi when finder %i is lost", async (corner) => {
    const jpeg = await printAndScan(stained(corner), { ...levels.worst, stains: 0 }, 200, 60 + corner);
    const scanned = await firstPicture(jpeg);
    expect(inspected(scanned)).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test.each([
    ["beside each other", 0, 1],
    ["one below the other", 1, 2],
    ["on a diagonal", 1, 3],
  ])("is read through the hard channel when two finders are lost, %s", async (_, ...corners) => {
    const scanned = await firstPicture(await printAndScan(stained(...corners), { ...levels.hard, stains: 0 }, 300, 80));
    expect(inspected(scanned)).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test.each(["123", "013", "0123"])("is read through the hard channel when its finders %s are lost", async (lost) => {
    const lacking = stained(...[...lost].map(Number));
    const scanned = await firstPicture(await printAndScan(lacking, { ...levels.hard, stains: 0 }, 300, 90));
    expect(inspected(scanned)).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test.each([
    ["upper", [0, 1], SYNC_Y.top],
    ["lower", [2, 3], SYNC_Y.bottom],
  ] as const)("is not turned over about a row when the %s finders and the row between them are lost", (_, lost, y) => {
    const left = withoutFinders(...lost);
    const top = Math.floor(y / 2) - 50;
    left.pixels.fill(255, top * left.widthPx, (top + 100) * left.widthPx);
    const right = { answer: "genuine", sameFront: true };
    expect(inspected(left)).toMatchObject({ ...right, found: { mirrored: false } });
    expect(inspected(mirroredImage(left))).toMatchObject({ ...right, found: { mirrored: true } });
  });

  test.each([200, 600])("is read through the worst channel at %i dpi when no finder is left", async (dpi) => {
    const jpeg = await printAndScan(stained(...EVERY_CORNER), { ...levels.worst, stains: 0 }, dpi, 91);
    expect(inspected(await firstPicture(jpeg))).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test("is read when no finder is left and it lies turned, mirrored, as a negative, or all of it", () => {
    const bare = withoutFinders(...EVERY_CORNER);
    const lies = [turned(bare, 1), turned(bare, 2), mirroredImage(bare), inverted(turned(mirroredImage(bare), 3))];
    for (const image of lies) expect(inspected(image)).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test("is read when no finder is left and the scan is much larger than the sheet, or ends close around the image", () => {
    const bare = withoutFinders(...EVERY_CORNER);
    for (const image of [
      sideBySide(
        picture(bare.widthPx, bare.heightPx, () => 255),
        bare,
      ),
      cropped(bare, 150, 530, 2200, 1810),
    ]) {
      expect(inspected(image)).toMatchObject({ answer: "genuine", sameFront: true });
    }
  });

  test("is read when the scan ends close around the image", () => {
    expect(inspected(cropped(scan, 150, 530, 2200, 1810))).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test("is read when the scan cuts off both lower finders and a part of the cells", () => {
    const cut = cropped(scan, 0, 0, scan.widthPx, 1900);
    expect(inspected(cut)).toMatchObject({ answer: "genuine", sameFront: true });
  });

  test("of which the scan shows half is never another front", () => {
    const half = inspected(cropped(scan, 0, 0, scan.widthPx, 1440));
    expect(["partial", "unreadable", "none"]).toContain(half.answer);
  });

  test("with the finest cells is read as well", async () => {
    const dense = centre.payload({ front: textLikeFront(3, 3) });
    const [reading] = readBacks(perfectScan(await drawnBack(dense)));
    if (reading?.kind !== "read") throw new Error(reading?.kind ?? "none");
    expect(reading.found.cellPx).toBe(dense.cellPx);
    expect(dense.cellPx).toBeLessThan(8);
    expect(judge(reading.frame, reading.image, centre.inspectionKeys()).answer).toBe("genuine");
  });
});

describe("the 2-D code beside the image", () => {
  const codeOf = (picture: GreyImage) => inspectPicture(picture, centre.inspectionKeys())[0].code;

  test("is read from a perfect scan, a mirrored one and one through the hard channel, and belongs to the sheet", async () => {
    const hard = await firstPicture(await printAndScan(page, { ...levels.hard, stains: 0 }, 300, 5));
    for (const picture of [scan, turned(mirroredImage(scan), 1), hard]) {
      expect(codeOf(picture)).toMatchObject({ state: "ok", data: { documentId: DOCUMENT_ID } });
    }
  });

  test("proves whose back it is when the cells cannot be read", () => {
    const black = copyOf(page);
    repaint(black, { x: 0, y: 0, width: REGION.width, height: REGION.height }, () => 0);
    const [{ answer, document, code }] = inspectPicture(perfectScan(black), centre.inspectionKeys());
    expect([answer, document]).toEqual(["unreadable", undefined]);
    expect(code).toMatchObject({ state: "ok", data: { documentId: DOCUMENT_ID } });
  });

  test("that was taken from another sheet is told, and one under a stain is not read", async () => {
    const other = await drawnBack({ ...honest, codeText: centre.payload({ documentId: otherId }).codeText });
    const [{ answer, code }] = inspectPicture(perfectScan(other), centre.inspectionKeys());
    expect([answer, code.state, code.data?.documentId]).toEqual(["genuine", "other", otherId]);
    const stainedCode = { ...scan, pixels: scan.pixels.slice() };
    for (let y = 160; y < 460; y++) stainedCode.pixels.fill(90, y * scan.widthPx + 1900, y * scan.widthPx + 2350);
    expect(codeOf(stainedCode)).toEqual({ state: "unreadable" });
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
  const answers = (image: GreyImage) =>
    inspectPicture(image, centre.inspectionKeys()).map(({ answer, document, front }) => {
      const seed = document?.documentId === otherId ? 2 : 1;
      const right = front && Buffer.compare(front.bits, textLikeFront(seed).bits) === 0;
      return `${document?.documentId.slice(-2)} ${answer} ${right ? "right" : "no"} front`;
    });
  const second = centre.payload({ front: textLikeFront(2), documentId: otherId });

  test("are both read, each as a whole, one of them upside down", async () => {
    const other = perfectScan(await drawnBack(second));
    const both = ["ab genuine right front", "ac genuine right front"];
    expect(answers(sideBySide(turned(other, 2), scan)).sort()).toEqual(both);
  });

  test("do not speak for each other: a genuine one beside an altered one leaves that altered", async () => {
    const forged = perfectScan(await drawnBack({ ...honest, image: second.image }));
    const other = perfectScan(await drawnBack(second));
    const both = ["ab altered no front", "ac genuine right front"];
    expect(answers(sideBySide(other, forged)).sort()).toEqual(both);
    for (const corner of EVERY_CORNER) whiten(forged, corner);
    expect(answers(sideBySide(other, forged)).sort()).toEqual(both);
  });
});

describe("a picture without a back", () => {
  test.each([
    ["an empty page", () => picture(2480, 3508, () => 255)],
    ["one pixel", () => picture(1, 1, () => 128)],
    ["no pixel", () => picture(0, 0, () => 0)],
    ["one column", () => picture(1, 3000, (i) => (i % 7 ? 255 : 0))],
    ["one line", () => picture(3000, 1, (i) => (i % 7 ? 255 : 0))],
    ["stripes", () => picture(1240, 1754, (i) => (i % 8 < 4 ? 0 : 255))],
  ] as const)("is found to have none: %s", (_, make) => {
    expect(readBacks(make())).toEqual([]);
  });

  test("is found to have none: noise, grey and black-and-white", () => {
    const random = seeded(5);
    expect(readBacks(picture(1240, 1754, () => 256 * random()))).toEqual([]);
    expect(readBacks(picture(1240, 1754, () => (random() < 0.5 ? 0 : 255)))).toEqual([]);
  });
});
