import { describe, expect, test } from "vitest";
import { systemClock } from "../../kernel/clock.ts";
import { cmykTiff } from "../detection/cmyk-tiff.ts";
import type { LatentPicture } from "../latent/latent-pictures.ts";
import { type ViewLatentOptions, viewLatent } from "./view-latent.ts";

const tiff = cmykTiff(2, 1, Uint8Array.of(0, 0, 0, 102, 90, 64, 66, 0));

async function viewed(file: Uint8Array, change: Partial<ViewLatentOptions> = {}) {
  const pictures: LatentPicture[] = [];
  const options = { clock: systemClock, onPicture: (picture: LatentPicture) => pictures.push(picture), ...change };
  return { result: await viewLatent(file, options), pictures };
}

describe("the process that looks for a latent picture", () => {
  test("gives it back, and passes on why a file has none", async () => {
    const { result, pictures } = await viewed(tiff);
    expect(result).toEqual({ ok: true, value: undefined });
    expect(pictures).toMatchObject([{ kind: "separation", widthPx: 2, heightPx: 1, darkest: 153, lightest: 255 }]);
    expect((await viewed(Buffer.from("no picture"))).result).toMatchObject({ error: { code: "K-IMAGE-113" } });
  });

  test("is ended when it takes too long or too much memory, and when nobody wants it any more", async () => {
    expect((await viewed(tiff, { timeoutMs: 1 })).result).toMatchObject({
      error: { code: "K-IMAGE-114", detail: { why: "time-out" } },
    });
    expect((await viewed(tiff, { memoryBytes: 1_000_000 })).result).toMatchObject({
      error: { code: "K-IMAGE-114", detail: { why: "more than 1 MB of memory" } },
    });
    expect((await viewed(tiff, { signal: AbortSignal.abort() })).result).toMatchObject({
      error: { code: "K-CMD-102" },
    });
  });
});
