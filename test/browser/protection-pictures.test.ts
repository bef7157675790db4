import { readdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { type ProtectionPicture, protectionPictures } from "../screens/protection-pictures.ts";

const folder = new URL("../../ui/inquiry/pictures/", import.meta.url);
/**
 * It shows a code at the very limit of what it corrects, where a rounding of the machine decides which part is lost; that some
 * are lost and others are not, the drawing itself makes sure of.
 */
const AT_THE_LIMIT = "image-lost.webp";
/** Mean difference of two drawings in grey values; that of a front and the same one with a part lost is more than two. */
const NEARLY = 1;
let drawn: ProtectionPicture[];

beforeAll(async () => {
  drawn = await protectionPictures();
}, 180_000);

const pixelsOf = (webp: Buffer) =>
  sharp(webp).removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });

describe("the pictures of the page about the protections", () => {
  it("are those that their script draws, none missing and none left over", () => {
    expect(readdirSync(folder).sort()).toEqual(drawn.map(({ file }) => file).sort());
  });

  it("show what the code prints, reads and compares today", async () => {
    for (const { file, webp } of drawn) {
      const [now, kept] = [await pixelsOf(webp), await pixelsOf(readFileSync(new URL(file, folder)))];
      expect([file, kept.info.width, kept.info.height]).toEqual([file, now.info.width, now.info.height]);
      if (file === AT_THE_LIMIT) continue;
      let sum = 0;
      for (const [i, value] of now.data.entries()) sum += Math.abs(value - (kept.data[i] as number));
      expect(sum / now.data.length, file).toBeLessThan(NEARLY);
    }
  });

  it("are small enough for a telephone: 60 kB each, 400 kB together", () => {
    const sizes = readdirSync(folder).map((file) => readFileSync(new URL(file, folder)).length);
    expect(Math.max(...sizes)).toBeLessThan(60_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400_000);
  });
});
