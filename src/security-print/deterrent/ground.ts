import { hashText } from "../../protocol/encoding.ts";
import { type Area, type GreyPage, mmToPx, PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../composition/page.ts";
import { CODE, FINDER, FINDER_CENTRES } from "../scramble/geometry.ts";
import type { DeterrentSide } from "./steps.ts";
import type { DotTile } from "./tile.ts";

/**
 * The deterrent text of a side of A4 at 600 dpi, to be printed over whatever stands there. What prints it can ask which of its
 * lines are the same, and need not draw them where it knows them.
 */
export interface DeterrentGround {
  /** Lines of the same number have the same black pixels; -1 when there are none. */
  patternOn(y: number): number;
  /** Makes black what is black in line `y`, from its pixel `left` to before `right`; the line begins at `pixels[start]`. */
  draw(pixels: Uint8Array, start: number, y: number, left: number, right: number): void;
}

/** Part of a line; `right` is the first pixel beyond it. */
type Span = readonly [left: number, right: number];

const BLACK = 0;
const NO_PATTERN = -1;
/** Printers do not print to the edge of the sheet. */
const BORDER_PX = mmToPx(3);
/** White around what a machine must find. */
const QUIET_PX = 66;
const half = (FINDER.module * FINDER.modules) / 2;

/**
 * What stays clear of dots: on the back the 2-D code, and the scrambled image with its finders and what is beside it. The
 * margins there are too narrow for a letter, and without dots the eight lines of a row of cells are the same.
 */
const clearAreas: Readonly<Record<DeterrentSide, readonly Area[]>> = {
  front: [],
  back: [
    {
      left: 0,
      top: FINDER_CENTRES[0].y - half - QUIET_PX,
      right: PAGE_WIDTH_PX,
      bottom: FINDER_CENTRES[2].y + half + QUIET_PX,
    },
    {
      left: mmToPx(CODE.rightMm) - CODE.mostModules * CODE.modulePx - CODE.aroundPx,
      top: mmToPx(CODE.topMm) - CODE.aroundPx,
      right: mmToPx(CODE.rightMm) + CODE.aroundPx,
      bottom: mmToPx(CODE.topMm) + CODE.mostModules * CODE.modulePx + CODE.aroundPx,
    },
  ],
};

/** A tile over a whole side but for its border, for what must stay clear on it, and for what else is said to. */
export function deterrentGround(side: DeterrentSide, tile: DotTile, clear: readonly Area[] = []): DeterrentGround {
  const areas = [...clearAreas[side], ...clear].sort((a, b) => a.left - b.left);
  const kinds = new Map<string, { readonly number: number; readonly spans: readonly Span[] }>();
  const kindOf = Array.from({ length: PAGE_HEIGHT_PX }, (_, y) => {
    const spans = openSpans(areas, y);
    const kind = kinds.get(spans.join()) ?? { number: kinds.size, spans };
    kinds.set(spans.join(), kind);
    return kind;
  });
  const sameRow = rowsByDots(tile);
  const patterns = Int32Array.from(kindOf, ({ number, spans }, y) => {
    const row = sameRow[y % tile.heightPx] as number;
    return spans.length === 0 || tile.lines[row]?.length === 0 ? NO_PATTERN : number * tile.heightPx + row;
  });
  return {
    patternOn: (y) => patterns[y] ?? NO_PATTERN,
    draw(pixels, start, y, left, right) {
      const dots = tile.lines[y % tile.heightPx];
      if (!dots || dots.length === 0) return;
      for (const [from, to] of kindOf[y]?.spans ?? []) {
        drawDots(pixels, start, dots, tile.widthPx, Math.max(from, left), Math.min(to, right));
      }
    },
  };
}

/** Draws a ground over a page, black over what is there. Only its black pixels are touched. */
export function drawGround({ pixels, widthPx, heightPx }: GreyPage, ground: DeterrentGround): void {
  for (let y = 0; y < heightPx; y++) ground.draw(pixels, y * widthPx, y, 0, widthPx);
}

/** The dots of a tile's line that repeats from the left edge, from pixel `left` to before `right`. */
function drawDots(
  pixels: Uint8Array,
  start: number,
  dots: Uint16Array,
  tilePx: number,
  left: number,
  right: number,
): void {
  for (let base = left - (left % tilePx); base < right; base += tilePx) {
    const end = right - base;
    for (let i = base < left ? firstFrom(dots, left - base) : 0; i < dots.length; i++) {
      const x = dots[i] as number;
      if (x >= end) break;
      pixels[start + base + x] = BLACK;
    }
  }
}

/** Index of the first dot at `x` or beyond; dots are sorted. */
function firstFrom(dots: Uint16Array, x: number): number {
  let [low, high] = [0, dots.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((dots[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For each row of a tile the first row with the same dots. */
function rowsByDots({ lines }: DotTile): readonly number[] {
  const first = new Map<string, number>();
  return lines.map((dots, row) => {
    const key = hashText(new Uint8Array(dots.buffer, dots.byteOffset, dots.byteLength));
    const same = first.get(key) ?? row;
    first.set(key, same);
    return same;
  });
}

/** The spans of a line that dots may stand on, from the left. */
function openSpans(areas: readonly Area[], y: number): readonly Span[] {
  if (y < BORDER_PX || y >= PAGE_HEIGHT_PX - BORDER_PX) return [];
  const spans: Span[] = [];
  let from = BORDER_PX;
  for (const { left, right } of areas.filter(({ top, bottom }) => y >= top && y < bottom)) {
    if (left > from) spans.push([from, left]);
    from = Math.max(from, right);
  }
  if (from < PAGE_WIDTH_PX - BORDER_PX) spans.push([from, PAGE_WIDTH_PX - BORDER_PX]);
  return spans;
}
