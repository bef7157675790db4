import { type GreyPage, mmToPx } from "../composition/page.ts";

/** Where the picture stands on a back, below the scrambled image with its finders, in millimetres from the top left corner. */
export const DETECTION_PLACE = { xMm: 25, yMm: 212, widthMm: 160, heightMm: 66 } as const;
/** White around it: colours and black are not laid exactly over each other. */
const MARGIN_MM = 1.5;
const WHITE = 255;

/** Makes a back white where the picture will lie, with a margin: no dot of the deterrent text stands below or beside it. */
export function clearDetectionPlace({ pixels, widthPx }: GreyPage): void {
  const { xMm, yMm, widthMm, heightMm } = DETECTION_PLACE;
  const [left, right] = [mmToPx(xMm - MARGIN_MM), mmToPx(xMm + widthMm + MARGIN_MM)];
  for (let y = mmToPx(yMm - MARGIN_MM); y < mmToPx(yMm + heightMm + MARGIN_MM); y++) {
    pixels.fill(WHITE, y * widthPx + left, y * widthPx + right);
  }
}
