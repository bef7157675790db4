/** A PDF point is 1/72 inch. */
export const MM_PER_POINT = 25.4 / 72;
export const POINTS_PER_MM = 72 / 25.4;
