import { boxMean } from "../inspect/grey.ts";
import type { InkMap } from "./ink.ts";

/** Half the side of a square, 1.1 mm at 200 dpi, that no stroke of writing fills. */
const SOLID_PX = 4;
/** Nearly all of a square: noise leaves a pixel of a stain without ink. */
const SOLID_SHARE = 0.95;
/** Close writing fills a square too; a stain is ink where the front has none, in so much of it at least. */
const EXTRA_SHARE = 0.3;
/** So far around it a stain is frayed, and its edge belongs to it. */
const EDGE_PX = 9;
/** Ink from which a pixel may belong to a stain. */
const STAINED = 60;

/** 1 where the scan has an area of ink, wider than any stroke, that the front does not have; `expected` is 1 at the front's ink. */
export function blotsOf(seen: InkMap, expected: Uint8Array): Uint8Array {
  const { widthPx, heightPx, pixels } = seen;
  const inked = new Uint8Array(pixels.length);
  const extra = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    if ((pixels[i] as number) < STAINED) continue;
    inked[i] = 1;
    if (expected[i] === 0) extra[i] = 1;
  }
  const inkShare = boxMean(inked, widthPx, heightPx, SOLID_PX);
  const extraShare = boxMean(extra, widthPx, heightPx, SOLID_PX);
  const blots = new Uint8Array(pixels.length);
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, i++) {
      if ((inkShare[i] as number) < SOLID_SHARE || (extraShare[i] as number) < EXTRA_SHARE) continue;
      const from = Math.max(0, x - EDGE_PX);
      const to = Math.min(widthPx, x + EDGE_PX + 1);
      for (let v = Math.max(0, y - EDGE_PX); v <= Math.min(heightPx - 1, y + EDGE_PX); v++)
        blots.fill(1, v * widthPx + from, v * widthPx + to);
    }
  }
  return blots;
}
