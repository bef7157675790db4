import { FINDER, FINDER_CENTRES } from "../scramble/geometry.ts";
import type { FinderCandidate } from "./finders.ts";
import type { GreyImage, Point } from "./grey.ts";
import type { Homography } from "./homography.ts";
import { type Orientation, roughSyncFit, syncFit } from "./sync-fit.ts";

/** Fewer lines than a whole finder has at the coarsest are chance. */
const MIN_HITS = 5;
const MOST_CANDIDATES = 3;
/** A finder's module tells the scale about so well, a scanner's glass the angle; with wider steps the rows' far ends are missed. */
const SCALE_STEP = 0.009;
const ANGLE_STEP = (0.45 * Math.PI) / 180;
const SCALES = around(6 * SCALE_STEP, SCALE_STEP);
const ANGLES = around(13 * ANGLE_STEP, ANGLE_STEP);
/** So many tries look like rows of modules by chance up to about .55; beyond this, not in a million. */
const MIN_CERTAINTY = 0.7;
/** Of so many of the best tries the neighbourhood is looked at. */
const REFINED = 12;
const REFINEMENTS = [1, 0.5, 0.25, 0.12];

/** How a sheet without slant lies around its one finder. */
interface Guess {
  readonly finder: FinderCandidate;
  /** Which of the four it is. */
  readonly corner: Point;
  readonly mirrored: boolean;
  readonly angle: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/**
 * Where a back lies of which one finder is left, the others hidden by stains or cut off: its module tells the scale and its
 * place one corner; all angles and which corner it is are tried, and the rows of modules say which it was. For sheets on a
 * scanner, which does not slant them.
 */
export function fromOneFinder(image: GreyImage, candidates: readonly FinderCandidate[]): Orientation | undefined {
  const likely = candidates.filter(({ hits }) => hits >= MIN_HITS).slice(0, MOST_CANDIDATES);
  const tried: { readonly guess: Guess; readonly certainty: number }[] = [];
  for (const guess of likely.flatMap((finder) => [...guessesOf(finder)])) {
    const { certainty } = roughSyncFit(image, homographyOf(guess));
    if (tried.length < REFINED || certainty > (tried.at(-1)?.certainty ?? 0)) {
      tried.push({ guess, certainty });
      tried.sort((a, b) => b.certainty - a.certainty).splice(REFINED);
    }
  }
  let best: Orientation | undefined;
  for (const { guess } of tried) {
    const found = refined(image, guess);
    if (found.certainty > (best?.certainty ?? MIN_CERTAINTY)) best = found;
  }
  return best;
}

function* guessesOf(finder: FinderCandidate): Generator<Guess> {
  const scale = finder.module / FINDER.module;
  for (const corner of FINDER_CENTRES) {
    for (const mirrored of [false, true]) {
      for (const quarter of [0, 1, 2, 3]) {
        for (const off of ANGLES) {
          const angle = (quarter * Math.PI) / 2 + off;
          for (const more of SCALES) {
            const size = scale * (1 + more);
            yield { finder, corner, mirrored, angle, scaleX: size, scaleY: size };
          }
        }
      }
    }
  }
}

function homographyOf({ finder, corner, mirrored, angle, scaleX, scaleY }: Guess): Homography {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const across = mirrored ? -scaleX : scaleX;
  const [a, b, d, e] = [across * cos, -scaleY * sin, across * sin, scaleY * cos];
  return [a, b, finder.x - a * corner.x - b * corner.y, d, e, finder.y - d * corner.x - e * corner.y, 0, 0];
}

/** Goes on to the best neighbour, in smaller and smaller steps. */
function refined(image: GreyImage, first: Guess): Orientation {
  const rated = (guess: Guess) => ({ guess, ...syncFit(image, homographyOf(guess)) });
  let best = rated(first);
  for (const step of REFINEMENTS) {
    for (let better = true; better; ) {
      const { guess } = best;
      const [turn, stretch] = [step * ANGLE_STEP, step * SCALE_STEP];
      const near = [-1, 1].flatMap((way): Guess[] => [
        { ...guess, angle: guess.angle + way * turn },
        { ...guess, scaleX: guess.scaleX * (1 + way * stretch) },
        { ...guess, scaleY: guess.scaleY * (1 + way * stretch) },
      ]);
      const [next] = near.map(rated).sort((a, b) => b.certainty - a.certainty);
      better = next !== undefined && next.certainty > best.certainty + 1e-6;
      if (better && next) best = next;
    }
  }
  const { guess, certainty, cellPx } = best;
  return { homography: homographyOf(guess), cellPx, certainty, mirrored: guess.mirrored };
}

/** Numbers from −`reach` to `reach`, a step apart. */
function around(reach: number, step: number): number[] {
  const count = Math.round(reach / step);
  return Array.from({ length: 2 * count + 1 }, (_, i) => (i - count) * step);
}
