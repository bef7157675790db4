import { MARK_COLUMNS, MARK_PITCH, MARK_ROWS, REGION, RING } from "../scramble/geometry.ts";
import { type GreyImage, greyAt, type Point } from "./grey.ts";
import { fitHomography, type Homography, project } from "./homography.ts";

/** Where the corners of the lattice of marks lie in the picture, row by row, and how many of the rings were seen. */
export interface Lattice {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly seen: number;
}

const COUNT = MARK_COLUMNS * MARK_ROWS;
/** Search around the expected place, in pixels of the page: first for what the finders leave open, then for the warp. */
const WIDE = { reach: 20, step: 4 };
const NARROW = { reach: 9, step: 3 };
const FINE = { reach: 2, step: 1 };
/** A ring is believed when its contrast is this share of the usual one, and its place near that of its neighbours. */
const MIN_CONTRAST = 0.45;
const MAX_JUMP = 6;

/**
 * Measures every ring around its expected place and makes a smooth lattice of them: rings that are lost or out of line
 * take their place from their neighbours. Paper feed, warp and what a projection leaves over are in it.
 */
export function register(image: GreyImage, first: Homography): { lattice: Lattice; homography: Homography } {
  const wide = measureAll(image, first, WIDE);
  const believed = inLine(wide);
  const homography = refit(first, wide, believed) ?? first;
  const marks = measureAll(image, homography, NARROW);
  const good = inLine(marks);
  const x = marks.map((mark) => mark.dx);
  const y = marks.map((mark) => mark.dy);
  fill(x, good);
  fill(y, good);
  const [dx, dy] = [smooth(x), smooth(y)];
  const lattice = {
    x: new Float64Array(COUNT),
    y: new Float64Array(COUNT),
    seen: good.reduce((sum, one) => sum + (one ? 1 : 0), 0),
  };
  for (let i = 0; i < COUNT; i++) {
    const page = pagePlace(i);
    const at = project(homography, page.x + (dx[i] as number), page.y + (dy[i] as number));
    lattice.x[i] = at.x;
    lattice.y[i] = at.y;
  }
  return { lattice, homography };
}

function pagePlace(index: number): Point {
  return {
    x: REGION.x + (index % MARK_COLUMNS) * MARK_PITCH,
    y: REGION.y + Math.floor(index / MARK_COLUMNS) * MARK_PITCH,
  };
}

/** A ring's displacement in pixels of the page, and its contrast in grey values. */
interface Mark {
  readonly dx: number;
  readonly dy: number;
  readonly contrast: number;
}

/** Places of the ring and of the white in and around it, relative to its centre. */
const PROBES = (() => {
  const circle = (radius: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const angle = (2 * Math.PI * (i + 0.5)) / count;
      return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
    });
  const ring = circle((RING.outerRadius + RING.innerRadius) / 2, 16);
  const white = [{ x: 0, y: 0 }, ...circle(4, 5), ...circle(26, 14)];
  return { ring, white };
})();

function measureAll(image: GreyImage, homography: Homography, search: { reach: number; step: number }): Mark[] {
  return Array.from({ length: COUNT }, (_, i) => measure(image, homography, pagePlace(i), search));
}

function measure(image: GreyImage, h: Homography, page: Point, search: { reach: number; step: number }): Mark {
  const at = project(h, page.x, page.y);
  const right = project(h, page.x + 1, page.y);
  const down = project(h, page.x, page.y + 1);
  const [ax, ay, bx, by] = [right.x - at.x, right.y - at.y, down.x - at.x, down.y - at.y];
  const probe = (px: number, py: number) => greyAt(image, at.x + ax * px + bx * py, at.y + ay * px + by * py);
  const contrastAt = (dx: number, dy: number) => {
    let [black, white] = [0, 0];
    for (const p of PROBES.ring) black += probe(p.x + dx, p.y + dy);
    for (const p of PROBES.white) white += probe(p.x + dx, p.y + dy);
    return white / PROBES.white.length - black / PROBES.ring.length;
  };
  let best = { dx: 0, dy: 0, contrast: Number.NEGATIVE_INFINITY };
  const around = (centre: { dx: number; dy: number }, { reach, step }: { reach: number; step: number }) => {
    for (let dy = -reach; dy <= reach; dy += step) {
      for (let dx = -reach; dx <= reach; dx += step) {
        const contrast = contrastAt(centre.dx + dx, centre.dy + dy);
        if (contrast > best.contrast) best = { dx: centre.dx + dx, dy: centre.dy + dy, contrast };
      }
    }
  };
  around({ dx: 0, dy: 0 }, search);
  around({ dx: best.dx, dy: best.dy }, FINE);
  const vertex = (before: number, after: number) => {
    const bend = before - 2 * best.contrast + after;
    return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
  };
  const { dx, dy, contrast } = best;
  return {
    dx: dx + vertex(contrastAt(dx - 1, dy), contrastAt(dx + 1, dy)),
    dy: dy + vertex(contrastAt(dx, dy - 1), contrastAt(dx, dy + 1)),
    contrast,
  };
}

