import encodeQR from "qr";
import type { BackLayer } from "../composition/back.ts";
import { type GreyPage, mmToPx } from "../composition/page.ts";
import { encodeBits } from "../scramble/channel-code.ts";
import {
  CODE,
  cellGrid,
  FINDER,
  FINDER_CENTRES,
  MARK_COLUMNS,
  MARK_PITCH,
  MARK_ROWS,
  REGION,
  RING,
  SYNC,
  SYNC_X,
  SYNC_Y,
} from "../scramble/geometry.ts";
import type { Payload } from "../scramble/payload.ts";
import { syncBits } from "../scramble/sync.ts";

const BLACK = 0;
const WHITE = 255;
const FINDER_ROWS = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];

/** The scrambled image of a payload with its finders, rows of modules and rings. Same payload, same pixels. */
export function scrambledImage(payload: Payload): BackLayer {
  return async (page) => {
    drawCells(page, payload);
    drawRings(page);
    for (const { x, y } of FINDER_CENTRES) drawFinder(page, x, y);
    for (const edge of ["top", "bottom"] as const) drawSync(page, syncBits(payload.cellPx, edge), SYNC_Y[edge]);
  };
}

/** The signed 2-D code (QR) of a payload. */
export function signedCode(payload: Payload): BackLayer {
  return async (page) => {
    const rows = encodeQR(payload.codeText, "raw", { ecc: "medium", border: 1 });
    const left = mmToPx(CODE.rightMm) - rows.length * CODE.modulePx;
    for (const [r, row] of rows.entries()) {
      for (const [c, black] of row.entries()) {
        const [x, y] = [left + c * CODE.modulePx, mmToPx(CODE.topMm) + r * CODE.modulePx];
        if (black) fillRectangle(page, x, y, CODE.modulePx, CODE.modulePx);
      }
    }
  };
}

/** One line of pixels for each row of cells, copied to the others: the page is touched once a pixel of the region. */
function drawCells({ widthPx, pixels }: GreyPage, { cellPx, frame, image }: Payload): void {
  const { places, columns, rows } = cellGrid(cellPx);
  const bits = encodeBits(cellPx, frame, image);
  const line = new Uint8Array(REGION.width);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    line.fill(WHITE);
    const end = (row + 1) * columns;
    for (; next < places.length && (places[next] as number) < end; next++) {
      if (bits[next] === 0) continue;
      const left = ((places[next] as number) - row * columns) * cellPx;
      for (let x = left; x < left + cellPx; x++) line[x] = BLACK;
    }
    const top = (REGION.y + row * cellPx) * widthPx + REGION.x;
    for (let y = 0; y < cellPx; y++) pixels.set(line, top + y * widthPx);
  }
}

function drawRings(page: GreyPage): void {
  const { outerRadius, innerRadius } = RING;
  for (let row = 0; row < MARK_ROWS; row++) {
    for (let column = 0; column < MARK_COLUMNS; column++) {
      const [cx, cy] = [REGION.x + column * MARK_PITCH, REGION.y + row * MARK_PITCH];
      for (let y = -outerRadius; y < outerRadius; y++) {
        for (let x = -outerRadius; x < outerRadius; x++) {
          const square = (x + 0.5) ** 2 + (y + 0.5) ** 2;
          if (square > outerRadius ** 2 || square < innerRadius ** 2) continue;
          page.pixels[(cy + y) * page.widthPx + cx + x] = BLACK;
        }
      }
    }
  }
}

function drawFinder(page: GreyPage, cx: number, cy: number): void {
  const { module, modules } = FINDER;
  const [left, top] = [cx - (module * modules) / 2, cy - (module * modules) / 2];
  for (const [r, row] of FINDER_ROWS.entries()) {
    for (let c = 0; c < modules; c++) {
      if (row[c] === "1") fillRectangle(page, left + c * module, top + r * module, module, module);
    }
  }
}

function drawSync(page: GreyPage, bits: Uint8Array, middleY: number): void {
  for (const [i, bit] of bits.entries()) {
    if (bit) fillRectangle(page, SYNC_X + i * SYNC.module, middleY - SYNC.module / 2, SYNC.module, SYNC.module);
  }
}

function fillRectangle({ pixels, widthPx }: GreyPage, x: number, y: number, width: number, height: number): void {
  for (let line = y; line < y + height; line++) pixels.fill(BLACK, line * widthPx + x, line * widthPx + x + width);
}
