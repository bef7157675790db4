import { type BackData, type BackLayer, readableBlock } from "../composition/back.ts";
import type { Payload } from "../scramble/payload.ts";
import { scrambledImage, signedCode } from "./scrambled-image.ts";

/** What stands on a back, bottom first; the deterrent text is printed over it. */
export async function backLayers(data: BackData, payload: Payload): Promise<readonly BackLayer[]> {
  const words = readableBlock(data);
  const marks = [scrambledImage(payload), signedCode(payload)];
  return [await words, ...marks];
}
