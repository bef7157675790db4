import sharp from "sharp";
import { keepCompiledCode } from "../../kernel/compile-cache.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { frontPicture } from "../inspect/front-picture.ts";
import { inspectPicture } from "../inspect/inspection.ts";
import { readPictures } from "../inspect/picture.ts";
import { createPdfEngine } from "../pages/engine.ts";
import type { InspectReply, InspectRequest } from "./messages.ts";

/** The child of `inspectFile`: one file, then it ends; nothing of it on disk, no network. */
keepCompiledCode();
process.on("disconnect", () => process.exit(0));
process.once("message", (request: InspectRequest) => {
  void inspect(request).then((result) => send({ kind: "end", result }));
});

function send(reply: InspectReply): void {
  process.send?.(reply);
}

async function inspect({ file, keys, fronts, fields: wanted }: InspectRequest): Promise<Result<void>> {
  for await (const read of readPictures(file, createPdfEngine())) {
    if (!read.ok) return read;
    const { picture, number, count } = read.value;
    for (const { front, fields, ...inspection } of inspectPicture(picture, keys)) {
      const frontPng = fronts && front ? await png(await frontPicture(front, inspection.strips)) : undefined;
      const asked = { ...(frontPng ? { frontPng } : {}), ...(wanted && fields ? { fields } : {}) };
      send({ kind: "back", back: { ...inspection, number, count, ...asked } });
    }
  }
  return ok();
}

async function png(page: { readonly widthPx: number; readonly heightPx: number; readonly pixels: Uint8Array }) {
  const { widthPx: width, heightPx: height, pixels } = page;
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .withMetadata({ density: 200 })
    .toBuffer();
}
