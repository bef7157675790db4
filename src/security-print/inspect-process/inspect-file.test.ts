import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { drawnBack, perfectScan } from "../../../test/support/print-scan/backs.ts";
import { DOCUMENT_ID, TestCentre, textLikeFront } from "../../../test/support/scramble.ts";
import { systemClock } from "../../kernel/clock.ts";
import type { GreyImage } from "../inspect/grey.ts";
import { packBilevel } from "../pages/front.ts";
import { type InspectFileOptions, inspectFile } from "./inspect-file.ts";
import type { InspectedBack } from "./messages.ts";

const centre = new TestCentre("process");
const keys = centre.inspectionKeys();
let file: Buffer;
beforeAll(async () => {
  file = await asPng(perfectScan(await drawnBack(centre.payload())));
});

function asPng({ widthPx, heightPx, pixels }: GreyImage): Promise<Buffer> {
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

async function inspected(bytes: Uint8Array, change: Partial<InspectFileOptions> = {}, fronts = false) {
  const pages: InspectedBack[] = [];
  const options = { clock: systemClock, onBack: (back: InspectedBack) => pages.push(back), ...change };
  return { result: await inspectFile({ file: bytes, keys, fronts, fields: false }, options), pages };
}

describe("the process that inspects a file", () => {
  test("answers for its page and gives the front as PNG, without the fields' values", async () => {
    const { result, pages } = await inspected(file, {}, true);
    expect(result).toEqual({ ok: true, value: undefined });
    expect(pages).toMatchObject([{ number: 1, count: 1, answer: "genuine", document: { documentId: DOCUMENT_ID } }]);
    expect(JSON.stringify({ ...pages[0], frontPng: undefined })).not.toContain("緑野");
    const png = sharp(pages[0]?.frontPng).toColourspace("b-w").raw();
    const { data, info } = await png.toBuffer({ resolveWithObject: true });
    expect(Buffer.compare(packBilevel(data, info.width, info.height), textLikeFront(1).bits)).toBe(0);
  });

  test("passes on why a file is no scan", async () => {
    expect((await inspected(Buffer.from("no picture"))).result).toMatchObject({
      ok: false,
      error: { code: "K-IMAGE-103" },
    });
  });

  test("is ended when it takes too long, and the next file has another", async () => {
    const { result } = await inspected(file, { timeoutMs: 1 });
    expect(result).toMatchObject({ ok: false, error: { code: "K-IMAGE-104", detail: { why: "time-out" } } });
    expect((await inspected(file)).pages[0]?.answer).toBe("genuine");
  });

  test("is ended when it takes too much memory, and dies alone", async () => {
    const { result } = await inspected(file, { memoryBytes: 1_000_000 });
    expect(result).toMatchObject({
      ok: false,
      error: { code: "K-IMAGE-104", detail: { why: "more than 1 MB of memory" } },
    });
  });

  test("is ended when nobody waits for it any more", async () => {
    const stopping = new AbortController();
    const { result } = await (() => {
      const work = inspected(file, { signal: stopping.signal });
      stopping.abort();
      return work;
    })();
    expect(result).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
  });
});
