import decodeQR from "qr/decode.js";
import { beforeAll, describe, expect, test } from "vitest";
import { drawnBack } from "../../../test/support/print-scan/backs.ts";
import { DOCUMENT_ID, TestCentre, textLikeFront } from "../../../test/support/scramble.ts";
import { type BackLayer, readableBlock } from "../composition/back.ts";
import { createPage, type GreyPage, mmToPx, PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../composition/page.ts";
import { encodeBits } from "../scramble/channel-code.ts";
import { cellGrid, MARK_PITCH, REGION, SYNC, SYNC_X, SYNC_Y } from "../scramble/geometry.ts";
import { syncBits } from "../scramble/sync.ts";
import { scrambledImage, signedCode } from "./scrambled-image.ts";

const centre = new TestCentre("marks");
const payload = centre.payload();
const data = { documentId: DOCUMENT_ID, page: 1, pages: 1, frontHash: "x".repeat(43) };
const black = (page: GreyPage, x: number, y: number) => page.pixels[y * page.widthPx + x] === 0;

function alone(layer: BackLayer): GreyPage {
  const page = createPage();
  layer(page);
  return page;
}

let image: GreyPage;
let code: GreyPage;
beforeAll(async () => {
  image = alone(scrambledImage(payload));
  code = alone(signedCode(payload));
});

/** The smallest box around what is not white. */
function inkBox({ widthPx, heightPx, pixels }: GreyPage) {
  let [left, right, top, bottom] = [widthPx, -1, -1, -1];
  for (let y = 0; y < heightPx; y++) {
    const row = pixels.subarray(y * widthPx, (y + 1) * widthPx);
    const first = row.findIndex((value) => value < 255);
    if (first < 0) continue;
    if (top < 0) top = y;
    bottom = y;
    left = Math.min(left, first);
    right = Math.max(
      right,
      row.findLastIndex((value) => value < 255),
    );
  }
  return { left, right, top, bottom };
}

describe("the scrambled image on a page", () => {
  test("has every bit of the payload in its cell, from edge to edge of the cell", () => {
    const { places, columns } = cellGrid(payload.cellPx);
    const bits = encodeBits(payload.cellPx, payload.frame, payload.image);
    const wrong = places.reduce((sum, place, i) => {
      const x = REGION.x + (place % columns) * payload.cellPx;
      const y = REGION.y + Math.floor(place / columns) * payload.cellPx;
      const last = payload.cellPx - 1;
      const corners = [black(image, x, y), black(image, x + last, y + last)];
      return sum + (corners.every((is) => is === (bits[i] === 1)) ? 0 : 1);
    }, 0);
    expect(wrong).toBe(0);
  });

  test("has finer cells for a denser front, drawn just as well", async () => {
    const dense = centre.payload({ front: textLikeFront(3, 3) });
    const page = alone(scrambledImage(dense));
    const { places, columns } = cellGrid(dense.cellPx);
    const bits = encodeBits(dense.cellPx, dense.frame, dense.image);
    const drawn = places.map((place) =>
      black(
        page,
        REGION.x + (place % columns) * dense.cellPx + (dense.cellPx >> 1),
        REGION.y + Math.floor(place / columns) * dense.cellPx + (dense.cellPx >> 1),
      )
        ? 1
        : 0,
    );
    expect(dense.cellPx).toBeLessThan(8);
    expect(drawn.every((bit, i) => bit === bits[i])).toBe(true);
  });

  test("has a ring with a white middle at every corner of the lattice, the region's corners included", () => {
    for (let y = REGION.y; y <= REGION.y + REGION.height; y += MARK_PITCH) {
      for (let x = REGION.x; x <= REGION.x + REGION.width; x += MARK_PITCH) {
        expect([black(image, x, y), black(image, x + 16, y), black(image, x - 16, y)]).toEqual([false, true, true]);
        expect([black(image, x + 25, y), black(image, x, y - 25)]).toEqual([false, false]);
      }
    }
  });

  test("says its mode in the two rows of modules", () => {
    for (const edge of ["top", "bottom"] as const) {
      const drawn = Array.from({ length: SYNC.modules }, (_, i) =>
        black(image, SYNC_X + i * SYNC.module + SYNC.module / 2, SYNC_Y[edge]) ? 1 : 0,
      );
      expect(drawn).toEqual([...syncBits(payload.cellPx, edge)]);
    }
  });

  test("is the same pixel by pixel for the same payload, and has no grey", async () => {
    const again = alone(scrambledImage(payload));
    expect(Buffer.compare(again.pixels, image.pixels)).toBe(0);
    expect(image.pixels.every((value) => value === 0 || value === 255)).toBe(true);
  });

  test("leaves the printer's margin of 5 mm free on every side", () => {
    const margin = mmToPx(5);
    for (const page of [image, code]) {
      const { left, right, top, bottom } = inkBox(page);
      expect(Math.min(left, top, PAGE_WIDTH_PX - 1 - right, PAGE_HEIGHT_PX - 1 - bottom)).toBeGreaterThan(margin);
    }
  });

  test("stands 3 mm apart from the readable block and the 2-D code, and these from each other", async () => {
    const block = inkBox(alone(await readableBlock(data)));
    const [quiet, codeBox] = [mmToPx(3), inkBox(code)];
    expect(inkBox(image).top - block.bottom).toBeGreaterThan(quiet);
    expect(inkBox(image).top - codeBox.bottom).toBeGreaterThan(quiet);
    expect(codeBox.left - block.right).toBeGreaterThan(quiet);
  });
});

describe("the 2-D code", () => {
  test("is read by a decoder of QR codes and says what the centre signed", async () => {
    const { widthPx, pixels } = await drawnBack(payload);
    const box = inkBox(code);
    const [left, top, size] = [box.left - 80, box.top - 80, box.right - box.left + 160];
    const rgba = new Uint8Array(4 * size * size).fill(255);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        rgba.fill(pixels[(top + y) * widthPx + left + x] as number, 4 * (y * size + x), 4 * (y * size + x) + 3);
      }
    }
    expect(decodeQR({ width: size, height: size, data: rgba })).toBe(payload.codeText);
  });
});
