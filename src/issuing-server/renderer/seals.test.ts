import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { unwrap } from "../../kernel/result.ts";
import { bundledFontFile, type DrawingFont, loadDrawingFont } from "./font/drawing-font.ts";
import { drawOfficialSeal, drawRegisteredSeal } from "./seals.ts";

let font: DrawingFont;

beforeAll(async () => {
  font = unwrap(await loadDrawingFont(bundledFontFile()));
});

/** Share of the pixels that are ink, and the mean colour of the ink. */
async function inkOf(png: Buffer) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const sum = { red: 0, green: 0, blue: 0, count: 0 };
  for (let at = 0; at < data.length; at += info.channels) {
    const [red = 255, green = 255, blue = 255] = data.subarray(at, at + 3);
    if (green > 128) continue;
    sum.red += red;
    sum.green += green;
    sum.blue += blue;
    sum.count += 1;
  }
  const mean = (channel: number) => Math.round(channel / sum.count);
  const share = sum.count / (info.width * info.height);
  return { share, red: mean(sum.red), green: mean(sum.green), blue: mean(sum.blue), channels: info.channels };
}

describe("a seal's picture", () => {
  it("is red for an office and black for a registered seal, without an alpha channel", async () => {
    const official = await inkOf(await drawOfficialSeal(font, "緑野市長之印"));
    expect(official.red).toBeGreaterThan(180);
    expect(official.green).toBeLessThan(80);
    expect(official.share).toBeGreaterThan(0.2);
    const registered = await inkOf(await drawRegisteredSeal(font, "山田"));
    expect(registered.red).toBeLessThan(60);
    expect(registered.share).toBeGreaterThan(0.05);
    expect([official.channels, registered.channels]).toEqual([3, 3]);
  });

  it("is the same for the same text and another for another text or another form of a character", async () => {
    const plain = await drawRegisteredSeal(font, "葛城");
    expect(await drawRegisteredSeal(font, "葛　城")).toEqual(plain);
    expect(await drawRegisteredSeal(font, "葛\u{E0100}城")).not.toEqual(plain);
    expect(await drawOfficialSeal(font, "緑野市長之印")).not.toEqual(await drawOfficialSeal(font, "緑野区長之印"));
  });

  it("has room for any number of signs", async () => {
    for (const text of [
      "印",
      "𠮷田",
      "勅使河原",
      "大架空町長職務代理者之印",
      "大架空県中架空郡小架空町長職務代理者之印",
    ]) {
      expect((await inkOf(await drawOfficialSeal(font, text))).share).toBeGreaterThan(0.1);
    }
  });
});
