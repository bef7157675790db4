import { MARK_PITCH } from "../scramble/geometry.ts";
import type { Point } from "./grey.ts";
import { accumulate, fitHomography, type Homography, solve } from "./homography.ts";
import type { RingCandidate } from "./rings.ts";

/** Rings on a lattice. Where on the sheet it begins and which way is up is open. */
export interface RingLattice {
  /** From a corner's column and row, counted from any of them and times the pitch, to the picture. */
  readonly place: Homography;
  readonly marks: readonly LatticeMark[];
}

/** A ring, and the corner of the lattice that it stands on. */
export interface LatticeMark {
  readonly column: number;
  readonly row: number;
  readonly ring: Point;
}

/** Fewer on one lattice are chance, or too few to read anything between them. */
const MIN_MARKS = 40;
/** The pitch may be so much shorter or longer than was thought. */
const PITCHES = { least: 0.84, most: 1.19, steps: 36 };
const TURNS = 90;
const SEEDS = 12;
/** How far a ring may be from its corner, in pitches; twice that while two neighbours are all that is known. */
const NEAR = 0.12;
/** The lattice grows around its seed: up to so many pitches away each time. */
const GROWTH = [1.5, 2.5, 4, 6, 9, 13, 20, 30];

/** The lattice that most of the rings lie on, its pitch about `pitchPx`. Undefined when there is none. */
export function ringLattice(rings: readonly RingCandidate[], pitchPx: number): RingLattice | undefined {
  const step = commonStep(rings, pitchPx);
  if (!step) return undefined;
  let best: RingLattice | undefined;
  for (const seed of seeds(rings, step)) {
    const grown = growAround(rings, seed, step);
    if (grown && grown.marks.length > (best?.marks.length ?? MIN_MARKS - 1)) best = grown;
  }
  return best;
}

/** From one ring to its neighbour: the step, in whichever of the four directions, that leads most often from ring to ring. */
function commonStep(rings: readonly Point[], pitchPx: number): Point | undefined {
  const { least, most, steps } = PITCHES;
  const votes = new Uint32Array(TURNS * steps);
  const size = Math.log(most / least) / steps;
  for (const [i, p] of rings.entries()) {
    for (const q of rings.slice(i + 1)) {
      const length = Math.hypot(q.x - p.x, q.y - p.y) / pitchPx;
      if (length <= least || length >= most) continue;
      const turn = Math.floor((Math.atan2(q.y - p.y, q.x - p.x) / Math.PI + 1) * 2 * TURNS) % TURNS;
      const slot = turn * steps + Math.floor(Math.log(length / least) / size);
      votes[slot] = (votes[slot] as number) + 1;
    }
  }
  let best = { count: 0, turn: 0, slot: 0 };
  for (let turn = 0; turn < TURNS; turn++) {
    for (let slot = 1; slot < steps - 1; slot++) {
      let count = 0;
      for (const v of [TURNS - 1, 0, 1]) {
        for (const u of [-1, 0, 1]) count += votes[((turn + v) % TURNS) * steps + slot + u] as number;
      }
      if (count > best.count) best = { count, turn, slot };
    }
  }
  if (best.count === 0) return undefined;
  const angle = ((best.turn + 0.5) / TURNS) * (Math.PI / 2);
  const length = pitchPx * least * Math.exp((best.slot + 0.5) * size);
  return { x: length * Math.cos(angle), y: length * Math.sin(angle) };
}

/** The rings that have most of their four neighbours. */
function seeds(rings: readonly Point[], { x, y }: Point): Point[] {
  const near = 2 * NEAR * Math.hypot(x, y);
  const rated = rings.map((ring) => {
    const places = [
      { x: ring.x + x, y: ring.y + y },
      { x: ring.x - y, y: ring.y + x },
      { x: ring.x - x, y: ring.y - y },
      { x: ring.x + y, y: ring.y - x },
    ];
    const count = places.filter((place) => rings.some((one) => Math.hypot(one.x - place.x, one.y - place.y) < near));
    return { ring, count: count.length };
  });
  return rated
    .sort((a, b) => b.count - a.count)
    .slice(0, SEEDS)
    .map(({ ring }) => ring);
}

function growAround(rings: readonly RingCandidate[], seed: Point, step: Point): RingLattice | undefined {
  const [a, b] = [step.x / MARK_PITCH, step.y / MARK_PITCH];
  let place: Affine | undefined = [a, -b, seed.x, b, a, seed.y];
  let marks: LatticeMark[] = [];
  for (const [i, reach] of GROWTH.entries()) {
    marks = onLattice(rings, place, i === 0 ? 2 * NEAR : NEAR, reach);
    place = fitAffine(marks);
    if (!place) return undefined;
  }
  const at = marks.map(({ column, row }) => ({ x: column * MARK_PITCH, y: row * MARK_PITCH }));
  const projection = fitHomography(
    at,
    marks.map(({ ring }) => ring),
  );
  return projection && { place: projection, marks };
}

/** x = a u + b v + c, y = d u + e v + f. */
type Affine = readonly [number, number, number, number, number, number];

/** The rings near a corner of the lattice, with the corner. */
function onLattice(rings: readonly RingCandidate[], [a, b, c, d, e, f]: Affine, near: number, reach: number) {
  const area = MARK_PITCH * (a * e - b * d);
  return rings.flatMap((ring): LatticeMark[] => {
    const [x, y] = [ring.x - c, ring.y - f];
    const [u, v] = [(e * x - b * y) / area, (a * y - d * x) / area];
    const [column, row] = [Math.round(u), Math.round(v)];
    const isNear = Math.hypot(u - column, v - row) < near && Math.hypot(u, v) < reach;
    return isNear ? [{ column, row, ring }] : [];
  });
}

function fitAffine(marks: readonly LatticeMark[]): Affine | undefined {
  const [across, down] = [0, 1].map((which) => {
    const normal = Array.from({ length: 3 }, () => new Float64Array(4));
    for (const { column, row, ring } of marks) {
      accumulate(normal, [column * MARK_PITCH, row * MARK_PITCH, 1], which === 0 ? ring.x : ring.y);
    }
    return solve(normal);
  });
  return across && down && ([...across, ...down] as unknown as Affine);
}
