import type { Point } from "./grey.ts";

/** A plane projection as the eight numbers of its matrix, the ninth being 1, row by row. */
export type Homography = readonly [number, number, number, number, number, number, number, number];

export function project(h: Homography, x: number, y: number): Point {
  const w = h[6] * x + h[7] * y + 1;
  return { x: (h[0] * x + h[1] * y + h[2]) / w, y: (h[3] * x + h[4] * y + h[5]) / w };
}

/**
 * The projection that takes `from` to `to`, exactly for four points, by least squares for more (algebraic error, with
 * coordinates about 1: the caller's are scaled here). Undefined when the points do not determine one.
 */
export function fitHomography(from: readonly Point[], to: readonly Point[]): Homography | undefined {
  const scale = 1 / 5000;
  const normal = Array.from({ length: 8 }, () => new Float64Array(9));
  for (const [i, a] of from.entries()) {
    const b = to[i];
    if (!b) return undefined;
    const [x, y, u, v] = [a.x * scale, a.y * scale, b.x * scale, b.y * scale];
    accumulate(normal, [x, y, 1, 0, 0, 0, -u * x, -u * y], u);
    accumulate(normal, [0, 0, 0, x, y, 1, -v * x, -v * y], v);
  }
  const h = solve(normal);
  if (!h) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, k = 0] = h;
  return [a, b, c / scale, d, e, f / scale, g * scale, k * scale];
}

/** Adds an equation to a normal matrix whose last column is the right side. */
export function accumulate(normal: readonly Float64Array[], factors: ArrayLike<number>, value: number): void {
  const count = normal.length;
  for (let i = 0; i < count; i++) {
    const row = normal[i] as Float64Array;
    const factor = factors[i] as number;
    for (let j = 0; j < count; j++) row[j] = (row[j] as number) + factor * (factors[j] as number);
    row[count] = (row[count] as number) + factor * value;
  }
}

/** Gauss with pivots, in place; undefined for a singular matrix. */
export function solve(rows: Float64Array[]): Float64Array | undefined {
  const count = rows.length;
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let r = column + 1; r < count; r++) {
      if (
        Math.abs((rows[r] as Float64Array)[column] as number) >
        Math.abs((rows[pivot] as Float64Array)[column] as number)
      ) {
        pivot = r;
      }
    }
    const chosen = rows[pivot] as Float64Array;
    rows[pivot] = rows[column] as Float64Array;
    rows[column] = chosen;
    const divisor = chosen[column] as number;
    if (Math.abs(divisor) < 1e-14) return undefined;
    for (let r = column + 1; r < count; r++) {
      const row = rows[r] as Float64Array;
      const factor = (row[column] as number) / divisor;
      if (factor === 0) continue;
      for (let j = column; j <= count; j++) row[j] = (row[j] as number) - factor * (chosen[j] as number);
    }
  }
  const result = new Float64Array(count);
  for (let r = count - 1; r >= 0; r--) {
    const row = rows[r] as Float64Array;
    let sum = row[count] as number;
    for (let j = r + 1; j < count; j++) sum -= (row[j] as number) * (result[j] as number);
    result[r] = sum / (row[r] as number);
  }
  return result;
}
