import { CELL_SIZES, type CellSize, FINDER, FINDER_CENTRES, SYNC, SYNC_X, SYNC_Y } from "../scramble/geometry.ts";
import { syncBits } from "../scramble/sync.ts";
import type { FinderCandidate } from "./finders.ts";
import { type GreyImage, greyAt, type Point } from "./grey.ts";
import { fitHomography, type Homography, project } from "./homography.ts";

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
const MAX_QUADS = 12;

/**
 * Finds four finders (or three, one being lost) that lie like ours, and by the rows of modules between them which way
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

const [topLeft, topRight, , bottomLeft] = FINDER_CENTRES;
const LONG = topRight.x - topLeft.x;
const SHORT = bottomLeft.y - topLeft.y;

/** Fours of candidates that could be ours, the most likely first; threes with their fourth corner behind them. */
function quads(candidates: readonly FinderCandidate[]): Point[][] {
  const rated: { corners: Point[]; misfit: number }[] = [];
  const rate = (chosen: readonly FinderCandidate[], penalty: number) => {
    const corners = chosen.length === 4 ? clockwise(chosen) : withFourth(chosen);
    const misfit = corners && misfitOf(corners, chosen);
    if (corners && misfit !== undefined) rated.push({ corners, misfit: misfit + penalty });
  };
  for (let a = 0; a < candidates.length; a++) {
    for (let b = a + 1; b < candidates.length; b++) {
      for (let c = b + 1; c < candidates.length; c++) {
        const three = [candidates[a], candidates[b], candidates[c]] as FinderCandidate[];
        rate(three, 1);
        for (const fourth of candidates.slice(c + 1)) rate([...three, fourth], 0);
      }
    }
  }
  return rated
    .sort((p, q) => p.misfit - q.misfit)
    .slice(0, MAX_QUADS)
    .map(({ corners }) => corners);
}

function clockwise(points: readonly Point[]): Point[] {
  const x = points.reduce((sum, p) => sum + p.x, 0) / points.length;
  const y = points.reduce((sum, p) => sum + p.y, 0) / points.length;
  return [...points].sort((p, q) => Math.atan2(p.y - y, p.x - x) - Math.atan2(q.y - y, q.x - x));
}

/** Three corners of a parallelogram and the fourth: the one at the widest angle has it opposite. */
function withFourth(three: readonly Point[]): Point[] | undefined {
  const [a, b, c] = three;
  if (!a || !b || !c) return undefined;
  const squares = [
    [distance(b, c), a, b, c],
    [distance(a, c), b, a, c],
    [distance(a, b), c, a, b],
  ] as const;
  const [, corner, p, q] = squares.reduce((most, one) => (one[0] > most[0] ? one : most));
  return clockwise([a, b, c, { x: p.x + q.x - corner.x, y: p.y + q.y - corner.y }]);
}

const distance = (p: Point, q: Point) => Math.hypot(p.x - q.x, p.y - q.y);

/** How far corners and module sizes are from ours under a view that is not too slanted; undefined when too far. */
function misfitOf(corners: readonly Point[], chosen: readonly FinderCandidate[]): number | undefined {
  const sides = corners.map((p, i) => distance(p, corners[(i + 1) % 4] as Point));
  const [a = 0, b = 0, c = 0, d = 0] = sides;
  const pairs = [(a + c) / 2, (b + d) / 2].sort((p, q) => q - p);
  const [long = 0, short = 0] = pairs;
  if (short === 0) return undefined;
  const modules = chosen.map((one) => one.module);
  const hits = chosen.map((one) => one.hits);
  const module = modules.reduce((sum, one) => sum + one, 0) / modules.length;
  const terms = [
    Math.log(a / c),
    Math.log(b / d),
    Math.log(long / short / (LONG / SHORT)),
    Math.log((long + short) / module / ((LONG + SHORT) / FINDER.module)) * 2,
    Math.log(Math.max(...modules) / Math.min(...modules)),
  ].map(Math.abs);
  if (!terms.every((term) => term < 0.7)) return undefined;
  // Cells that look like a finder do so in a line or two: three whole finders are a better guess than those and one of them.
  const unlike = Math.log(Math.max(...hits) / Math.min(...hits)) / 2;
  return terms.reduce((sum, term) => sum + term, unlike);
}

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
