import { type GreyPage, mmToPx } from "../composition/page.ts";
import { CODE, FINDER, FINDER_CENTRES, REGION } from "../scramble/geometry.ts";
import type { DeterrentSide } from "./steps.ts";
import type { DotTile } from "./tile.ts";

/** A rectangle of the page, in pixels; `right` and `bottom` are the first beyond it. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const BLACK = 0;
/** Printers do not print to the edge of the sheet. */
const BORDER_PX = mmToPx(3);
/** White around what a machine must find. */
const QUIET_PX = 66;
const half = (FINDER.module * FINDER.modules) / 2;

/** What stays clear of dots: on the back the scrambled image with its finders, and the 2-D code. */
const clearAreas: Readonly<Record<DeterrentSide, readonly Area[]>> = {
  front: [],
  back: [
    {
      left: REGION.x - QUIET_PX,
      top: FINDER_CENTRES[0].y - half - QUIET_PX,
      right: REGION.x + REGION.width + QUIET_PX,
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

/** Draws a tile over a side of the sheet, black over what is there. Only its black pixels are touched. */
export function drawDeterrent(page: GreyPage, side: DeterrentSide, tile: DotTile): void {
  const { widthPx, heightPx, pixels } = page;
  for (let y = BORDER_PX; y < heightPx - BORDER_PX; y++) {
    const line = tile.lines[y % tile.heightPx] as Uint16Array;
    if (line.length === 0) continue;
    for (const [left, right] of openSpans(side, y, widthPx)) {
      for (let base = left - (left % tile.widthPx); base < right; base += tile.widthPx) {
        const start = y * widthPx + base;
        for (let i = 0; i < line.length; i++) {
          const x = base + (line[i] as number);
          if (x >= right) break;
          if (x >= left) pixels[start + (line[i] as number)] = BLACK;
        }
      }
    }
  }
}

/** The spans of a line that dots may stand on. */
function openSpans(side: DeterrentSide, y: number, widthPx: number): (readonly [left: number, right: number])[] {
  const spans: (readonly [number, number])[] = [];
  let from = BORDER_PX;
  const clear = clearAreas[side].filter(({ top, bottom }) => y >= top && y < bottom);
  for (const { left, right } of clear.sort((a, b) => a.left - b.left)) {
    if (left > from) spans.push([from, left]);
    from = Math.max(from, right);
  }
  if (from < widthPx - BORDER_PX) spans.push([from, widthPx - BORDER_PX]);
  return spans;
}
