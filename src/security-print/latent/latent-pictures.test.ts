import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { pdfOfRaster } from "../../../devices/certificate-printer/pdf/encode.ts";
import { greyPage, pwgStream } from "../../../devices/certificate-printer/simulator/test-pages.ts";
import { unwrap } from "../../kernel/result.ts";
import { cmykTiff } from "../detection/cmyk-tiff.ts";
import { type LatentMost, type LatentPicture, latentPictures } from "./latent-pictures.ts";
import { stretch } from "./stretch.ts";

const [WIDTH, HEIGHT] = [64, 32];
/** Left half black toner, right half its likeness of colours. */
const inks = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => {
  const black = Math.floor(i / 4) % WIDTH < WIDTH / 2;
  return (black ? [0, 0, 0, 102] : [90, 64, 66, 0])[i % 4] as number;
});
const tiff = cmykTiff(WIDTH, HEIGHT, inks);
const jpeg = () => sharp(tiff).pipelineColourspace("cmyk").toColourspace("cmyk").jpeg({ quality: 100 });
const halves = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < WIDTH / 2 ? 0 : 255));

async function shown(file: Uint8Array, most?: LatentMost): Promise<{ pictures: LatentPicture[]; error?: unknown }> {
  const pictures: LatentPicture[] = [];
  for await (const picture of latentPictures(file, most)) {
    if (!picture.ok) return { pictures, error: picture.error };
    pictures.push(picture.value);
  }
  return { pictures };
}
const refusal = async (file: Uint8Array) => {
  const { error } = (await shown(file)) as { error?: { code: string; detail?: { why?: string } } };
  return error && `${error.code} ${error.detail?.why}`;
};
const greyOf = async (png: Uint8Array | undefined) =>
  new Uint8Array(await sharp(png).toColourspace("b-w").raw().toBuffer());

/** A JPEG with a profile put into it, its samples untouched: APP2 segments after the first marker (ICC.1, B.4). */
function withProfile(file: Buffer, icc: Buffer): Buffer {
  const size = 65_000;
  const parts = Array.from({ length: Math.ceil(icc.length / size) }, (_, i) => icc.subarray(i * size, (i + 1) * size));
  const segments = parts.flatMap((part, i) => {
    const head = Buffer.from(`\xff\xe2\0\0ICC_PROFILE\0${String.fromCharCode(i + 1, parts.length)}`, "latin1");
    head.writeUInt16BE(head.length - 2 + part.length, 2);
    return [head, part];
  });
  return Buffer.concat([file.subarray(0, 2), ...segments, file.subarray(2)]);
}

/** A PDF of one image object with any dictionary and stream. */
const pdfWith = (dictionary: string, stream: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`%PDF-1.4\n5 0 obj\n<< ${dictionary} >>\nstream\n`),
    stream,
    Buffer.from("\nendstream\nendobj\n"),
  ]);
const imageEntries = (width: number, height: number, length: number) =>
  `/Type /XObject /Subtype /Image /ColorSpace /DeviceCMYK /BitsPerComponent 8 /Width ${width} /Height ${height} /Filter /FlateDecode /Length ${length}`;

describe("the latent picture of a picture of four inks", () => {
  test("is its black toner, dark on white, stretched; beside it what the eye sees", async () => {
    const { pictures } = await shown(tiff);
    expect(pictures).toMatchObject([
      { number: 1, count: 1, kind: "separation", widthPx: WIDTH, heightPx: HEIGHT, darkest: 153, lightest: 255 },
    ]);
    expect(await greyOf(pictures[0]?.latentPng)).toEqual(halves);
    const seen = await greyOf(pictures[0]?.seenPng);
    expect(Math.abs((seen[0] as number) - (seen[WIDTH - 1] as number))).toBeLessThan(8);
  });

  test("is the same from a JPEG, and its samples are not turned by a profile that it carries", async () => {
    const plain = await jpeg().toBuffer();
    const { icc } = await sharp(await jpeg().withIccProfile("cmyk").toBuffer()).metadata();
    const profiled = withProfile(plain, icc ?? Buffer.of());
    expect((await sharp(profiled).metadata()).hasProfile).toBe(true);
    for (const file of [plain, profiled]) {
      expect((await shown(file)).pictures).toMatchObject([{ kind: "separation", darkest: 153, lightest: 255 }]);
    }
  });

  test("is taken out of the PDF that a kiosk sends its printer, undrawn", async () => {
    const place = { side: "back", xMm: 1, yMm: 1, widthMm: 4, heightMm: 2 } as const;
    const raster = pwgStream([greyPage(240, 160, 7), greyPage(240, 160, 9)]);
    const overlay = { ...place, widthPx: WIDTH, heightPx: HEIGHT, cmyk: inks };
    const { pictures } = await shown(unwrap(await pdfOfRaster(raster, [overlay])));
    expect(pictures).toMatchObject([{ number: 1, count: 1, kind: "separation", darkest: 153, lightest: 255 }]);
    expect(await greyOf(pictures[0]?.latentPng)).toEqual(halves);
    expect(await refusal(unwrap(await pdfOfRaster(raster)))).toBe("K-IMAGE-112 a PDF without a picture of four inks");
  });
});

