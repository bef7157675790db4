import type { Bilevel } from "../bilevel/generic-region.ts";
import { type GreyImage, inverted, reduce } from "../inspect/grey.ts";
import { findSheet } from "./coarse.ts";
import { withoutAnyDots, withoutDots } from "./dots.ts";
import { refine, straightened } from "./fine.ts";
import { type InkMap, inkOfFront, inkOfScan } from "./ink.ts";
import { withoutStains } from "./stains.ts";

/** A place of the front where decoded and scanned picture differ, in millimetres from the page's top left corner. */
export interface Difference {
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  /** `characters` look otherwise, or a `blot` hides what is below it. */
  readonly kind: "characters" | "blot";
  /** Pixels at 200 dpi that are ink in one and not in the other, in the window of 2.5 mm that has most. */
  readonly pixels: number;
}

/** What comparing gives. It highlights, and never says that a front is right: that is for eyes. */
export interface Comparison {
  /** False when the scan does not show this front well enough to be laid over it; then there are no differences. */
  readonly aligned: boolean;
  readonly differences: readonly Difference[];
  /** The scan laid over the decoded front: of its size, each pixel in its place, grey on white. Only when aligned. */
  readonly straight?: GreyImage;
}

const MM_PER_PX = 25.4 / 200;
/** A longer side of a scan beyond this says nothing more about the front. */
const MAX_SIDE_PX = 3_800;
/** Fewer of the blocks found: another document, or a scan that is none of a front. */
const MIN_FOUND = 0.6;
/** How far ink may be from where it should be, in pixels at 200 dpi. */
const TOLERANCE_PX = 1;
/**
 * Less ink than this is none where there should be some; more is some where there should be none: a hairline that the front's
 * one bit lost must not count, although the ground of the deterrent text lends it ink.
 */
const MISSING_BELOW = 60;
const EXTRA_ABOVE = 170;
const WINDOW_PX = 20;
/** Fewer pixels of a window are dust, dots of a deterrent text, or a stroke that came out thin. */
const MIN_PIXELS = 6;

/** Compares a decoded front with a scan of the sheet's front, whichever way it lies. Pure; bounded by the scan's size. */
export function compareFronts(decoded: Bilevel, scan: GreyImage): Comparison {
  const nothing: Comparison = { aligned: false, differences: [] };
  if (Math.min(scan.widthPx, scan.heightPx) < 500) return nothing;
  const front = inkOfFront(decoded);
  const seen = inkOfScan(forComparing(scan));
  const clean = withoutAnyDots(seen, (200 * Math.max(seen.widthPx, seen.heightPx)) / front.heightPx);
  const rough = findSheet(front, clean);
  if (!rough) return nothing;
  const alignment = refine(front, clean, rough);
  if (alignment.found < MIN_FOUND) return nothing;
  const straight = straightened(front, seen, alignment);
  return {
    aligned: true,
    differences: differencesOf(front, straight),
    straight: inverted(straight),
  };
}

/** The best of several scans: the one on which this front lies, with the fewest differences. */
export function compareWithEach(decoded: Bilevel, scans: readonly GreyImage[]): Comparison {
  const all = scans.map((scan) => compareFronts(decoded, scan)).filter(({ aligned }) => aligned);
  const [best] = all.sort((a, b) => a.differences.length - b.differences.length);
  return best ?? { aligned: false, differences: [] };
}

/** A scan with no more pixels than comparing uses. */
export function forComparing(scan: GreyImage): GreyImage {
  return reduce(scan, Math.ceil(Math.max(scan.widthPx, scan.heightPx) / MAX_SIDE_PX));
}

