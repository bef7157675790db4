import encodeQR from "qr";
import type { BackLayer } from "../composition/back.ts";
import { type Area, fillBlack, mmToPx, type Strip } from "../composition/page.ts";
import { encodeBits } from "../scramble/channel-code.ts";
import {
  type CellSize,
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
  const bits = encodeBits(payload.cellPx, payload.frame, payload.image);
  const sync = (["top", "bottom"] as const).map((edge) => ({
    bits: syncBits(payload.cellPx, edge),
    middleY: SYNC_Y[edge],
  }));
  return (strip) => {
    drawCells(strip, payload.cellPx, bits);
    drawRings(strip);
    for (const { x, y } of FINDER_CENTRES) drawFinder(strip, x, y);
    for (const row of sync) drawSync(strip, row.bits, row.middleY);
  };
}

/** The signed 2-D code (QR) of a payload. */
export function signedCode(payload: Payload): BackLayer {
  const rows = encodeQR(payload.codeText, "raw", { ecc: "medium", border: 1 });
  const left = mmToPx(CODE.rightMm) - rows.length * CODE.modulePx;
  return (strip) => {
    for (const [r, row] of rows.entries()) {
      const top = mmToPx(CODE.topMm) + r * CODE.modulePx;
      if (!isOn(strip, top, top + CODE.modulePx)) continue;
      for (const [c, black] of row.entries()) {
        if (black) fillSquare(strip, left + c * CODE.modulePx, top, CODE.modulePx);
      }
    }
  };
}

/** One line of pixels for each row of cells, copied to the others. */
function drawCells({ topPx = 0, heightPx, widthPx, pixels }: Strip, cellPx: CellSize, bits: Uint8Array): void {
  const { places, rowStarts, columns, rows } = cellGrid(cellPx);
  const line = new Uint8Array(REGION.width);
  const firstRow = Math.max(0, Math.floor((topPx - REGION.y) / cellPx));
  const endRow = Math.min(rows, Math.ceil((topPx + heightPx - REGION.y) / cellPx));
  for (let row = firstRow; row < endRow; row++) {
    line.fill(WHITE);
    for (let i = rowStarts[row] as number; i < (rowStarts[row + 1] as number); i++) {
      if (bits[i] === 0) continue;
      const left = ((places[i] as number) - row * columns) * cellPx;
      for (let x = left; x < left + cellPx; x++) line[x] = BLACK;
    }
    const top = REGION.y + row * cellPx - topPx;
    const end = Math.min(top + cellPx, heightPx);
    for (let y = Math.max(0, top); y < end; y++) pixels.set(line, y * widthPx + REGION.x);
  }
}

/** The black spans of a ring around (0, 0), line by line. */
const ringSpans: readonly Area[] = (() => {
  const { outerRadius, innerRadius } = RING;
  const isInside = (x: number, y: number) => {
    const square = (x + 0.5) ** 2 + (y + 0.5) ** 2;
    return square <= outerRadius ** 2 && square >= innerRadius ** 2;
  };
  const spans: Area[] = [];
  for (let y = -outerRadius; y < outerRadius; y++) {
    for (let left = -outerRadius; left < outerRadius; left++) {
      if (!isInside(left, y)) continue;
      let right = left + 1;
      while (right < outerRadius && isInside(right, y)) right += 1;
      spans.push({ left, top: y, right, bottom: y + 1 });
      left = right;
    }
  }
  return spans;
})();

function drawRings(strip: Strip): void {
  for (let row = 0; row < MARK_ROWS; row++) {
    const cy = REGION.y + row * MARK_PITCH;
    if (!isOn(strip, cy - RING.outerRadius, cy + RING.outerRadius)) continue;
    for (let column = 0; column < MARK_COLUMNS; column++) {
      const cx = REGION.x + column * MARK_PITCH;
      for (const { left, top, right, bottom } of ringSpans) {
        fillBlack(strip, { left: cx + left, top: cy + top, right: cx + right, bottom: cy + bottom });
      }
    }
  }
}

function drawFinder(strip: Strip, cx: number, cy: number): void {
  const { module, modules } = FINDER;
  const [left, top] = [cx - (module * modules) / 2, cy - (module * modules) / 2];
  for (const [r, row] of FINDER_ROWS.entries()) {
    for (let c = 0; c < modules; c++) {
      if (row[c] === "1") fillSquare(strip, left + c * module, top + r * module, module);
    }
  }
}

function drawSync(strip: Strip, bits: Uint8Array, middleY: number): void {
  for (const [i, bit] of bits.entries()) {
    if (bit) fillSquare(strip, SYNC_X + i * SYNC.module, middleY - SYNC.module / 2, SYNC.module);
  }
}

/** Whether lines from `top` to before `bottom` of the page are on a strip. */
function isOn({ topPx = 0, heightPx }: Strip, top: number, bottom: number): boolean {
  return top < topPx + heightPx && bottom > topPx;
}

function fillSquare(strip: Strip, left: number, top: number, sidePx: number): void {
  fillBlack(strip, { left, top, right: left + sidePx, bottom: top + sidePx });
}
