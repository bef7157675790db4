import type { PrintOverlay } from "../../devices/certificate-printer/port.ts";
import { detectionPicture } from "../security-print/detection/picture.ts";
import { DETECTION_PLACE } from "../security-print/detection/place.ts";

/** Whether this kiosk's certificates get the forgery-detection image now. */
export interface DetectionSetting {
  /** It over every back; nothing while it is not wanted, not drawn yet, or the printer does not take it. */
  overlays(): readonly PrintOverlay[];
  /** Resolves when it is drawn; at once when it is not wanted. */
  readonly drawn: Promise<void>;
}

/**
 * The setting of a kiosk. The picture is drawn once, when the kiosk starts (half a second, 6 MB): it is the same on every
 * certificate. Whether the printer takes it is asked for each document, because another printer may have been put there.
 */
export function createDetectionSetting(options: {
  readonly wanted: boolean;
  readonly takesOverlays: () => boolean;
}): DetectionSetting {
  let overlays: readonly PrintOverlay[] = [];
  const draw = async () => {
    overlays = [{ side: "back", ...DETECTION_PLACE, ...(await detectionPicture()) }];
  };
  return {
    overlays: () => (options.takesOverlays() ? overlays : []),
    drawn: options.wanted ? draw() : Promise.resolve(),
  };
}
