import { PAGE_HEIGHT_PX } from "../composition/page.ts";
import { MARK_COLUMNS, MARK_PITCH, MARK_ROWS, REGION } from "../scramble/geometry.ts";
import { type GreyImage, type Point, reduce } from "./grey.ts";
import type { Homography } from "./homography.ts";
import { inspectionLimits } from "./limits.ts";
import { type LatticeMark, type RingLattice, ringLattice } from "./ring-lattice.ts";
import { findRings } from "./rings.ts";
import { type Orientation, syncFit } from "./sync-fit.ts";

/** The picture is searched at 120 to 240 dots an inch of an A4 page: a ring is 9 to 18 pixels wide. */
const SEARCH_SIDE_PX = 1400;
/** How many of the picture's longer side an A4 page is long: a page with a border, then ever smaller parts of one. */
const PAGES = [1, 0.84, 1.2, 0.7, 1.43, 1.7];
/** With less of the picture free there is no other back in it: this many would not have fitted. */
const LEAST_FREE = 0.7 / inspectionLimits.backs;
/** Rows of modules that fit less well are none: of all the ways that a lattice can lie, chance reaches about .45. */
const MIN_CERTAINTY = 0.6;
/** A place of the sheet on the lattice is tried when it has this share of the rings that the best one has. */
const NEARLY_ALL = 0.9;

/**
 * Where a back lies of which no finder need be left: the rings that are seen lie on a lattice, and the rows of modules say
 * which part of it the sheet's is and which way it lies. For sheets on a scanner, which does not slant them.
 * `isFree` leaves out what belongs to another back.
 */
export function fromRings(picture: GreyImage, isFree: (place: Point) => boolean): Orientation | undefined {
  if (shareOf(picture, isFree) < LEAST_FREE) return undefined;
  const factor = Math.max(1, Math.floor(Math.max(picture.widthPx, picture.heightPx) / SEARCH_SIDE_PX));
  const image = reduce(picture, factor);
  for (const pages of PAGES) {
    const scale = (pages * Math.max(image.widthPx, image.heightPx)) / PAGE_HEIGHT_PX;
    const rings = findRings(image, scale, ({ x, y }) => isFree({ x: x * factor, y: y * factor }));
    const lattice = ringLattice(rings, scale * MARK_PITCH);
    const found = lattice && orientationOf(picture, enlarged(lattice, factor));
    if (found) return found;
  }
  return undefined;
}

const PROBES_A_SIDE = 32;

function shareOf({ widthPx, heightPx }: GreyImage, isFree: (place: Point) => boolean): number {
  let free = 0;
  for (let i = 0; i < PROBES_A_SIDE ** 2; i++) {
    const [column, row] = [i % PROBES_A_SIDE, Math.floor(i / PROBES_A_SIDE)];
    const x = ((column + 0.5) * widthPx) / PROBES_A_SIDE;
    if (isFree({ x, y: ((row + 0.5) * heightPx) / PROBES_A_SIDE })) free += 1;
  }
  return free / PROBES_A_SIDE ** 2;
}

function enlarged({ place, marks }: RingLattice, factor: number): RingLattice {
  const [a, b, c, d, e, f, g, h] = place;
  return { place: [a * factor, b * factor, c * factor, d * factor, e * factor, f * factor, g, h], marks };
}

function orientationOf(picture: GreyImage, { place, marks }: RingLattice): Orientation | undefined {
  let best: Orientation | undefined;
  for (const lie of LIES) {
    for (const origin of origins(marks, lie)) {
      const homography = placed(place, lie, origin);
      const { certainty, cellPx } = syncFit(picture, homography);
      const mirrored = lie.xx * lie.yy - lie.xy * lie.yx < 0;
      if (certainty > (best?.certainty ?? MIN_CERTAINTY)) best = { homography, cellPx, certainty, mirrored };
    }
  }
  return best;
}

/** How the sheet's columns and rows run along the lattice's: each of the four numbers is −1, 0 or 1. */
interface Lie {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** Four quarter turns, of the sheet and of its mirror image. */
const LIES: readonly Lie[] = [
  { xx: 1, xy: 0, yx: 0, yy: 1 },
  { xx: 0, xy: -1, yx: 1, yy: 0 },
  { xx: -1, xy: 0, yx: 0, yy: -1 },
  { xx: 0, xy: 1, yx: -1, yy: 0 },
].flatMap((lie) => [lie, { ...lie, xx: -lie.xx, yx: -lie.yx }]);

/** Where on the lattice the sheet's first ring may stand, so that nearly all of the rings are on the sheet. */
function origins(marks: readonly LatticeMark[], { xx, xy, yx, yy }: Lie): Point[] {
  const on = marks.map(({ column, row }) => ({ x: xx * column + yx * row, y: xy * column + yy * row }));
  const [columns, rows] = [on.map(({ x }) => x), on.map(({ y }) => y)];
  const tried: { readonly x: number; readonly y: number; readonly count: number }[] = [];
  for (let y = Math.min(...rows) - MARK_ROWS + 1; y <= Math.max(...rows); y++) {
    for (let x = Math.min(...columns) - MARK_COLUMNS + 1; x <= Math.max(...columns); x++) {
      const inside = on.filter((at) => at.x >= x && at.x < x + MARK_COLUMNS && at.y >= y && at.y < y + MARK_ROWS);
      tried.push({ x, y, count: inside.length });
    }
  }
  const most = Math.max(...tried.map(({ count }) => count));
  const likely = tried.filter(({ count }) => count >= NEARLY_ALL * most);
  return likely.map(({ x, y }) => ({ x: xx * x + xy * y, y: yx * x + yy * y }));
}

/** From the page to the lattice, on which the sheet lies so and begins there, and on to the picture. */
function placed([a, b, c, d, e, f, g, h]: Homography, { xx, xy, yx, yy }: Lie, origin: Point): Homography {
  const u = origin.x * MARK_PITCH - xx * REGION.x - xy * REGION.y;
  const v = origin.y * MARK_PITCH - yx * REGION.x - yy * REGION.y;
  const last = g * u + h * v + 1;
  const numbers = [
    [a * xx + b * yx, a * xy + b * yy, a * u + b * v + c],
    [d * xx + e * yx, d * xy + e * yy, d * u + e * v + f],
    [g * xx + h * yx, g * xy + h * yy],
  ];
  return numbers.flat().map((number) => number / last) as unknown as Homography;
}
