import decodeQR from "qr/decode.js";
import { mmToPx } from "../composition/page.ts";
import { CODE } from "../scramble/geometry.ts";
import { type GreyImage, greyAt } from "./grey.ts";
import { type Homography, project } from "./homography.ts";

/** Pixels of the page (600 dpi) in one of the straightened code: three in a module. */
const STEP_PX = 3;
/** White around the code, for the decoder and for what the projection is off, so far from the finders. */
const AROUND_PX = CODE.aroundPx;
const SIDE_PX = CODE.mostModules * CODE.modulePx;
/** The decoder's own retries, which it would otherwise end by the clock of a video's frame. */
const RETRIES = { effort: 3, timeLimit: 10_000 } as const;

/** The text of the 2-D code where it stands on our backs; undefined when it cannot be read. Never throws. */
export function readCodeText(picture: GreyImage, homography: Homography): string | undefined {
  const left = mmToPx(CODE.rightMm) - SIDE_PX - AROUND_PX;
  const top = mmToPx(CODE.topMm) - AROUND_PX;
  const side = Math.ceil((SIDE_PX + 2 * AROUND_PX) / STEP_PX);
  const data = new Uint8Array(3 * side * side);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 3) {
      const seen = project(homography, left + (x + 0.5) * STEP_PX, top + (y + 0.5) * STEP_PX);
      data.fill(greyAt(picture, seen.x, seen.y), at, at + 3);
    }
  }
  try {
    return decodeQR({ width: side, height: side, data }, RETRIES);
  } catch {
    // The library's way to say that there is none.
    return undefined;
  }
}