/** Which rings were seen where their neighbours let them be expected. */
function inLine(marks: readonly Mark[]): boolean[] {
  const usual = median(marks.map((mark) => mark.contrast));
  const clear = marks.map((mark) => mark.contrast > MIN_CONTRAST * usual);
  return marks.map((mark, i) => {
    if (!clear[i]) return false;
    const near = around(i, 2).filter((n) => clear[n]);
    if (near.length < 3) return false;
    const mx = median(near.map((n) => (marks[n] as Mark).dx));
    const my = median(near.map((n) => (marks[n] as Mark).dy));
    return Math.hypot(mark.dx - mx, mark.dy - my) <= MAX_JUMP;
  });
}

function refit(h: Homography, marks: readonly Mark[], believed: readonly boolean[]): Homography | undefined {
  const from: Point[] = [];
  const to: Point[] = [];
  for (const [i, mark] of marks.entries()) {
    if (!believed[i]) continue;
    const page = pagePlace(i);
    from.push(page);
    to.push(project(h, page.x + mark.dx, page.y + mark.dy));
  }
  return from.length >= 12 ? fitHomography(from, to) : undefined;
}

/** Neighbours within a number of marks in both directions. */
function around(index: number, reach: number): number[] {
  const [row, column] = [Math.floor(index / MARK_COLUMNS), index % MARK_COLUMNS];
  const near: number[] = [];
  for (let r = Math.max(0, row - reach); r <= Math.min(MARK_ROWS - 1, row + reach); r++) {
    for (let c = Math.max(0, column - reach); c <= Math.min(MARK_COLUMNS - 1, column + reach); c++) {
      if (r !== row || c !== column) near.push(r * MARK_COLUMNS + c);
    }
  }
  return near;
}

/** Gives lost marks the mean of those around them, from the borders of what was seen inwards. */
function fill(values: number[], seen: readonly boolean[]): void {
  const known = [...seen];
  for (let left = known.filter((one) => !one).length; left > 0; ) {
    const now = known.flatMap((one, i) => (one ? [] : [[i, around(i, 1).filter((n) => known[n])] as const]));
    const reached = now.filter(([, near]) => near.length > 0);
    if (reached.length === 0) {
      for (const [i] of now) values[i] = 0;
      return;
    }
    const filled = reached.map(
      ([i, near]) => [i, near.reduce((sum, n) => sum + (values[n] as number), 0) / near.length] as const,
    );
    for (const [i, value] of filled) {
      values[i] = value;
      known[i] = true;
    }
    left -= filled.length;
  }
}

/** Half of each mark's own place, half of what the line through its opposite neighbours says. */
function smooth(values: readonly number[]): number[] {
  return values.map((own, i) => {
    const [row, column] = [Math.floor(i / MARK_COLUMNS), i % MARK_COLUMNS];
    const lines: number[] = [];
    if (column > 0 && column < MARK_COLUMNS - 1)
      lines.push(((values[i - 1] as number) + (values[i + 1] as number)) / 2);
    if (row > 0 && row < MARK_ROWS - 1) {
      lines.push(((values[i - MARK_COLUMNS] as number) + (values[i + MARK_COLUMNS] as number)) / 2);
    }
    if (lines.length === 0) return own;
    return 0.5 * own + (0.5 * lines.reduce((sum, one) => sum + one, 0)) / lines.length;
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