/** Where they differ; below a stain through which nothing can be read, nothing is compared. */
function differencesOf(front: InkMap, straight: InkMap): Difference[] {
  const { widthPx, heightPx } = front;
  const expected = spread(front.pixels, widthPx, heightPx, (ink) => ink > 0);
  const { ink: unstained, hidden } = withoutStains(straight, expected);
  const { ink: seen, dots } = withoutDots(unstained, front);
  const present = spread(seen.pixels, widthPx, heightPx, (ink) => ink >= MISSING_BELOW);
  const differs = new Uint8Array(widthPx * heightPx);
  for (let i = 0; i < differs.length; i++) {
    if (hidden[i] === 1) continue;
    const missing = front.pixels[i] !== 0 && present[i] === 0;
    const extra = (seen.pixels[i] as number) > EXTRA_ABOVE && expected[i] === 0 && dots[i] === 0;
    if (missing || extra) differs[i] = 1;
  }
  return [
    ...marks("characters", withoutDust(differs, widthPx, heightPx), widthPx, heightPx),
    ...marks("blot", hidden, widthPx, heightPx),
  ];
}

function marks(kind: Difference["kind"], pixels: Uint8Array, widthPx: number, heightPx: number): Difference[] {
  return groups(windows(pixels, widthPx, heightPx)).map((box) => ({ ...box, kind }));
}

/** 1 wherever one of the pixels within the tolerance is ink. */
function spread(ink: Uint8Array, width: number, height: number, is: (ink: number) => boolean): Uint8Array {
  const rows = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    let last = Number.NEGATIVE_INFINITY;
    for (let x = 0; x < width + TOLERANCE_PX; x++) {
      if (x < width && is(ink[y * width + x] as number)) last = x;
      const at = x - TOLERANCE_PX;
      if (at >= 0 && last >= at - TOLERANCE_PX) rows[y * width + at] = 1;
    }
  }
  const all = new Uint8Array(width * height);
  for (let x = 0; x < width; x++) {
    let last = Number.NEGATIVE_INFINITY;
    for (let y = 0; y < height + TOLERANCE_PX; y++) {
      if (y < height && rows[y * width + x] === 1) last = y;
      const at = y - TOLERANCE_PX;
      if (at >= 0 && last >= at - TOLERANCE_PX) all[at * width + x] = 1;
    }
  }
  return all;
}

/** What is left when pixels go that have fewer than five of their square of nine: single dots, not strokes. */
function withoutDust(differs: Uint8Array, width: number, height: number): Uint8Array {
  const left = new Uint8Array(differs.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      if (differs[at] === 0) continue;
      let count = 0;
      for (let v = -1; v <= 1; v++) for (let u = -1; u <= 1; u++) count += differs[at + v * width + u] as number;
      if (count >= 5) left[at] = 1;
    }
  }
  return left;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
  pixels: number;
}

/** Windows, half of their size apart, that hold enough differing pixels. */
function windows(differs: Uint8Array, width: number, height: number): Box[] {
  const found: Box[] = [];
  const step = WINDOW_PX / 2;
  for (let top = 0; top + step <= height; top += step) {
    for (let left = 0; left + step <= width; left += step) {
      const [right, bottom] = [Math.min(width, left + WINDOW_PX), Math.min(height, top + WINDOW_PX)];
      let pixels = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) pixels += differs[y * width + x] as number;
      if (pixels >= MIN_PIXELS) found.push({ left, top, right, bottom, pixels });
    }
  }
  return found;
}

/** Windows that touch become one difference, with the pixels of its fullest window. */
function groups(boxes: readonly Box[]): Omit<Difference, "kind">[] {
  const merged: Box[] = [];
  for (const box of boxes) {
    const grown = { ...box };
    for (let i = merged.length - 1; i >= 0; i--) {
      const other = merged[i] as Box;
      const apart =
        other.left > grown.right || other.right < grown.left || other.top > grown.bottom || other.bottom < grown.top;
      if (apart) continue;
      grown.left = Math.min(grown.left, other.left);
      grown.top = Math.min(grown.top, other.top);
      grown.right = Math.max(grown.right, other.right);
      grown.bottom = Math.max(grown.bottom, other.bottom);
      grown.pixels = Math.max(grown.pixels, other.pixels);
      merged.splice(i, 1);
    }
    merged.push(grown);
  }
  return merged.map(({ left, top, right, bottom, pixels }) => ({
    xMm: round(left * MM_PER_PX),
    yMm: round(top * MM_PER_PX),
    widthMm: round((right - left) * MM_PER_PX),
    heightMm: round((bottom - top) * MM_PER_PX),
    pixels,
  }));
}

const round = (mm: number) => Math.round(10 * mm) / 10;
