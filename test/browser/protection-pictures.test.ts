import { readdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { type ProtectionPicture, pictureFiles, protectionPictures } from "../screens/protection-pictures.ts";

const folder = new URL("../../ui/inquiry/pictures/", import.meta.url);
/** Mean difference of two drawings in grey values; that of a front and the same one with a part lost is more than two. */
const NEARLY = 1;
let drawn: ProtectionPicture[];

beforeAll(async () => {
  // What is scanned and inspected takes half a minute; the script itself makes sure that it shows what it is there for.
  drawn = await protectionPictures(["back", "deterrent", "detection"]);
});

const pixelsOf = (webp: Buffer) =>
  sharp(webp).removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });

describe("the pictures of the page about the protections", () => {
  it("are those that their script draws, none missing and none left over", () => {
    expect(readdirSync(folder).sort()).toEqual(pictureFiles.toSorted());
  });

  it("show what the code prints today", async () => {
    for (const { file, webp } of drawn) {
      const [now, kept] = [await pixelsOf(webp), await pixelsOf(readFileSync(new URL(file, folder)))];
      expect([file, kept.info.width, kept.info.height]).toEqual([file, now.info.width, now.info.height]);
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
