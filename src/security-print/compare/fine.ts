import type { Point } from "../inspect/grey.ts";
import { fitHomography, type Homography, project } from "../inspect/homography.ts";
import { type InkMap, inkAt, shrunk } from "./ink.ts";

/** How the front lies in the scan: a projection, and what is left of paper feed and folds, block by block. */
export interface Alignment {
  readonly place: Homography;
  readonly field: Field;
  /** Share of the blocks with ink that were found in the scan, 0 … 1. */
  readonly found: number;
}

/** Displacements of the front's blocks in pixels of the front. */
export interface Field {
  readonly columns: number;
  readonly rows: number;
  readonly dx: Float32Array;
  readonly dy: Float32Array;
}

const COLUMNS = 12;
const ROWS = 17;
/** Side of a block's patch in pixels of its level, and how far around it is looked. */
const PATCH = 28;
const REACH = 5;
/** A patch with less ink says nothing about its place. */
const MIN_DEVIATION = 14;
const SURE = 0.55;
/** From coarse to fine: the front's pixels in one pixel of the level. */
const LEVELS = [8, 4, 2, 1] as const;

/** Refines a rough place by looking for each block of the front near where it should be. */
export function refine(front: InkMap, scan: InkMap, rough: Homography): Alignment {
  let place = rough;
  let matches: Match[] = [];
  let blocks = 0;
  for (const level of LEVELS) {
    const reference =
      level === 1 ? front : shrunk(front, Math.round(front.widthPx / level), Math.round(front.heightPx / level));
    const tried = centresOf(front).map((centre) => match(reference, scan, place, centre, level));
    const told = tried.filter((one) => one !== undefined);
    matches = told.filter(({ sure }) => sure);
    blocks = told.length;
    const fitted = robustFit(matches, level);
    if (fitted) place = fitted;
  }
  return { place, field: fieldOf(front, place, matches), found: matches.length / Math.max(1, blocks) };
}

function centresOf({ widthPx, heightPx }: Pick<InkMap, "widthPx" | "heightPx">): Point[] {
  return Array.from({ length: COLUMNS * ROWS }, (_, i) => ({
    x: (((i % COLUMNS) + 0.5) * widthPx) / COLUMNS,
    y: ((Math.floor(i / COLUMNS) + 0.5) * heightPx) / ROWS,
  }));
}

interface Match {
  readonly centre: Point;
  /** Where it is in the scan. */
  readonly seen: Point;
  /** In pixels of the front. */
  readonly dx: number;
  readonly dy: number;
  readonly sure: boolean;
}

/** Undefined for a block without enough ink. */
function match(reference: InkMap, scan: InkMap, place: Homography, centre: Point, level: number): Match | undefined {
  const [left, top] = [Math.round(centre.x / level - PATCH / 2), Math.round(centre.y / level - PATCH / 2)];
  const patch = new Float32Array(PATCH * PATCH);
  for (let y = 0; y < PATCH; y++) {
    for (let x = 0; x < PATCH; x++) patch[y * PATCH + x] = inkAt(reference, left + x + 0.5, top + y + 0.5);
  }
  const deviation = normalise(patch);
  if (deviation < MIN_DEVIATION || !isDistinct(patch)) return undefined;
  const size = PATCH + 2 * REACH;
  const around = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = project(place, (left + x - REACH + 0.5) * level, (top + y - REACH + 0.5) * level);
      around[y * size + x] = inkAt(scan, at.x, at.y);
    }
  }
  const window = new Float32Array(PATCH * PATCH);
  const scores = new Float32Array(SHIFTS * SHIFTS).fill(-1);
  for (let dy = 0; dy < SHIFTS; dy++) {
    for (let dx = 0; dx < SHIFTS; dx++) {
      for (let y = 0; y < PATCH; y++) {
        window.set(around.subarray((y + dy) * size + dx, (y + dy) * size + dx + PATCH), y * PATCH);
      }
      if (normalise(window) < 1) continue;
      let score = 0;
      for (let i = 0; i < patch.length; i++) score += (patch[i] as number) * (window[i] as number);
      scores[dy * SHIFTS + dx] = score / patch.length;
    }
  }
  const { column, row, score } = peakOf(scores);
  const [dx, dy] = [(column - REACH) * level, (row - REACH) * level];
  return { centre, seen: project(place, centre.x + dx, centre.y + dy), dx, dy, sure: score >= SURE };
}

const SHIFTS = 2 * REACH + 1;

/** The highest of the scores, its place told between them by the parabola through it and its neighbours. */
function peakOf(scores: Float32Array): { column: number; row: number; score: number } {
  const score = Math.max(...scores);
  const at = scores.indexOf(score);
  const [row, column] = [Math.floor(at / SHIFTS), at % SHIFTS];
  const beyond = (position: number, step: number) => {
    if (position === 0 || position === SHIFTS - 1) return 0;
    const [before, after] = [scores[at - step] as number, scores[at + step] as number];
    const curvature = before + after - 2 * score;
    return curvature < 0 ? (before - after) / (2 * curvature) : 0;
  };
  return { column: column + beyond(column, 1), row: row + beyond(row, SHIFTS), score };
}

