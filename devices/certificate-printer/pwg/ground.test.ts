import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unwrap } from "../../../src/kernel/result.ts";
import { greyOf, readPwg } from "./decode.ts";
import { createRasterWriter, encodeGreyPage } from "./encode.ts";
import { encodedGround, type Ground } from "./ground.ts";
import { certificateHeader, HEADER_BYTES, type PwgHeader, SYNC_WORD } from "./header.ts";

const WHITE = 255;

function small(widthPx: number, heightPx: number): PwgHeader {
  return { ...certificateHeader(1), widthPx, heightPx, bytesPerLine: widthPx };
}

/** Lines of dots that come back down the page; an empty one is no pattern. */
function dotted(rows: readonly (readonly number[])[]): Ground & { readonly drawn: string[] } {
  const drawn: string[] = [];
  const rowOf = (y: number) => y % rows.length;
  return {
    drawn,
    patternOn: (y) => (rows[rowOf(y)]?.length ? rowOf(y) : -1),
    draw(pixels, start, y, left, right) {
      drawn.push(`${y}: ${left} to ${right}`);
      for (const x of rows[rowOf(y)] ?? []) if (x >= left && x < right) pixels[start + x] = 0;
    },
  };
}

function drawnOver(grey: Uint8Array, ground: Ground, { widthPx, heightPx }: PwgHeader): Uint8Array {
  const page = grey.slice();
  for (let y = 0; y < heightPx; y++) ground.draw(page, y * widthPx, y, 0, widthPx);
  return page;
}

describe("a page with a ground", () => {
  test("has its octets: equal lines with equal ground are sent once, a line without ground as without", () => {
    const ground = encodedGround(dotted([[1, 2], [1, 2], []]), 6);
    const page = new Uint8Array(6 * 4).fill(WHITE);
    const lines = encodeGreyPage(page, small(6, 4), ground).subarray(HEADER_BYTES).toString("hex");
    // Lines 0 and 1 have different patterns of the same dots: this ground does not say that they are the same.
    const dots = `00${"feff0000"}${"02ff"}`;
    expect(lines).toBe([dots, dots, `00${"05ff"}`, dots].join(""));
  });

  test("lines of one pattern and the same pixels are one, and none when the page differs below the ground", () => {
    const everyLine: Ground = { ...dotted([[0]]), patternOn: () => 7 };
    const ground = encodedGround(everyLine, 4);
    const encode = (page: readonly number[]) =>
      encodeGreyPage(Uint8Array.from(page), small(4, 2), ground).subarray(HEADER_BYTES).toString("hex");
    expect(encode([255, 255, 255, 255, 255, 255, 255, 255])).toBe(`01${"0000"}${"02ff"}`);
    expect(encode([255, 255, 255, 255, 255, 255, 255, 9])).toBe(`00${"0000"}${"02ff"}00${"fd00ffff09"}`);
  });

  test("draws the ground only where the page is not white", () => {
    const ground = dotted([[3, 200, 450]]);
    const header = small(480, 1);
    const page = new Uint8Array(480).fill(WHITE);
    page[210] = 40;
    encodeGreyPage(page, header, encodedGround(ground, 480));
    expect(ground.drawn).toEqual(["0: 0 to 480", "0: 160 to 320"]);
    expect([page[3], page[200], page[450]]).toEqual([WHITE, 0, WHITE]);
  });

  test("a ground of another width is a bug of the caller", () => {
    expect(() => encodeGreyPage(new Uint8Array(4), small(2, 2), encodedGround(dotted([[0]]), 3))).toThrow(RangeError);
  });
});

/** A page that is white but for some spans, its ground, and where it lies in memory. */
const pagesWithGround = fc
  .tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 12 }), fc.nat(5))
  .chain(([widthPx, heightPx, offset]) => {
    const inked = fc.array(fc.tuple(fc.nat(widthPx * heightPx - 1), fc.integer({ min: 1, max: 90 }), fc.nat(WHITE)), {
      maxLength: 8,
    });
    const rows = fc.array(fc.array(fc.nat(widthPx - 1), { maxLength: 20 }), { minLength: 1, maxLength: 5 });
    return fc.record({
      widthPx: fc.constant(widthPx),
      heightPx: fc.constant(heightPx),
      offset: fc.constant(offset),
      inked,
      rows,
    });
  })
  .map(({ widthPx, heightPx, offset, inked, rows }) => {
    const grey = new Uint8Array(offset + widthPx * heightPx).fill(WHITE).subarray(offset);
    for (const [from, length, value] of inked) grey.fill(value, from, from + length);
    return { header: small(widthPx, heightPx), grey, rows };
  });

describe("properties", () => {
  test("what comes back is the page with the ground drawn over it, pixel by pixel, also the second time", () => {
    fc.assert(
      fc.property(pagesWithGround, ({ header, grey, rows }) => {
        const ground = dotted(rows);
        const encoded = encodedGround(ground, header.widthPx);
        const expected = Buffer.from(drawnOver(grey, ground, header));
        const inStrips = createRasterWriter();
        inStrips.begin();
        inStrips.beginPage(header, encoded);
        const copyOfAll = grey.slice();
        for (let y = 0; y < header.heightPx; y++) {
          inStrips.addLines(copyOfAll.subarray(y * header.widthPx, (y + 1) * header.widthPx));
        }
        const [strips] = unwrap(readPwg(inStrips.end().bytes));
        expect(strips && Buffer.from(unwrap(greyOf(strips)))).toEqual(expected);
        for (const copy of [grey.slice(), grey]) {
          const [page] = unwrap(readPwg(Buffer.concat([SYNC_WORD, encodeGreyPage(copy, header, encoded)])));
          expect(page && Buffer.from(unwrap(greyOf(page)))).toEqual(expected);
        }
      }),
      { seed: 5102 },
    );
  });
});
