import { FINDER, FINDER_CENTRES } from "../scramble/geometry.ts";
import type { FinderCandidate } from "./finders.ts";
import type { Point } from "./grey.ts";

const MAX_QUADS = 20;

interface Rated {
  readonly corners: Point[];
  readonly misfit: number;
}

const [topLeft, topRight, , bottomLeft] = FINDER_CENTRES;
const LONG = topRight.x - topLeft.x;
const SHORT = bottomLeft.y - topLeft.y;

/**
 * Where the four finders could be, corners clockwise, the most likely first: four of the candidates; three with the fourth
 * corner of their parallelogram; two with the others where a scanner, which does not slant, would have them.
 */
export function quads(candidates: readonly FinderCandidate[]): Point[][] {
  const rated: Rated[] = [];
  const most = Math.max(...candidates.map((one) => one.hits));
  const rate = (chosen: readonly FinderCandidate[], penalty: number) => {
    const corners = chosen.length === 4 ? clockwise(chosen) : withFourth(chosen);
    const misfit = corners && misfitOf(corners, chosen);
    if (corners && misfit !== undefined) rated.push({ corners, misfit: misfit + penalty + unlikeness(chosen, most) });
  };
  for (let a = 0; a < candidates.length; a++) {
    for (let b = a + 1; b < candidates.length; b++) {
      const two = [candidates[a], candidates[b]] as [FinderCandidate, FinderCandidate];
      for (const one of withTwoMore(two)) rated.push({ ...one, misfit: one.misfit + unlikeness(two, most) });
      for (let c = b + 1; c < candidates.length; c++) {
        const three = [candidates[a], candidates[b], candidates[c]] as FinderCandidate[];
        rate(three, THREE_PENALTY);
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

/** The angle between a long side and the diagonal. */
const DIAGONAL = Math.atan2(SHORT, LONG);
/** What two finders may be the ends of, how far a third one is from the first, and in which direction. */
const PAIRS = [
  { length: LONG, turn: Math.PI / 2, next: SHORT },
  { length: SHORT, turn: Math.PI / 2, next: LONG },
  { length: Math.hypot(LONG, SHORT), turn: DIAGONAL, next: LONG },
];
/** Two finders are believed when their distance is as many modules as it should be, within so much. */
const TWO_MISFIT = 0.12;
const THREE_PENALTY = 1;
const TWO_PENALTY = 1.5;

/** Two finders as the ends of a long side, of a short side or of a diagonal, with the other two on either hand. */
function withTwoMore([p, q]: readonly [FinderCandidate, FinderCandidate]): Rated[] {
  const unlike = Math.abs(Math.log(p.module / q.module));
  const modules = distance(p, q) / ((p.module + q.module) / 2);
  const rated: Rated[] = [];
  for (const { length, turn, next } of PAIRS) {
    const misfit = Math.abs(Math.log((modules * FINDER.module) / length));
    if (misfit > TWO_MISFIT) continue;
    const scale = (next / length) * distance(p, q);
    for (const hand of [turn, -turn]) {
      const angle = Math.atan2(q.y - p.y, q.x - p.x) + hand;
      const [dx, dy] = [scale * Math.cos(angle), scale * Math.sin(angle)];
      // Beside a side both others lie the same way off; beside a diagonal they lie opposite each other.
      const sign = turn === DIAGONAL ? -1 : 1;
      const corners = clockwise([p, q, { x: p.x + dx, y: p.y + dy }, { x: q.x + sign * dx, y: q.y + sign * dy }]);
      rated.push({ corners, misfit: TWO_PENALTY + misfit + unlike });
    }
  }
  return rated;
}

const distance = (p: Point, q: Point) => Math.hypot(p.x - q.x, p.y - q.y);

/**
 * Cells that look like a finder do so in a line or two: what is left of whole finders is a better guess than any with one such.
 * `most`: the hits of the best candidate there is.
 */
function unlikeness(chosen: readonly FinderCandidate[], most: number): number {
  return Math.log(most / Math.min(...chosen.map((one) => one.hits)));
}

/** How far corners and module sizes are from ours under a view that is not too slanted; undefined when too far. */
function misfitOf(corners: readonly Point[], chosen: readonly FinderCandidate[]): number | undefined {
  const sides = corners.map((p, i) => distance(p, corners[(i + 1) % 4] as Point));
  const [a = 0, b = 0, c = 0, d = 0] = sides;
  const pairs = [(a + c) / 2, (b + d) / 2].sort((p, q) => q - p);
  const [long = 0, short = 0] = pairs;
  if (short === 0) return undefined;
  const modules = chosen.map((one) => one.module);
  const module = modules.reduce((sum, one) => sum + one, 0) / modules.length;
  const terms = [
    Math.log(a / c),
    Math.log(b / d),
    Math.log(long / short / (LONG / SHORT)),
    Math.log((long + short) / module / ((LONG + SHORT) / FINDER.module)) * 2,
    Math.log(Math.max(...modules) / Math.min(...modules)),
  ].map(Math.abs);
  if (!terms.every((term) => term < 0.7)) return undefined;
  return terms.reduce((sum, term) => sum + term, 0);
}
