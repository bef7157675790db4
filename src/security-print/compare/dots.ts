import { letterDots } from "../deterrent/steps.ts";
import type { InkMap } from "./ink.ts";

/** Ink from which a pixel belongs to something. */
const SOMETHING = 60;
/** Ink that no dot of the ground reaches. */
const BLACK = 120;
/** What is no wider and no higher than this at 200 dpi is a dot: of the deterrent text, of dirt, or of the writing itself. */
const DOT_PX = 5;
/** A dot of the writing may lie so far from where it should. */
const NEAR_PX = 2;
/** Pixels of the page at 600 dpi in one of the front's at 200. */
const PAGE_PX = 3;
/** By so much a printed dot is larger than in the data, or lies elsewhere. */
const DOT_MARGIN_PX = 0.5;

/** A scan without anything that is no larger than a dot; `dpi` is about that of the scan. For finding where the front lies. */
export function withoutAnyDots(scan: InkMap, dpi: number): InkMap {
  const pixels = scan.pixels.slice();
  for (const dot of dotsOf(scan, (DOT_PX * dpi) / 200)) for (const at of dot) pixels[at] = 0;
  return { ...scan, pixels };
}

/** A scan laid over its front, and what of it is known to be no writing. */
export interface Undotted {
  /** Without the dots that the front does not have: those of the deterrent text would hide that a stroke is gone. */
  readonly ink: InkMap;
  /** 1 where the deterrent text has one of its large dots: ink there means nothing, also where it touches a stroke. */
  readonly dots: Uint8Array;
}

/** Takes the deterrent text's dots out of a scan that lies over its front. A dot stays where the front has one too. */
export function withoutDots(seen: InkMap, front: InkMap): Undotted {
  const { widthPx, heightPx } = seen;
  const written = new Uint8Array(widthPx * heightPx);
  for (const dot of dotsOf(front, DOT_PX)) {
    for (const at of dot) {
      const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
      fill(written, widthPx, { left: x - NEAR_PX, top: y - NEAR_PX, right: x + NEAR_PX, bottom: y + NEAR_PX });
    }
  }
  const pixels = seen.pixels.slice();
  const gone = new Uint8Array(widthPx * heightPx);
  for (const dot of dotsOf(seen, DOT_PX)) {
    if (dot.some((at) => written[at] === 1)) continue;
    const black = dot.some((at) => (pixels[at] as number) >= BLACK);
    for (const at of dot) {
      pixels[at] = 0;
      if (black) gone[at] = 1;
    }
  }
  return { ink: { ...seen, pixels }, dots: letterDotsNear(gone, widthPx, heightPx) };
}

/**
 * The places of the letters' dots, the same at every step of the calibration, that have a dot which was found or stand beside
 * one: there the deterrent text is printed, and its other dots are hidden under writing.
 */
function letterDotsNear(found: Uint8Array, widthPx: number, heightPx: number): Uint8Array {
  const { pitchX, pitchY } = letterDots.front;
  const columns = Math.ceil((widthPx * PAGE_PX) / pitchX);
  const rows = Math.ceil((heightPx * PAGE_PX) / pitchY);
  const boxes = Array.from({ length: columns * rows }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return dotBox((column + (row % 2) / 2) * pitchX, row * pitchY);
  });
  const seen = boxes.map(({ left, top, right, bottom }) => {
    for (let y = Math.max(0, top); y <= Math.min(heightPx - 1, bottom); y++) {
      for (let x = Math.max(0, left); x <= Math.min(widthPx - 1, right); x++)
        if (found[y * widthPx + x] === 1) return true;
    }
    return false;
  });
  const near = withNeighbours(seen, columns);
  const places = new Uint8Array(widthPx * heightPx);
  for (const [i, box] of boxes.entries()) if (near[i]) fill(places, widthPx, box);
  return places;
}

/** True also for the six places around one that is true; every second row is moved by half a place. */
function withNeighbours(places: readonly boolean[], columns: number): boolean[] {
  return places.map((_, i) => {
    const beside = Math.floor(i / columns) % 2 === 0 ? [-1, 0] : [0, 1];
    const around = [0, -1, 1, ...beside.flatMap((x) => [x - columns, x + columns])];
    return around.some((other) => places[i + other]);
  });
}

/** The pixels at 200 dpi of a letters' dot whose corner lies at this place of the page at 600 dpi. */
function dotBox(x: number, y: number): Box {
  const from = (at: number) => Math.floor(at / PAGE_PX - DOT_MARGIN_PX);
  const to = (at: number) => Math.ceil((at + letterDots.front.sizePx) / PAGE_PX + DOT_MARGIN_PX) - 1;
  return { left: from(x), top: from(y), right: to(x), bottom: to(y) };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** 1 in a rectangle, its last line and column included, as far as it lies in the map. */
function fill(map: Uint8Array, widthPx: number, { left, top, right, bottom }: Box): void {
  const heightPx = map.length / widthPx;
  for (let y = Math.max(0, top); y <= Math.min(heightPx - 1, bottom); y++) {
    map.fill(1, y * widthPx + Math.max(0, left), y * widthPx + Math.min(widthPx, right + 1));
  }
}

/** Everything that hangs together (by sides or corners) and is at most so wide and high, as places in the map. */
function* dotsOf({ widthPx, heightPx, pixels }: InkMap, most: number): Generator<readonly number[]> {
  const met = new Uint8Array(pixels.length);
  const found = new Int32Array(pixels.length);
  for (let start = 0; start < pixels.length; start++) {
    if (met[start] === 1 || (pixels[start] as number) < SOMETHING) continue;
    let count = 1;
    const top = Math.floor(start / widthPx);
    let [left, right, bottom] = [start % widthPx, start % widthPx, top];
    found[0] = start;
    met[start] = 1;
    for (let next = 0; next < count; next++) {
      const at = found[next] as number;
      const x = at % widthPx;
      [left, right, bottom] = [Math.min(left, x), Math.max(right, x), Math.max(bottom, Math.floor(at / widthPx))];
      for (let v = -1; v <= 1; v++) {
        const line = at - x + v * widthPx;
        if (line < 0 || line >= widthPx * heightPx) continue;
        for (let u = Math.max(0, x - 1); u <= Math.min(widthPx - 1, x + 1); u++) {
          const other = line + u;
          if (met[other] === 1 || (pixels[other] as number) < SOMETHING) continue;
          met[other] = 1;
          found[count] = other;
          count += 1;
        }
      }
    }
    if (right - left < most && bottom - top < most) yield Array.from(found.subarray(0, count));
  }
}