describe("as much of a file as is wanted", () => {
  const sizes = async ({ latentPng, seenPng }: LatentPicture) =>
    Promise.all(
      [latentPng, seenPng].map(async (png) => {
        const { width, height } = await sharp(png).metadata();
        return `${width} × ${height}`;
      }),
    );

  test("is a picture of the same shape with no more pixels, and its size as it is in the file", async () => {
    const [picture] = (await shown(tiff, { pictures: 1, pixels: 600 })).pictures as [LatentPicture];
    expect([picture.widthPx, picture.heightPx]).toEqual([WIDTH, HEIGHT]);
    expect(await sizes(picture)).toEqual(["34 × 17", "34 × 17"]);
    const thread = cmykTiff(1000, 1, new Uint8Array(4000));
    const [thin] = (await shown(thread, { pictures: 1, pixels: 10 })).pictures as [LatentPicture];
    expect(await sizes(thin)).toEqual(["10 × 1", "10 × 1"]);
  });

  test("is the first pictures of a PDF that has more of them", async () => {
    const packed = deflateSync(Buffer.alloc(4));
    const one = pdfWith(imageEntries(1, 1, packed.length), packed);
    const { pictures, error } = await shown(Buffer.concat([one, one, one]), { pictures: 2, pixels: 1 });
    expect(pictures.map(({ number, count }) => [number, count])).toEqual([
      [1, 3],
      [2, 3],
    ]);
    expect(error).toBeUndefined();
  });
});

describe("a photograph taken in the infrared", () => {
  const photograph = () => {
    const pixels = Uint8Array.from(halves, (grey) => (grey === 0 ? 110 : 150));
    return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } });
  };

  test("is stretched and nothing else, whether it has one channel or the same grey in three", async () => {
    for (const file of [
      await photograph().toColourspace("b-w").png().toBuffer(),
      await photograph().toColourspace("srgb").png().toBuffer(),
    ]) {
      const { pictures } = await shown(file);
      expect(pictures).toMatchObject([{ kind: "infrared", darkest: 110, lightest: 150 }]);
      expect(pictures[0]?.seenPng).toBeUndefined();
      expect(await greyOf(pictures[0]?.latentPng)).toEqual(halves);
    }
  });

  test("in colours is refused: an ordinary scan has no black separation, and none is guessed", async () => {
    const scan = await sharp(tiff).toColourspace("srgb").png().toBuffer();
    expect(await refusal(scan)).toBe("K-IMAGE-112 colours that are neither four inks nor grey");
  });
});

test("stretching leaves out the last of both ends, and leaves a picture of one grey as it is", () => {
  const dusty = new Uint8Array(1000).fill(100).fill(120, 0, 400);
  dusty[999] = 3;
  expect(stretch(dusty)).toMatchObject({ darkest: 100, lightest: 120 });
  expect([dusty[0], dusty[500], dusty[999]]).toEqual([255, 0, 0]);
  expect(stretch(new Uint8Array(9).fill(7))).toMatchObject({
    darkest: 7,
    lightest: 7,
    pixels: new Uint8Array(9).fill(7),
  });
});

describe("a file that is none of these", () => {
  test("is refused by its first octets, its size, or the size that it claims", async () => {
    expect(await refusal(Buffer.of())).toBe("K-IMAGE-113 the file is empty");
    expect(await refusal(Buffer.from("no picture"))).toBe("K-IMAGE-113 not JPEG, PNG, TIFF or PDF");
    expect(await refusal(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"))).toMatch("not JPEG");
    expect(await refusal(Buffer.alloc(25_000_001))).toBe("K-IMAGE-113 more than 25 MB");
    expect(await refusal(cmykTiff(9000, 6000, inks))).toBe("K-IMAGE-113 more than 45 megapixels");
    expect(await refusal(tiff.subarray(0, 4000))).toBe("K-IMAGE-113 a torn or damaged picture");
    expect(await refusal(pdfWith(imageEntries(9000, 6000, 9), Buffer.alloc(9)))).toBe(
      "K-IMAGE-113 more than 45 megapixels",
    );
  });

  test("a PDF whose image unpacks to more or less than it claims is torn, and is not unpacked beyond that", async () => {
    const bomb = deflateSync(Buffer.alloc(200_000_000));
    expect(await refusal(pdfWith(imageEntries(8, 8, bomb.length), bomb))).toBe("K-IMAGE-113 a torn or damaged picture");
    const short = deflateSync(Buffer.alloc(7));
    expect(await refusal(pdfWith(imageEntries(8, 8, short.length), short))).toBe(
      "K-IMAGE-113 a torn or damaged picture",
    );
  });

  test("a PDF with more pictures than pages are looked at is refused", async () => {
    const packed = deflateSync(Buffer.alloc(4));
    const one = pdfWith(imageEntries(1, 1, packed.length), packed);
    expect(await refusal(Buffer.concat(Array.from({ length: 21 }, () => one)))).toBe(
      "K-IMAGE-113 more than 20 pictures",
    );
  });

  test("octets changed or cut off anywhere never make it throw", async () => {
    const packed = deflateSync(inks);
    for (const good of [tiff, pdfWith(imageEntries(WIDTH, HEIGHT, packed.length), packed)]) {
      await fc.assert(
        fc.asyncProperty(fc.nat(400), fc.nat(255), fc.nat(good.length), async (at, value, length) => {
          const changed = Buffer.from(good);
          changed[at % changed.length] = value;
          await shown(changed.subarray(0, length));
          await shown(changed);
        }),
        { numRuns: 60, seed: 3 },
      );
    }
  });
});
