import { MARK_PITCH, RING } from "../scramble/geometry.ts";
import type { GreyImage, Point } from "./grey.ts";

/** A place that looks like a ring mark, and how much darker the ring is than what is in and around it, in grey values. */
export interface RingCandidate extends Point {
  readonly contrast: number;
}

/** Less is noise of paper. */
const MIN_CONTRAST = 12;
/** More than there are rings on two sheets: cells that look like rings are among them, but never better than rings. */
const MOST = 600;
/** Of each square only the best place is kept. Its side in pitches of the lattice: two rings are never so near. */
const SQUARE = 0.4;

/**
 * The places that look most like rings, for a sheet of which a pixel of the page (600 dpi) is `scale` pixels of the picture,
 * right to about a seventh; `isOfInterest` leaves places out.
 */
export function findRings(image: GreyImage, scale: number, isOfInterest: (place: Point) => boolean): RingCandidate[] {
  const { widthPx, heightPx } = image;
  const contrast = contrasts(image, scale, isOfInterest);
  const peaks: number[] = [];
  for (let y = 1; y < heightPx - 1; y++) {
    for (let x = 1, at = y * widthPx + 1; x < widthPx - 1; x++, at++) {
      const own = contrast[at] as number;
      if (own >= MIN_CONTRAST && isPeak(contrast, at, widthPx)) peaks.push(at);
    }
  }
  peaks.sort((a, b) => (contrast[b] as number) - (contrast[a] as number));
  const taken = new Set<number>();
  const side = SQUARE * MARK_PITCH * scale;
  const columns = Math.ceil(widthPx / side);
  const found: RingCandidate[] = [];
  for (const at of peaks) {
    if (found.length === MOST) break;
    const [x, y] = [(at % widthPx) + 0.5, Math.floor(at / widthPx) + 0.5];
    const square = Math.floor(y / side) * columns + Math.floor(x / side);
    if (taken.has(square)) continue;
    taken.add(square);
    found.push({ x, y, contrast: contrast[at] as number });
  }
  return found;
}

function isPeak(values: Float32Array, at: number, width: number): boolean {
  const own = values[at] as number;
  for (let v = -1; v <= 1; v++) {
    for (let u = -1; u <= 1; u++) if ((values[at + v * width + u] as number) > own) return false;
  }
  return true;
}

/** Of every place: how much darker a ring around it is than what is in and around that; 0 where it is not, or near the border. */
function contrasts(image: GreyImage, scale: number, isOfInterest: (place: Point) => boolean): Float32Array {
  const { widthPx, heightPx, pixels } = image;
  const radius = (scale * (RING.outerRadius + RING.innerRadius)) / 2;
  const [ring, white] = [circle(widthPx, radius), [0, ...circle(widthPx, scale * WHITE_AROUND)]];
  const [side, below] = [Math.round(radius), Math.round(radius) * widthPx];
  const border = Math.ceil(scale * WHITE_AROUND) + 1;
  const values = new Float32Array(widthPx * heightPx);
  for (let y = border; y < heightPx - border; y++) {
    for (let x = border, at = y * widthPx + x; x < widthPx - border; x++, at++) {
      const middle = (pixels[at] as number) - MIN_CONTRAST;
      // Most places are none of a ring's middle; four pixels tell.
      if ((pixels[at - side] as number) > middle || (pixels[at + side] as number) > middle) continue;
      if ((pixels[at - below] as number) > middle || (pixels[at + below] as number) > middle) continue;
      let [black, light] = [0, 0];
      for (let i = 0; i < ring.length; i++) black += pixels[at + (ring[i] as number)] as number;
      for (let i = 0; i < white.length; i++) light += pixels[at + (white[i] as number)] as number;
      const value = light / white.length - black / ring.length;
      if (value >= MIN_CONTRAST && isOfInterest({ x, y })) values[at] = value;
    }
  }
  return values;
}

/** In the middle of the white that surrounds a ring, in pixels of the page. */
const WHITE_AROUND = 26;

/** The pixels of a circle, as steps through a picture of this width; each once. */
function circle(widthPx: number, radius: number): number[] {
  const count = Math.max(8, Math.round(2 * Math.PI * radius));
  const steps = Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * (i + 0.5)) / count;
    return Math.round(radius * Math.sin(angle)) * widthPx + Math.round(radius * Math.cos(angle));
  });
  return [...new Set(steps)];
}
