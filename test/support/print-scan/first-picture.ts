import { unwrap } from "../../../src/kernel/result.ts";
import type { GreyImage } from "../../../src/security-print/inspect/grey.ts";
import { readPictures } from "../../../src/security-print/inspect/picture.ts";
import { createPdfEngine } from "../../../src/security-print/pages/engine.ts";

/** The first page of a scan's file, as an inspector's process reads it. */
export async function firstPicture(file: Uint8Array): Promise<GreyImage> {
  for await (const read of readPictures(file, createPdfEngine())) return unwrap(read).picture;
  throw new Error("a file without a page");
}
