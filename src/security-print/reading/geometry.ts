import type { Box } from "../../protocol/forms/cells.ts";

/** Whether a point lies in a box, its edges included. */
export function holdsPoint(box: Box, x: number, y: number): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

export function centreOf(box: Box): { readonly x: number; readonly y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Whether `inner` lies in `outer` made larger by `toleranceMm` on every side. */
export function isWithin(outer: Box, inner: Box, toleranceMm: number): boolean {
  return (
    inner.x >= outer.x - toleranceMm &&
    inner.y >= outer.y - toleranceMm &&
    inner.x + inner.width <= outer.x + outer.width + toleranceMm &&
    inner.y + inner.height <= outer.y + outer.height + toleranceMm
  );
}

/** Whether each side of `a` is within `toleranceMm` of the same side of `b`. */
export function isSameBox(a: Box, b: Box, toleranceMm: number): boolean {
  return isWithin(a, b, toleranceMm) && isWithin(b, a, toleranceMm);
}
