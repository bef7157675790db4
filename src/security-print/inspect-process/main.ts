import sharp from "sharp";
import { systemClock } from "../../kernel/clock.ts";
import { keepCompiledCode } from "../../kernel/compile-cache.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type Comparison, compareWithEach, forComparing } from "../compare/compare.ts";
import { frontPicture } from "../inspect/front-picture.ts";
import type { GreyImage } from "../inspect/grey.ts";
import { inspectReadings } from "../inspect/inspection.ts";
import { inspectionLimits } from "../inspect/limits.ts";
import { readPictures } from "../inspect/picture.ts";
import { readBacks } from "../inspect/read-back.ts";
import { createPdfEngine } from "../pages/engine.ts";
import type { InspectedComparison, InspectReply, InspectRequest, UnwrapAnswer, UnwrapAsk } from "./messages.ts";
import { unwrapperFor } from "./token-unwrapper.ts";

const FRONT_DPI = 200;

/** The child of `inspectFile`: one file, then it ends; nothing of it on disk, no network. */
keepCompiledCode();
process.on("disconnect", () => process.exit(0));
process.once("message", (request: InspectRequest) => {
  void inspect(request).then((result) => send({ kind: "end", result }));
});

/** Has a data key unwrapped by the token, which is the parent's. */
function askParent(asked: UnwrapAsk): Promise<Result<Buffer | undefined>> {
  return new Promise((resolve) => {
    process.once("message", (answer: UnwrapAnswer) => {
      resolve(answer.ok ? ok(answer.value && Buffer.from(answer.value)) : answer);
    });
    send({ kind: "unwrap", asked });
  });
}

function send(reply: InspectReply): void {
  process.send?.(reply);
}

async function inspect({ file, keys, fronts, fields: wanted, frontScan }: InspectRequest): Promise<Result<void>> {
  const sheets = frontScan && (await picturesOf(frontScan));
  for await (const read of readPictures(file, createPdfEngine())) {
    if (!read.ok) return read;
    const { picture, number, count } = read.value;
    const readings = readBacks(picture);
    const unwrapper = await unwrapperFor(readings, keys, askParent);
    if (!unwrapper.ok) return unwrapper;
    const inspections = inspectReadings(readings, keys, unwrapper.value, systemClock.nowMs());
    for (const [i, { front, fields, ...inspection }] of inspections.entries()) {
      const mayBeMore = i + 1 === inspectionLimits.backs;
      const frontPng = fronts && front ? await png(await frontPicture(front, inspection.strips)) : undefined;
      // A strip that is missing would differ everywhere.
      const whole = front && inspection.strips.every((state) => state === "ok") ? front : undefined;
      const comparison = whole && sheets?.ok ? await compared(compareWithEach(whole, sheets.value), fronts) : undefined;
      const asked = {
        ...(comparison ? { comparison } : {}),
        ...(frontPng ? { frontPng } : {}),
        ...(wanted && fields ? { fields } : {}),
      };
      send({ kind: "back", back: { ...inspection, number, count, mayBeMore, ...asked } });
    }
  }
  // What the backs prove does not hang on it.
  return sheets?.ok === false ? fail("K-IMAGE-109", sheets.error.detail, sheets.error) : ok();
}

async function compared({ straight, ...told }: Comparison, pictures: boolean): Promise<InspectedComparison> {
  if (!pictures || !straight) return told;
  return { ...told, scanJpeg: await rawPicture(straight).jpeg({ quality: 70 }).toBuffer() };
}

function png(page: GreyImage): Promise<Buffer> {
  return rawPicture(page).png().withMetadata({ density: FRONT_DPI }).toBuffer();
}

function rawPicture({ widthPx: width, heightPx: height, pixels }: GreyImage) {
  return sharp(pixels, { raw: { width, height, channels: 1 } });
}

/** Every page of a scan of fronts, no larger than comparing needs. */
async function picturesOf(scan: Uint8Array): Promise<Result<GreyImage[]>> {
  const pictures: GreyImage[] = [];
  for await (const read of readPictures(scan, createPdfEngine())) {
    if (!read.ok) return read;
    pictures.push(forComparing(read.value.picture));
  }
  return ok(pictures);
}
