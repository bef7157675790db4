import { FINDER_CENTRES } from "../scramble/geometry.ts";
import type { FinderCandidate } from "./finders.ts";
import type { GreyImage, Point } from "./grey.ts";
import { fitHomography } from "./homography.ts";
import { fromOneFinder } from "./one-finder.ts";
import { quads } from "./quads.ts";
import { type Orientation, syncFit } from "./sync-fit.ts";

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
      const { certainty, cellPx } = syncFit(image, homography);
      if (certainty > (best?.certainty ?? MIN_CERTAINTY)) best = { homography, cellPx, certainty, mirrored };
    }
    if (best && best.certainty > 0.85) break;
  }
  return best ?? fromOneFinder(image, candidates);
}

/** Corners that are listed clockwise, taken from each corner on, forwards and backwards. */
const WAYS = [0, 1, 2, 3].flatMap((first) => [
  { order: [0, 1, 2, 3].map((i) => (first + i) % 4), mirrored: false },
  { order: [0, 1, 2, 3].map((i) => (first - i + 4) % 4), mirrored: true },
]);
