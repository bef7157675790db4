import { FINDER_CENTRES } from "../scramble/geometry.ts";
import type { FinderCandidate } from "./finders.ts";
import type { GreyImage, Point } from "./grey.ts";
import { fitHomography } from "./homography.ts";
import { quads } from "./quads.ts";
import { register } from "./register.ts";
import { type Orientation, syncFit } from "./sync-fit.ts";

/** Of 8 ways to lie and 4 modes, chance gives about .45 at best with 64 modules. */
const MIN_CERTAINTY = 0.6;

/**
 * Finds four finders (or two of them at least) that lie like ours, and by the rows of modules between them which way
 * round the page lies, whether it is mirrored, and which mode it has. Undefined when there is no back of ours.
 */
export function fromFinders(image: GreyImage, candidates: readonly FinderCandidate[]): Orientation | undefined {
  const best: { seen?: Orientation; mirrored?: Orientation } = {};
  for (const corners of quads(candidates)) {
    for (const { order, mirrored } of WAYS) {
      const homography = fitHomography(
        FINDER_CENTRES,
        order.map((i) => corners[i] as Point),
      );
      if (!homography) continue;
      const { certainty, cellPx } = syncFit(image, homography);
      const side = mirrored ? "mirrored" : "seen";
      if (certainty > (best[side]?.certainty ?? MIN_CERTAINTY))
        best[side] = { homography, cellPx, certainty, mirrored };
    }
  }
  const { seen, mirrored } = best;
  if (!seen || !mirrored) return seen ?? mirrored;
  if (Math.abs(seen.certainty - mirrored.certainty) > SURELY_BETTER) {
    return seen.certainty > mirrored.certainty ? seen : mirrored;
  }
  return rings(image, seen) >= rings(image, mirrored) ? seen : mirrored;
}

/**
 * Turned over about one of its rows of modules, a sheet fits that row as well. When the other is lost, the two ways differ by
 * no more than this, either being the better one, and only the rings tell.
 */
const SURELY_BETTER = 0.06;

const rings = (image: GreyImage, { homography }: Orientation) => register(image, homography).lattice.seen;

/** Corners that are listed clockwise, taken from each corner on, forwards and backwards. */
const WAYS = [0, 1, 2, 3].flatMap((first) => [
  { order: [0, 1, 2, 3].map((i) => (first + i) % 4), mirrored: false },
  { order: [0, 1, 2, 3].map((i) => (first - i + 4) % 4), mirrored: true },
]);
