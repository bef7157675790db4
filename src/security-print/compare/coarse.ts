import { fitHomography, type Homography } from "../inspect/homography.ts";
import { type InkMap, shrunk } from "./ink.ts";

/** Width of the maps in which the sheet's place is looked for: about 12 dpi. */
const COARSE_PX = 104;
const ROTATIONS_DEG = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
const SCALES = [0.94, 0.97, 1, 1.03, 1.06];
const SHIFT_PX = 8;
/** Every second cell in both directions says enough. */
const STEP = 2;

interface Candidate {
  readonly score: number;
  readonly place: Homography;
}

/**
 * Where the front lies in the scan, roughly: upright or turned by quarters, skewed by a few degrees, somewhat larger or
 * smaller, moved by a tenth of the sheet. Undefined when nothing fits better than chance.
 */
export function findSheet(front: InkMap, scan: InkMap): Homography | undefined {
  const rows = Math.round((COARSE_PX * front.heightPx) / front.widthPx);
  const reference = shrunk(front, COARSE_PX, rows);
  const weights = centred(reference);
  const landscape = scan.widthPx > scan.heightPx;
  let best: Candidate | undefined;
  for (const quarter of landscape ? [1, 3] : [0, 2]) {
    const small = landscape ? shrunk(scan, rows, COARSE_PX) : shrunk(scan, COARSE_PX, rows);
    for (const degrees of ROTATIONS_DEG) {
      for (const scale of SCALES) {
        const found = bestShift(weights, reference, small, turn(quarter, degrees, scale, reference, small));
        if (!best || found.score > best.score)
          best = { score: found.score, place: fullSize(found, front, scan, reference, small) };
      }
    }
  }
  return best && best.score > 0 ? best.place : undefined;
}

/** Ink above or below the mean: what is white counts against ink as much as ink counts for it. */
function centred({ pixels }: InkMap): Float32Array {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / Math.max(1, pixels.length);
  return Float32Array.from(pixels, (value) => value - mean);
}

interface Turn {
  readonly cos: number;
  readonly sin: number;
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
}

/** Turns the reference about its middle onto the middle of the scan. */
function turn(quarter: number, degrees: number, scale: number, from: InkMap, to: InkMap): Turn {
  const angle = ((quarter * 90 + degrees) * Math.PI) / 180;
  return {
    cos: scale * Math.cos(angle),
    sin: scale * Math.sin(angle),
    fromX: from.widthPx / 2,
    fromY: from.heightPx / 2,
    toX: to.widthPx / 2,
    toY: to.heightPx / 2,
  };
}

interface Shifted {
  readonly score: number;
  readonly turn: Turn;
  readonly dx: number;
  readonly dy: number;
}

function bestShift(weights: Float32Array, reference: InkMap, scan: InkMap, how: Turn): Shifted {
  const places: number[] = [];
  const values: number[] = [];
  for (let y = 0; y < reference.heightPx; y += STEP) {
    for (let x = 0; x < reference.widthPx; x += STEP) {
      const { cos, sin, fromX, fromY, toX, toY } = how;
      const [u, v] = [x + 0.5 - fromX, y + 0.5 - fromY];
      places.push(Math.floor(cos * u - sin * v + toX), Math.floor(sin * u + cos * v + toY));
      values.push(weights[y * reference.widthPx + x] as number);
    }
  }
  let best: Shifted = { score: Number.NEGATIVE_INFINITY, turn: how, dx: 0, dy: 0 };
  for (let dy = -SHIFT_PX; dy <= SHIFT_PX; dy++) {
    for (let dx = -SHIFT_PX; dx <= SHIFT_PX; dx++) {
      let score = 0;
      for (let i = 0; i < values.length; i++) {
        const x = (places[2 * i] as number) + dx;
        const y = (places[2 * i + 1] as number) + dy;
        if (x < 0 || y < 0 || x >= scan.widthPx || y >= scan.heightPx) continue;
        score += (values[i] as number) * (scan.pixels[y * scan.widthPx + x] as number);
      }
      if (score > best.score) best = { score, turn: how, dx, dy };
    }
  }
  return best;
}

/** The same place between the maps at their full sizes. */
function fullSize(found: Shifted, front: InkMap, scan: InkMap, small: InkMap, smallScan: InkMap): Homography {
  const { cos, sin, fromX, fromY, toX, toY } = found.turn;
  const corners = [
    { x: 0, y: 0 },
    { x: small.widthPx, y: 0 },
    { x: small.widthPx, y: small.heightPx },
    { x: 0, y: small.heightPx },
  ];
  const from = corners.map(({ x, y }) => ({
    x: (x * front.widthPx) / small.widthPx,
    y: (y * front.heightPx) / small.heightPx,
  }));
  const to = corners.map(({ x, y }) => ({
    x: ((cos * (x - fromX) - sin * (y - fromY) + toX + found.dx) * scan.widthPx) / smallScan.widthPx,
    y: ((sin * (x - fromX) + cos * (y - fromY) + toY + found.dy) * scan.heightPx) / smallScan.heightPx,
  }));
  return fitHomography(from, to) as Homography;
}
