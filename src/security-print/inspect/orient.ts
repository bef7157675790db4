import { CELL_SIZES, type CellSize, FINDER_CENTRES, SYNC, SYNC_X, SYNC_Y } from "../scramble/geometry.ts";
import { syncBits } from "../scramble/sync.ts";
import type { FinderCandidate } from "./finders.ts";
import { type GreyImage, greyAt, type Point } from "./grey.ts";
import { fitHomography, type Homography, project } from "./homography.ts";
import { quads } from "./quads.ts";

/** Where a back lies in a picture: the projection from pixels of the page (600 dpi) to pixels of the picture. */
export interface Orientation {
  readonly homography: Homography;
  readonly cellPx: CellSize;
  /** How well the rows of modules fit, −1 … 1. */
  readonly certainty: number;
  readonly mirrored: boolean;
}

/** Of 8 ways to lie and 4 modes, chance gives about .45 at best with 64 modules. */
const MIN_CERTAINTY = 0.6;

/**
 * Finds four finders (or what is left of them) that lie like ours, and by the rows of modules between them which way
 * round the page lies, whether it is mirrored, and which mode it has. Undefined when there is no back of ours.
 */
export function orient(image: GreyImage, candidates: readonly FinderCandidate[]): Orientation | undefined {
  let best: Orientation | undefined;
  for (const corners of quads(candidates)) {
    for (const { order, mirrored } of WAYS) {
      const homography = fitHomography(
        FINDER_CENTRES,
        order.map((i) => corners[i] as Point),
      );
      if (!homography) continue;
      for (const cellPx of CELL_SIZES) {
        const certainty = syncFit(image, homography, cellPx);
        if (certainty > (best?.certainty ?? MIN_CERTAINTY)) best = { homography, cellPx, certainty, mirrored };
      }
    }
    if (best && best.certainty > 0.85) break;
  }
  return best;
}

/** Corners that are listed clockwise, taken from each corner on, forwards and backwards. */
const WAYS = [0, 1, 2, 3].flatMap((first) => [
  { order: [0, 1, 2, 3].map((i) => (first + i) % 4), mirrored: false },
  { order: [0, 1, 2, 3].map((i) => (first - i + 4) % 4), mirrored: true },
]);

/** Correlation of both rows of modules with a mode's bits; one row alone may carry it when the other is stained. */
function syncFit(image: GreyImage, homography: Homography, cellPx: CellSize): number {
  const correlated = (edge: "top" | "bottom") =>
    correlation(moduleGreys(image, homography, SYNC_Y[edge]), syncBits(cellPx, edge));
  const [upper, lower] = [correlated("top"), correlated("bottom")];
  return Math.max((upper + lower) / 2, 0.9 * Math.max(upper, lower));
}

function moduleGreys(image: GreyImage, homography: Homography, middleY: number): Float64Array {
  return Float64Array.from({ length: SYNC.modules }, (_, i) => {
    let sum = 0;
    for (const dy of [-10, 0, 10]) {
      for (const dx of [-10, 0, 10]) {
        const at = project(homography, SYNC_X + (i + 0.5) * SYNC.module + dx, middleY + dy);
        sum += greyAt(image, at.x, at.y);
      }
    }
    return sum / 9;
  });
}

function correlation(greys: Float64Array, bits: Uint8Array): number {
  const mean = greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
  const share = bits.reduce((sum, bit) => sum + bit, 0) / bits.length;
  let [both, own, other] = [0, 1e-9, 1e-9];
  for (const [i, grey] of greys.entries()) {
    const [g, b] = [mean - grey, (bits[i] ?? 0) - share];
    both += g * b;
    own += g * g;
    other += b * b;
  }
  return both / Math.sqrt(own * other);
}
