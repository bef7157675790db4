import type { CellGrid } from "../scramble/geometry.ts";
import { boxMean } from "./grey.ts";
import { accumulate, solve } from "./homography.ts";
import type { Samples } from "./sample.ts";

/** Taps of the equaliser in samples: the cell's own 2 × 2 and a cell's width around it. */
const TAPS = 6;
const FEATURES = TAPS * TAPS + 1;
/** The region is cut into so many zones, each with an equaliser of its own: blur and toner are not the same everywhere. */
const ZONES = { columns: 6, rows: 4 };
/** As many cells of a zone train its equaliser at most. */
const MAX_TRAINING = 2500;
/** Keeps the solution tame where a zone says little. */
const RIDGE = 0.02;
const ERASED_BELOW = 0.3;
const NOISE_RADIUS_CELLS = 4;
const MAX_LIKELIHOOD = 12;

/**
 * Likelihoods of a grid's places (positive for white) from samples. Each zone's linear equaliser is fitted by least
 * squares: on cells whose bit is known (`known`: 1 black, 0 white, −1 unknown), or else on its own decisions, twice.
 * Noise is taken from what is around a cell; where there is no contrast, the likelihood is 0: an erasure.
 */
export function likelihoods(samples: Samples, grid: CellGrid, known?: Int8Array): Float32Array {
  const { columns, rows, places } = grid;
  const outputs = new Float32Array(columns * rows);
  const zones = placesByZone(grid);
  const padded = pad(samples);
  for (const zone of zones) equaliseZone(padded, grid, zone, known, outputs);
  return weigh(outputs, samples, grid, places);
}

/** Indices into `places`, zone by zone. */
function placesByZone({ columns, rows, places }: CellGrid): Int32Array[] {
  const lists: number[][] = Array.from({ length: ZONES.columns * ZONES.rows }, () => []);
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number;
    const row = Math.floor((Math.floor(place / columns) * ZONES.rows) / rows);
    const column = Math.floor(((place % columns) * ZONES.columns) / columns);
    lists[row * ZONES.columns + column]?.push(i);
  }
  return lists.map((list) => Int32Array.from(list));
}

interface Padded {
  readonly width: number;
  readonly values: Float32Array;
}
const PAD = TAPS / 2 - 1;

/** White around the region, so that cells at its border need no care. */
function pad({ columns, rows, values }: Samples): Padded {
  const width = columns + 2 * PAD;
  const padded = new Float32Array(width * (rows + 2 * PAD)).fill(1);
  for (let y = 0; y < rows; y++) padded.set(values.subarray(y * columns, (y + 1) * columns), (y + PAD) * width + PAD);
  return { width, values: padded };
}

function equaliseZone(
  samples: Padded,
  { columns, places }: CellGrid,
  zone: Int32Array,
  known: Int8Array | undefined,
  outputs: Float32Array,
): void {
  const topLeft = (place: number) => 2 * Math.floor(place / columns) * samples.width + 2 * (place % columns);
  const apply = (taps: Float64Array) => {
    for (const i of zone) {
      const place = places[i] as number;
      outputs[place] = output(samples, topLeft(place), taps);
    }
  };
  apply(firstTaps());
  const trained = known ? zone.filter((i) => (known[i] as number) >= 0) : zone;
  const stride = Math.max(1, Math.floor(trained.length / MAX_TRAINING));
  const features = new Float64Array(FEATURES);
  for (let round = 0; round < (known ? 1 : 2); round++) {
    const normal = Array.from({ length: FEATURES }, () => new Float64Array(FEATURES + 1));
    let count = 0;
    for (let t = round % stride; t < trained.length; t += stride) {
      const i = trained[t] as number;
      const place = places[i] as number;
      gather(samples, topLeft(place), features);
      const target = known ? 1 - 2 * (known[i] as number) : (outputs[place] as number) < 0 ? -1 : 1;
      accumulate(normal, features, target);
      count += 1;
    }
    if (count < 2 * FEATURES) return;
    for (const [i, row] of normal.entries()) row[i] = (row[i] as number) + RIDGE * count;
    const taps = solve(normal);
    if (!taps) return;
    apply(taps);
  }
}

/** Before anything is known: the mean of the cell's own four samples. */
function firstTaps(): Float64Array {
  const taps = new Float64Array(FEATURES);
  for (const [x, y] of [
    [PAD, PAD],
    [PAD + 1, PAD],
    [PAD, PAD + 1],
    [PAD + 1, PAD + 1],
  ] as const) {
    taps[y * TAPS + x] = 0.25;
  }
  return taps;
}

function gather({ values, width }: Padded, from: number, features: Float64Array): void {
  let f = 0;
  for (let y = 0; y < TAPS; y++) {
    const at = from + y * width;
    for (let x = 0; x < TAPS; x++, f++) features[f] = values[at + x] as number;
  }
  features[f] = 1;
}

function output({ values, width }: Padded, from: number, taps: Float64Array): number {
  let sum = taps[FEATURES - 1] as number;
  let f = 0;
  for (let y = 0; y < TAPS; y++) {
    const at = from + y * width;
    for (let x = 0; x < TAPS; x++, f++) sum += (taps[f] as number) * (values[at + x] as number);
  }
  return sum;
}

/** Outputs over their noise: twice amplitude times output by the variance around. */
function weigh(outputs: Float32Array, samples: Samples, { columns, rows }: CellGrid, places: Int32Array): Float32Array {
  let amplitude = 0;
  for (const place of places) amplitude += Math.abs(outputs[place] as number) / places.length;
  const errors = new Float32Array(columns * rows);
  let usual = 0;
  for (const place of places) {
    const error = (Math.abs(outputs[place] as number) - amplitude) ** 2;
    errors[place] = error;
    usual += error / places.length;
  }
  const local = boxMean(errors, columns, rows, NOISE_RADIUS_CELLS);
  const result = new Float32Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number;
    const contrast = samples.contrast[
      2 * Math.floor(place / columns) * samples.columns + 2 * (place % columns)
    ] as number;
    if (contrast < ERASED_BELOW) continue;
    const variance = 0.5 * usual + 0.5 * (local[place] as number) + 0.01;
    const likelihood = ((2 * amplitude * (outputs[place] as number)) / variance) * Math.min(1, contrast);
    result[i] = Math.max(-MAX_LIKELIHOOD, Math.min(MAX_LIKELIHOOD, likelihood));
  }
  return result;
}
