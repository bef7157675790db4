import { type CellSize, MARK_COLUMNS, MARK_PITCH, MARK_ROWS, REGION } from "../scramble/geometry.ts";
import { boxMean, type GreyImage } from "./grey.ts";
import type { Lattice } from "./register.ts";

/** Two samples a cell in both directions, of the whole region. */
export interface Samples {
  readonly columns: number;
  readonly rows: number;
  /** Grey without light and contrast of the surroundings: about −1 for ink, 1 for paper. */
  readonly values: Float32Array;
  /** Contrast of the surroundings as a share of the usual one: near 0 where nothing can be read. */
  readonly contrast: Float32Array;
}

/** Window over which light and contrast are taken, in samples: about 15 cells. */
const WINDOW_RADIUS = 15;

/** Takes the samples between the lattice's corners, straight lines from corner to corner. */
export function sample(image: GreyImage, lattice: Lattice, cellPx: CellSize): Samples {
  const step = cellPx / 2;
  const columns = REGION.width / step;
  const rows = REGION.height / step;
  const raw = new Float32Array(columns * rows);
  const perMark = MARK_PITCH / step;
  for (let r = 0; r < MARK_ROWS - 1; r++) {
    for (let c = 0; c < MARK_COLUMNS - 1; c++) sampleSquare(image, lattice, raw, columns, perMark, r, c);
  }
  return normalised(raw, columns, rows);
}

/** The samples between four corners. The pixel's four neighbours are weighed in place: this is the inspection's inner loop. */
function sampleSquare(
  { pixels, widthPx, heightPx }: GreyImage,
  { x, y }: Lattice,
  raw: Float32Array,
  columns: number,
  perMark: number,
  markRow: number,
  markColumn: number,
): void {
  const a = markRow * MARK_COLUMNS + markColumn;
  const [b, c, d] = [a + 1, a + MARK_COLUMNS, a + MARK_COLUMNS + 1];
  const [maxX, maxY] = [widthPx - 1.001, heightPx - 1.001];
  for (let j = 0; j < perMark; j++) {
    const t = (j + 0.5) / perMark;
    const startX = (x[a] as number) * (1 - t) + (x[c] as number) * t;
    const startY = (y[a] as number) * (1 - t) + (y[c] as number) * t;
    const stepX = ((x[b] as number) * (1 - t) + (x[d] as number) * t - startX) / perMark;
    const stepY = ((y[b] as number) * (1 - t) + (y[d] as number) * t - startY) / perMark;
    let u = startX + stepX / 2 - 0.5;
    let v = startY + stepY / 2 - 0.5;
    let at = (markRow * perMark + j) * columns + markColumn * perMark;
    for (let i = 0; i < perMark; i++, u += stepX, v += stepY, at++) {
      const px = u < 0 ? 0 : u > maxX ? maxX : u;
      const py = v < 0 ? 0 : v > maxY ? maxY : v;
      const [left, top] = [px | 0, py | 0];
      const [fx, fy] = [px - left, py - top];
      const from = top * widthPx + left;
      const upper = (pixels[from] as number) * (1 - fx) + (pixels[from + 1] as number) * fx;
      const lower = (pixels[from + widthPx] as number) * (1 - fx) + (pixels[from + widthPx + 1] as number) * fx;
      raw[at] = upper * (1 - fy) + lower * fy;
    }
  }
}

function normalised(raw: Float32Array, columns: number, rows: number): Samples {
  const means = boxMean(raw, columns, rows, WINDOW_RADIUS);
  const squares = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) squares[i] = ((raw[i] as number) - (means[i] as number)) ** 2;
  const contrast = boxMean(squares, columns, rows, WINDOW_RADIUS);
  const values = new Float32Array(raw.length);
  let usual = 0;
  for (let i = 0; i < raw.length; i++) {
    const deviation = Math.sqrt(contrast[i] as number);
    contrast[i] = deviation;
    usual += deviation / raw.length;
  }
  for (let i = 0; i < raw.length; i++) {
    values[i] = ((raw[i] as number) - (means[i] as number)) / Math.max(contrast[i] as number, 1);
    contrast[i] = (contrast[i] as number) / Math.max(usual, 1e-6);
  }
  return { columns, rows, values, contrast };
}
