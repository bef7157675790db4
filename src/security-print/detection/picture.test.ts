import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { deltaE, type Inks, infraredOf, labOf, michelson, scannedOf } from "../../../test/support/inks.ts";
import { cmykTiff } from "./cmyk-tiff.ts";
import { detectionPicture } from "./picture.ts";
import { DETECTION_PLACE } from "./place.ts";
import { GROUND_BLACK, likeness } from "./tones.ts";

const picture = await detectionPicture();

/** How often each four samples stand in the picture. */
const counts = new Map<string, number>();
for (let i = 0; i < picture.cmyk.length; i += 4) {
  const pixel = picture.cmyk.subarray(i, i + 4).join(" ");
  counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
}
const tints = [...counts].map(([pixel, count]) => ({ samples: pixel.split(" ").map(Number), count }));
const inksOf = (samples: readonly number[]) => samples.map((sample) => sample / 255) as unknown as Inks;
const commonest = (of: (samples: readonly number[]) => boolean) => {
  const [most] = tints.filter(({ samples }) => of(samples)).sort((a, b) => b.count - a.count);
  return inksOf(most?.samples ?? []);
};
const black = commonest(([, , , k]) => k !== 0);
const colours = commonest(([c]) => c !== 0);

const asBlack = (tone: number) => inksOf([0, 0, 0, tone]);
const asColours = (tone: number) => inksOf([...likeness.subarray(3 * tone, 3 * tone + 3), 0]);
const tones = Array.from({ length: GROUND_BLACK }, (_, i) => i + 1);

describe("the forgery-detection image", () => {
  test("is the same on every certificate, pixel by pixel, at 300 dpi of its place", async () => {
    const again = await detectionPicture();
    expect(Buffer.compare(again.cmyk, picture.cmyk)).toBe(0);
    expect(picture.cmyk).toHaveLength(4 * picture.widthPx * picture.heightPx);
    const size = [DETECTION_PLACE.widthMm, DETECTION_PLACE.heightMm].map((mm) => Math.round((mm / 25.4) * 300));
    expect([picture.widthPx, picture.heightPx]).toEqual(size);
  });

  test("has black toner or colours in a pixel, never both, and no more than 40 % of black", () => {
    for (const { samples } of tints) {
      const [c = 0, m = 0, y = 0, k = 0] = samples;
      expect(k === 0 || c + m + y === 0, samples.join(" ")).toBe(true);
      expect(k).toBeLessThanOrEqual(102);
    }
    expect(counts.get("0 0 0 102")).toBeGreaterThan(100_000);
  });

  test("shows its word in the infrared: a contrast of .3 and more against the ground", () => {
    expect(michelson(infraredOf(black), infraredOf(colours))).toBeGreaterThan(0.3);
  });

  test("hides it from the eye: the ground's lightness differs by 1.2 of L* at most, every other tone's by 1.3", () => {
    expect(Math.abs(labOf(black)[0] - labOf(colours)[0])).toBeLessThan(1.2);
    for (const tone of tones) {
      const difference = labOf(asBlack(tone))[0] - labOf(asColours(tone))[0];
      expect(Math.abs(difference), `tone ${tone}`).toBeLessThan(1.3);
    }
  });

  test("hides it under another printing condition too, as libvips knows one: 1.2 at the ground, 1.7 elsewhere", async () => {
    const samples = tones.flatMap((tone) => [0, 0, 0, tone, ...likeness.subarray(3 * tone, 3 * tone + 3), 0]);
    const tiff = cmykTiff(2 * tones.length, 1, Uint8Array.from(samples));
    const lab = await sharp(tiff).toColourspace("lab").raw({ depth: "float" }).toBuffer();
    const lightness = (i: number) => lab.readFloatLE(12 * i);
    const differences = tones.map((_, i) => Math.abs(lightness(2 * i) - lightness(2 * i + 1)));
    expect(differences.at(-1)).toBeLessThan(1.2);
    expect(Math.max(...differences)).toBeLessThan(1.7);
  });

  test("is not seen by a scan in grey, and faintly by one in colour: its word is a little bluer there", () => {
    const [word, ground] = [scannedOf(black), scannedOf(colours)];
    const grey = ([r, g, b]: readonly number[]) =>
      0.299 * (r as number) + 0.587 * (g as number) + 0.114 * (b as number);
    expect(michelson(grey(word), grey(ground))).toBeLessThan(0.01);
    const [red, green, blue] = word.map((value, filter) => value / (ground[filter] as number) - 1);
    expect(red).toBeCloseTo(-0.053, 2);
    expect(Math.abs(green as number)).toBeLessThan(0.02);
    expect(blue).toBeCloseTo(0.079, 2);
  });

  test("betrays its word as a trace of colour, and more when black spreads otherwise than the colours", () => {
    expect(deltaE(labOf(black), labOf(colours))).toBeLessThan(2.1);
    const apart = { colours: 0.18, black: 0.16 };
    expect(deltaE(labOf(black, apart), labOf(colours, apart))).toBeGreaterThan(4);
  });
});
