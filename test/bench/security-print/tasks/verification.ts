import sharp from "sharp";
import { unwrap } from "../../../../src/kernel/result.ts";
import { inspectPicture } from "../../../../src/security-print/inspect/inspection.ts";
import { readPictures } from "../../../../src/security-print/inspect/picture.ts";
import { createPdfEngine } from "../../../../src/security-print/pages/engine.ts";
import type { InspectionKeys } from "../../../../src/security-print/scramble/keys.ts";
import type { Prepared } from "../messages.ts";

/** From the bytes of a scan to the judgement; the floor is its JPEG decoded by the same library. */
export async function prepareVerification(jpeg: Uint8Array, keys: InspectionKeys): Promise<Prepared> {
  sharp.concurrency(1);
  const engine = createPdfEngine();
  return {
    async work() {
      for await (const read of readPictures(jpeg, engine)) {
        const [first] = inspectPicture(unwrap(read).picture, keys);
        if (first.answer !== "genuine") throw new Error(`the scan is ${first.answer}`);
      }
    },
    floor: () => sharp(jpeg).greyscale().raw().toBuffer(),
  };
}
