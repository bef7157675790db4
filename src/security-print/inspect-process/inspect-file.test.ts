import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { drawnBack, perfectScan, sixTimes } from "../../../test/support/print-scan/backs.ts";
import { DOCUMENT_ID, TestCentre, textLikeFront } from "../../../test/support/scramble.ts";
import { systemClock } from "../../kernel/clock.ts";
import { fail, ok } from "../../kernel/result.ts";
import type { GreyImage } from "../inspect/grey.ts";
import { inspectionLimits } from "../inspect/limits.ts";
import { packBilevel } from "../pages/front.ts";
import { type InspectionKeys, type KeyToken, keyUnwrapper, tokenKeyIds } from "../scramble/keys.ts";
import { type InspectFileOptions, inspectFile } from "./inspect-file.ts";
import type { InspectedBack } from "./messages.ts";

const centre = new TestCentre("process");
const keys = centre.inspectionKeys();
/** The same with the encryption key in a token. */
const named = {
  ...keys,
  encryption: keys.encryption.map(({ keyId }) => ({ keyId, token: true as const })),
} satisfies InspectionKeys;
let file: Buffer;
beforeAll(async () => {
  file = await asPng(perfectScan(await drawnBack(centre.payload())));
});

function asPng({ widthPx, heightPx, pixels }: GreyImage): Promise<Buffer> {
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

async function inspected(
  bytes: Uint8Array,
  change: Partial<InspectFileOptions> = {},
  fronts = false,
  known: InspectionKeys = keys,
) {
  const pages: InspectedBack[] = [];
  const options = { clock: systemClock, onBack: (back: InspectedBack) => pages.push(back), ...change };
  return { result: await inspectFile({ file: bytes, keys: known, fronts, fields: false }, options), pages };
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

  test("says of the last back that there may be more when it read as many as it reads in one picture", async () => {
    const { result, pages } = await inspected(await asPng(sixTimes(await drawnBack(centre.payload()))));
    expect(result.ok).toBe(true);
    expect(pages.map(({ answer, mayBeMore }) => [answer, mayBeMore])).toEqual([
      ...Array.from({ length: inspectionLimits.backs - 1 }, () => ["genuine", false]),
      ["genuine", true],
    ]);
  });

  test.each([
    ["is void from the time that its keys' file names", systemClock.nowMs() - 60_000, "voided"],
    ["is not void before", systemClock.nowMs() + 3_600_000, "genuine"],
  ])("says of a document that it %s, also when the file is older", async (_, fromMs, answer) => {
    const listed = { ...keys, asOfMs: 0, voided: [{ documentId: DOCUMENT_ID, fromMs }] };
    const { pages } = await inspected(file, {}, false, listed);
    expect(pages.map((page) => page.answer)).toEqual([answer]);
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

  test("has its parent's token asked once for each back, and never has the key", async () => {
    const asked: string[] = [];
    const token: Pick<KeyToken, "unwrap"> = {
      async unwrap(keyId, wrapped, aad) {
        asked.push(keyId);
        return ok(keyUnwrapper(keys).unwrap(keyId, wrapped, aad));
      },
    };
    const { result, pages } = await inspected(file, { token }, false, named);
    expect(result.ok).toBe(true);
    expect(pages.map(({ answer }) => answer)).toEqual(["genuine"]);
    expect(asked).toEqual(tokenKeyIds(named));
  });

  test.each([
    ["does not have the key any more", { unwrap: async () => fail("K-IMAGE-124") }, "K-IMAGE-124"],
    ["is away", { unwrap: async () => fail("K-IMAGE-123") }, "K-IMAGE-123"],
    ["was not named", undefined, "K-IMAGE-125"],
  ])("says that the token %s, and judges nothing of the back", async (_, token, code) => {
    const { result, pages } = await inspected(file, token ? { token } : {}, false, named);
    expect([result, pages]).toMatchObject([{ ok: false, error: { code } }, []]);
  });

  test("calls a back altered whose data key the token does not open", async () => {
    const { pages } = await inspected(file, { token: { unwrap: async () => ok(undefined) } }, false, named);
    expect(pages.map(({ answer }) => answer)).toEqual(["altered"]);
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
