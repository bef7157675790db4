import { type BackLayer, readableBlock } from "../composition/back.ts";
import type { DeterrentBrush } from "../deterrent/painter.ts";
import type { Payload } from "../scramble/payload.ts";
import { scrambledImage, signedCode } from "./scrambled-image.ts";

/** What stands on a back, bottom first. */
export function backLayers(payload: Payload, deterrent: DeterrentBrush): readonly BackLayer[] {
  return [async (page) => deterrent(page), readableBlock, scrambledImage(payload), signedCode(payload)];
}
