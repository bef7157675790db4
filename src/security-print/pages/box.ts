import type { Box } from "../../protocol/forms/cells.ts";
import { MM_PER_POINT } from "./units.ts";

/** A box of points counted from the bottom left as millimetres from the top left. */
export function boxOf(leftPt: number, rightPt: number, topPt: number, bottomPt: number, heightMm: number): Box {
  return {
    x: Math.min(leftPt, rightPt) * MM_PER_POINT,
    y: heightMm - Math.max(topPt, bottomPt) * MM_PER_POINT,
    width: Math.abs(rightPt - leftPt) * MM_PER_POINT,
    height: Math.abs(topPt - bottomPt) * MM_PER_POINT,
  };
}
