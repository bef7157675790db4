import type { Bilevel } from "../bilevel/generic-region.ts";
import { boxMean, type GreyImage, greyAt } from "../inspect/grey.ts";

/** A picture of ink: 0 none … 255 full. */
export type InkMap = GreyImage;

/** A front's bits as ink. */
export function inkOfFront({ widthPx, heightPx, bits }: Bilevel): InkMap {
  const ink = new Uint8Array(widthPx * heightPx);
  const stride = Math.ceil(widthPx / 8);
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at++) {
      if ((bits[y * stride + (x >> 3)] as number) & (0x80 >> (x & 7))) ink[at] = 255;
    }
  }
  return { widthPx, heightPx, pixels: ink };
}

/** A scan as ink: how much darker each pixel is than the paper around it, so that shadows and grey paper do not count. */
export function inkOfScan(scan: GreyImage): InkMap {
  const { widthPx, heightPx, pixels } = scan;
  const paper = paperAround(scan);
  const ink = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const white = paper[i] as number;
    const value = pixels[i] as number;
    ink[i] = value >= white ? 0 : Math.round((255 * (white - value)) / Math.max(1, white));
  }
  return { widthPx, heightPx, pixels: ink };
}

/**
 * Side of a square in which this rank of the pixels is paper: wider than any stroke and any character. A deterrent text's
 * ground belongs to the paper: so the rank is not that of the lightest.
 */
const PAPER_PX = 48;
const PAPER_RANK = 0.65;
/** Paper is no darker than this share of the usual paper of its page: uneven light stays above it, or is taken for a stain. */
const LEAST_OF_USUAL = 0.6;

/** The paper's grey at each pixel: a high rank of each square, smoothed over its neighbours. */
function paperAround({ widthPx, heightPx, pixels }: GreyImage): Float32Array {
  const columns = Math.max(1, Math.ceil(widthPx / PAPER_PX));
  const rows = Math.max(1, Math.ceil(heightPx / PAPER_PX));
  const squares = new Float32Array(columns * rows);
  const counts = new Uint32Array(256);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      counts.fill(0);
      let total = 0;
      for (let y = r * PAPER_PX; y < Math.min(heightPx, (r + 1) * PAPER_PX); y += 2) {
        for (let x = c * PAPER_PX; x < Math.min(widthPx, (c + 1) * PAPER_PX); x += 2) {
          const value = pixels[y * widthPx + x] as number;
          counts[value] = (counts[value] as number) + 1;
          total += 1;
        }
      }
      let grey = 0;
      for (let seen = counts[0] as number; seen < total * PAPER_RANK && grey < 255; ) {
        grey += 1;
        seen += counts[grey] as number;
      }
      squares[r * columns + c] = grey;
    }
  }
  // The middle of a large stain has nothing lighter, and is no paper.
  const least = LEAST_OF_USUAL * (squares.slice().sort()[squares.length >> 1] as number);
  for (let i = 0; i < squares.length; i++) squares[i] = Math.max(squares[i] as number, least);
  const smooth = boxMean(squares, columns, rows, 1);
  const paper = new Float32Array(pixels.length);
  for (let y = 0, at = 0; y < heightPx; y++) {
    const row = Math.floor(y / PAPER_PX) * columns;
    for (let x = 0; x < widthPx; x++, at++) paper[at] = smooth[row + Math.floor(x / PAPER_PX)] as number;
  }
  return paper;
}

/** The map with `widthPx` columns and as many rows as `heightPx`, each the mean of what falls into it. */
export function shrunk(map: InkMap, widthPx: number, heightPx: number): InkMap {
  const sums = new Float64Array(widthPx * heightPx);
  const counts = new Uint32Array(widthPx * heightPx);
  const columnOf = Int32Array.from({ length: map.widthPx }, (_, x) => Math.floor((x * widthPx) / map.widthPx));
  for (let y = 0, at = 0; y < map.heightPx; y++) {
    const row = Math.floor((y * heightPx) / map.heightPx) * widthPx;
    for (let x = 0; x < map.widthPx; x++, at++) {
      const cell = row + (columnOf[x] as number);
      sums[cell] = (sums[cell] as number) + (map.pixels[at] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  const ink = Uint8Array.from(sums, (sum, i) => sum / Math.max(1, counts[i] as number));
  return { widthPx, heightPx, pixels: ink };
}

/** Ink at a place between pixels; outside there is none. */
export function inkAt(map: InkMap, x: number, y: number): number {
  return x < 0 || y < 0 || x > map.widthPx || y > map.heightPx ? 0 : greyAt(map, x, y);
}
