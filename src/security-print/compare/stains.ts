import type { InkMap } from "./ink.ts";

/** Side of a cell in pixels at 200 dpi. */
const CELL_PX = 3;
/** A stain is wider than 1.9 mm, five cells, in both directions; strokes are not. */
const REACH = 2;
/** Less ink is the paper's own: shadows, and the ground of the deterrent text. */
const STAINED = 30;
/** Nothing can be read through more. */
const OPAQUE = 150;

/** A scan that lies over its front, with the ink that stains lend to what is written taken away. */
export interface Unstained {
  readonly ink: InkMap;
  /** 1 where a stain hides what is below it. */
  readonly hidden: Uint8Array;
}

/**
 * Takes the stains out of a scan: areas wider than a stroke that have ink where the front has none. What is written in a stain
 * through which one can read is compared as if it stood on paper: a grey wash must not hide that a character was altered.
 * `expected` is 1 at the front's ink and beside it.
 */
export function withoutStains(seen: InkMap, expected: Uint8Array): Unstained {
  const { widthPx, heightPx } = seen;
  const columns = Math.ceil(widthPx / CELL_PX);
  const rows = Math.ceil(heightPx / CELL_PX);
  const levels = opened(cellsOf(seen, expected, columns, rows), columns, rows);
  const pixels = seen.pixels.slice();
  const hidden = new Uint8Array(pixels.length);
  for (let y = 0, at = 0; y < heightPx; y++) {
    const row = Math.floor(y / CELL_PX) * columns;
    for (let x = 0; x < widthPx; x++, at++) {
      const level = levels[row + Math.floor(x / CELL_PX)] as number;
      if (level < STAINED) continue;
      if (level >= OPAQUE) hidden[at] = 1;
      pixels[at] = Math.max(0, (255 * ((pixels[at] as number) - level)) / (255 - Math.min(254, level)));
    }
  }
  return { ink: { ...seen, pixels }, hidden };
}

/** The mean ink of each cell where the front has none; infinity where it has some everywhere. */
function cellsOf({ widthPx, heightPx, pixels }: InkMap, expected: Uint8Array, columns: number, rows: number) {
  const sums = new Float32Array(columns * rows);
  const counts = new Uint8Array(columns * rows);
  for (let y = 0, at = 0; y < heightPx; y++) {
    const row = Math.floor(y / CELL_PX) * columns;
    for (let x = 0; x < widthPx; x++, at++) {
      if (expected[at] === 1) continue;
      const cell = row + Math.floor(x / CELL_PX);
      sums[cell] = (sums[cell] as number) + (pixels[at] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  return sums.map((sum, i) => (counts[i] === 0 ? Number.POSITIVE_INFINITY : sum / (counts[i] as number)));
}

/** Grey opening: what is narrower than the reach in either direction is gone, the rest is as it was. */
function opened(cells: Float32Array, columns: number, rows: number): Float32Array {
  const least = squares(cells, columns, rows, Math.min);
  for (let i = 0; i < least.length; i++) if (least[i] === Number.POSITIVE_INFINITY) least[i] = 0;
  return squares(least, columns, rows, Math.max);
}

/** The least or the most of each square around a cell. */
function squares(cells: Float32Array, columns: number, rows: number, of: (...values: number[]) => number) {
  const lines = (from: Float32Array, step: number, along: (i: number) => number, length: number) =>
    from.map((_, i) => {
      const at = along(i);
      let value = from[i] as number;
      for (let d = Math.max(-REACH, -at); d <= Math.min(REACH, length - 1 - at); d++)
        value = of(value, from[i + d * step] as number);
      return value;
    });
  const across = lines(cells, 1, (i) => i % columns, columns);
  return lines(across, columns, (i) => Math.floor(i / columns), rows);
}