/** A patch that looks the same a little further on, a ruled line say, does not tell where it is. */
const STEP = 3;
const TOO_LIKE = 0.8;

function isDistinct(patch: Float32Array): boolean {
  const likeness = (dx: number, dy: number) => {
    let product = 0;
    let own = 0;
    let other = 0;
    for (let y = 0; y < PATCH - dy; y++) {
      for (let x = 0; x < PATCH - dx; x++) {
        const [a, b] = [patch[y * PATCH + x] as number, patch[(y + dy) * PATCH + x + dx] as number];
        product += a * b;
        own += a * a;
        other += b * b;
      }
    }
    return product / Math.sqrt(Math.max(1e-9, own * other));
  };
  return likeness(STEP, 0) < TOO_LIKE && likeness(0, STEP) < TOO_LIKE;
}

/** Mean 0 and deviation 1, in place; returns the deviation that it had. */
function normalise(values: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  if (deviation > 0) for (let i = 0; i < values.length; i++) values[i] = ((values[i] as number) - mean) / deviation;
  return deviation;
}

const MIN_MATCHES = 6;

/** A projection through most of the matches: those far off, an altered block say, are left out of a second fit. */
function robustFit(matches: readonly Match[], level: number): Homography | undefined {
  if (matches.length < MIN_MATCHES) return undefined;
  const through = (used: readonly Match[]) =>
    fitHomography(
      used.map(({ centre }) => centre),
      used.map(({ seen }) => seen),
    );
  const first = through(matches);
  if (!first) return undefined;
  const errors = matches.map(({ centre, seen }) => distance(project(first, centre.x, centre.y), seen));
  const median = [...errors].sort((a, b) => a - b)[errors.length >> 1] as number;
  const near = matches.filter((_, i) => (errors[i] as number) <= 2.5 * median + level);
  return near.length >= MIN_MATCHES ? through(near) : first;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** What the blocks say beyond the projection, smoothed over neighbours, so that one altered block does not hide itself. */
function fieldOf({ widthPx, heightPx }: InkMap, place: Homography, matches: readonly Match[]): Field {
  const dx = new Float32Array(COLUMNS * ROWS);
  const dy = new Float32Array(COLUMNS * ROWS);
  const left = matches.map(({ centre, seen }) => {
    const at = project(place, centre.x, centre.y);
    const right = project(place, centre.x + 1, centre.y);
    const below = project(place, centre.x, centre.y + 1);
    const [a, b, c, d] = [right.x - at.x, below.x - at.x, right.y - at.y, below.y - at.y];
    const determinant = a * d - b * c || 1;
    const [u, v] = [seen.x - at.x, seen.y - at.y];
    return { centre, dx: (d * u - b * v) / determinant, dy: (a * v - c * u) / determinant };
  });
  const reach = (1.8 * widthPx) / COLUMNS;
  for (const [i, centre] of centresOf({ widthPx, heightPx }).entries()) {
    const near = left.filter((one) => distance(one.centre, centre) <= reach);
    dx[i] = median(near.map((one) => one.dx));
    dy[i] = median(near.map((one) => one.dy));
  }
  return { columns: COLUMNS, rows: ROWS, dx, dy };
}

function median(values: number[]): number {
  return values.length === 0 ? 0 : (values.sort((a, b) => a - b)[values.length >> 1] as number);
}

/** The scan's ink as the front would have it: same size, same places. */
export function straightened(front: InkMap, scan: InkMap, { place, field }: Alignment): InkMap {
  const { widthPx, heightPx } = front;
  const ink = new Uint8Array(widthPx * heightPx);
  for (let y = 0, at = 0; y < heightPx; y++) {
    const row = Math.max(0, Math.min(field.rows - 1.001, ((y + 0.5) * field.rows) / heightPx - 0.5));
    const [top, b] = [row | 0, row - (row | 0)];
    for (let x = 0; x < widthPx; x++, at++) {
      const column = Math.max(0, Math.min(field.columns - 1.001, ((x + 0.5) * field.columns) / widthPx - 0.5));
      const [left, a] = [column | 0, column - (column | 0)];
      const i = top * field.columns + left;
      const between = (values: Float32Array) =>
        ((values[i] as number) * (1 - a) + (values[i + 1] as number) * a) * (1 - b) +
        ((values[i + field.columns] as number) * (1 - a) + (values[i + field.columns + 1] as number) * a) * b;
      const { x: u, y: v } = project(place, x + 0.5 + between(field.dx), y + 0.5 + between(field.dy));
      ink[at] = inkAt(scan, u, v);
    }
  }
  return { widthPx, heightPx, pixels: ink };
}
