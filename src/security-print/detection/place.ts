import { type Area, mmToPx } from "../composition/page.ts";

/** Where the picture stands on a back, below the scrambled image with its finders, in millimetres from the top left corner. */
export const DETECTION_PLACE = { xMm: 25, yMm: 212, widthMm: 160, heightMm: 66 } as const;
/** White around it: colours and black are not laid exactly over each other. */
const MARGIN_MM = 1.5;

/** The place with its margin: no dot of the deterrent text stands below or beside the picture. */
export const CLEAR_FOR_DETECTION: Area = {
  left: mmToPx(DETECTION_PLACE.xMm - MARGIN_MM),
  top: mmToPx(DETECTION_PLACE.yMm - MARGIN_MM),
  right: mmToPx(DETECTION_PLACE.xMm + DETECTION_PLACE.widthMm + MARGIN_MM),
  bottom: mmToPx(DETECTION_PLACE.yMm + DETECTION_PLACE.heightMm + MARGIN_MM),
};
