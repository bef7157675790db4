import { describe, expect, test } from "vitest";
import { hashText } from "../../protocol/encoding.ts";
import { type BackData, type BackLayer, readableBlock } from "./back.ts";
import {
  createPage,
  drawInStrips,
  fillBlack,
  type GreyPage,
  mmToPx,
  PAGE_HEIGHT_PX,
  PAGE_WIDTH_PX,
  place,
  type Strip,
} from "./page.ts";
import { drawText } from "./text.ts";

function picture(widthPx: number, rows: readonly (readonly number[])[]): GreyPage {
  return { widthPx, heightPx: rows.length, pixels: Uint8Array.from(rows.flat()) };
}

const white = (widthPx: number, heightPx: number) => ({
  widthPx,
  heightPx,
  pixels: new Uint8Array(widthPx * heightPx).fill(255),
});

describe("placing a picture", () => {
  test("the darker pixel wins, and nothing else changes", () => {
    const page = white(4, 3);
    page.pixels[5] = 10;
    place(
      page,
      picture(2, [
        [50, 60],
        [70, 255],
      ]),
      1,
      1,
    );
    expect([...page.pixels]).toEqual([255, 255, 255, 255, 255, 10, 60, 255, 255, 70, 255, 255]);
  });

  test.each([
    ["left and above", -1, -1, [4, 255, 255, 255]],
    ["right and below", 1, 1, [255, 255, 255, 1]],
    ["wholly outside", 5, 0, [255, 255, 255, 255]],
    ["wholly outside, to the left", -9, 0, [255, 255, 255, 255]],
  ] as const)("what lies %s of the page is cut off and does not wrap around", (_, x, y, expected) => {
    const page = white(2, 2);
    place(
      page,
      picture(2, [
        [1, 2],
        [3, 4],
      ]),
      x,
      y,
    );
    expect([...page.pixels]).toEqual(expected);
  });
});

describe("text", () => {
  test("is black on white, cut to its ink", async () => {
    const block = await drawText([{ text: "うら面", sizePt: 14 }]);
    expect(Math.min(...block.pixels)).toBe(0);
    expect(block.pixels[0]).toBe(255);
    // 14 points at 600 dpi are 117 pixels: three square glyphs, a little less with their side bearings.
    expect(block.heightPx).toBeGreaterThan(90);
    expect(block.heightPx).toBeLessThan(125);
    expect(block.widthPx).toBeGreaterThan(3 * 90);
    expect(block.widthPx).toBeLessThan(3 * 125);
  });

  test("is drawn as it is written, markup and all", async () => {
    const [plain, marked] = await Promise.all([
      drawText([{ text: "a", sizePt: 9 }]),
      drawText([{ text: "<b>a</b> & <", sizePt: 9 }]),
    ]);
    expect(marked.widthPx).toBeGreaterThan(6 * plain.widthPx);
  });
});

describe("a back", () => {
  const data: BackData = {
    documentId: "019364e2-6a00-7000-8000-0123456789ab",
    page: 1,
    pages: 2,
    frontHash: "Iy9ieesiNizplgBbBNhSA1YGqjvsHeH4eP4zCgUaCRM",
  };
  /** All strips of a back, one below the other. */
  const drawn = (layers: readonly BackLayer[]) => {
    const strips: Uint8Array[] = [];
    drawInStrips(layers, ({ pixels }) => strips.push(pixels.slice()));
    return Buffer.concat(strips);
  };

  test("is the size of the front", () => {
    expect(drawn([])).toHaveLength(PAGE_WIDTH_PX * PAGE_HEIGHT_PX);
    expect([mmToPx(210), mmToPx(297)]).toEqual([4961, 7016]);
  });

  test("has ink in the readable block and nowhere else; the image's 183 × 122 mm below are free", async () => {
    const back = drawn([await readableBlock(data)]);
    const inked = (fromMm: number, toMm: number) =>
      back.subarray(mmToPx(fromMm) * PAGE_WIDTH_PX, mmToPx(toMm) * PAGE_WIDTH_PX).some((v) => v < 128);
    expect(inked(0, 18)).toBe(false);
    expect(inked(18, 45)).toBe(true);
    expect(inked(45, 296)).toBe(false);
  });

  test("same data, same pixels; other data, other pixels", async () => {
    const hashOf = async (change: Partial<BackData>) => hashText(drawn([await readableBlock({ ...data, ...change })]));
    const first = await hashOf({});
    expect(await hashOf({ page: 2 })).not.toBe(first);
    expect(await hashOf({ documentId: "019364e2-6a00-7000-8000-0123456789ac" })).not.toBe(first);
    expect(await hashOf({ frontHash: data.frontHash.replace("I", "J") })).not.toBe(first);
    expect(await hashOf({})).toBe(first);
  });

  test("is drawn strip by strip as it would be on the whole page: nothing is lost or doubled between two strips", async () => {
    const layers = [
      await readableBlock(data),
      (strip: Strip) => fillBlack(strip, { left: 7, top: 250, right: 99, bottom: 2_000 }),
    ];
    const page = createPage();
    for (const layer of layers) layer(page);
    expect(Buffer.compare(drawn(layers), page.pixels)).toBe(0);
  });

  test("layers are drawn in their order on strips that are white, from the top of the page to its end", () => {
    const seen: string[] = [];
    let next = 0;
    drawInStrips(
      [
        ({ pixels, topPx, heightPx }) => {
          expect(topPx).toBe(next);
          expect(pixels.every((grey) => grey === 255)).toBe(true);
          pixels.fill(0);
          next += heightPx;
          seen.push("first");
        },
        ({ pixels }) => seen.push(`second ${pixels[0]}`),
      ],
      () => seen.push("used"),
    );
    expect(next).toBe(PAGE_HEIGHT_PX);
    expect(seen.slice(0, 6)).toEqual(["first", "second 0", "used", "first", "second 0", "used"]);
  });
});
