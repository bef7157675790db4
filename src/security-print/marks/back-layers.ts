import { type BackData, type BackLayer, readableBlock } from "../composition/back.ts";
import type { Payload } from "../scramble/payload.ts";
import { scrambledImage, signedCode } from "./scrambled-image.ts";

/** What stands on a back, bottom first; the deterrent text is printed over it. */
export function backLayers(data: BackData, payload: Payload): readonly BackLayer[] {
  return [readableBlock(data), scrambledImage(payload), signedCode(payload)];
}
