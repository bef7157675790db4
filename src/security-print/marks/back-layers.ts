import { type BackLayer, readableBlock } from "../composition/back.ts";
import { clearDetectionPlace } from "../detection/place.ts";
import type { DeterrentBrush } from "../deterrent/painter.ts";
import type { Payload } from "../scramble/payload.ts";
import { scrambledImage, signedCode } from "./scrambled-image.ts";

/**
 * What stands on a back, bottom first. `clearForDetection` leaves the place of the forgery-detection image white, which is not
 * of this page: it is printed over it in four inks.
 */
export function backLayers(
  payload: Payload,
  deterrent: DeterrentBrush,
  clearForDetection = false,
): readonly BackLayer[] {
  const ground: BackLayer = async (page) => {
    deterrent(page);
    if (clearForDetection) clearDetectionPlace(page);
  };
  return [ground, readableBlock, scrambledImage(payload), signedCode(payload)];
}
