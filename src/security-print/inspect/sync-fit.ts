import { CELL_SIZES, type CellSize, SYNC, SYNC_X, SYNC_Y } from "../scramble/geometry.ts";
import { syncBits } from "../scramble/sync.ts";
import { type GreyImage, greyAt, type Point } from "./grey.ts";
import { type Homography, project } from "./homography.ts";

/** Where a module is looked at, in pixels of the page around its middle. */
const PROBES: readonly Point[] = [-10, 0, 10].flatMap((y) => [-10, 0, 10].map((x) => ({ x, y })));

/** How well the rows of modules of a sheet that lies so fit, and those of which mode they are. */
export interface SyncFit {
  /** Correlation, −1 … 1. */
  readonly certainty: number;
  readonly cellPx: CellSize;
}

/** Where a back lies in a picture: the projection from pixels of the page (600 dpi) to pixels of the picture. */
export interface Orientation extends SyncFit {
  readonly homography: Homography;
  readonly mirrored: boolean;
}

/** The mode whose rows of modules fit best; one row alone may carry it when the other is stained. */
export function syncFit(image: GreyImage, homography: Homography): SyncFit {
  return bestMode(moduleInk(image, homography, SYNC_Y.top), moduleInk(image, homography, SYNC_Y.bottom));
}

/** The bits of a mode's rows less their mean, and the length of that. */
const modes = CELL_SIZES.map((cellPx) => ({
  cellPx,
  top: pattern(syncBits(cellPx, "top")),
  bottom: pattern(syncBits(cellPx, "bottom")),
}));

interface Pattern {
  readonly values: Float64Array;
  readonly length: number;
}

function pattern(bits: Uint8Array): Pattern {
  const mean = bits.reduce((sum, bit) => sum + bit, 0) / bits.length;
  return centred(Float64Array.from(bits, (bit) => bit - mean));
}

function centred(values: Float64Array): Pattern {
  let [sum, squares] = [0, 1e-9];
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) {
    values[i] = (values[i] as number) - mean;
    squares += (values[i] as number) ** 2;
  }
  return { values, length: Math.sqrt(squares) };
}

/** Weight of the row that fits better: the other may be under a stain. */
const BETTER_ROW = 0.9;

function bestMode(top: Pattern, bottom: Pattern): SyncFit {
  let best: SyncFit | undefined;
  for (const mode of modes) {
    const fits = [correlation(top, mode.top), correlation(bottom, mode.bottom)];
    const certainty = BETTER_ROW * Math.max(...fits) + (1 - BETTER_ROW) * Math.min(...fits);
    if (!best || certainty > best.certainty) best = { certainty, cellPx: mode.cellPx };
  }
  return best as SyncFit;
}

/** How dark each module of a row is against the row. */
function moduleInk(image: GreyImage, homography: Homography, middleY: number): Pattern {
  const ink = new Float64Array(SYNC.modules);
  for (let i = 0; i < SYNC.modules; i++) {
    for (const { x, y } of PROBES) {
      const at = project(homography, SYNC_X + (i + 0.5) * SYNC.module + x, middleY + y);
      ink[i] = (ink[i] as number) - greyAt(image, at.x, at.y);
    }
  }
  return centred(ink);
}

function correlation(a: Pattern, b: Pattern): number {
  let sum = 0;
  for (let i = 0; i < a.values.length; i++) sum += (a.values[i] as number) * (b.values[i] as number);
  return sum / (a.length * b.length);
}
