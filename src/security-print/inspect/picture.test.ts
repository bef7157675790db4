import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { smallPdf } from "../../../test/support/small-pdf.ts";
import { unwrap } from "../../kernel/result.ts";
import { createPdfEngine } from "../pages/engine.ts";
import { inspectionLimits } from "./limits.ts";
import { readPictures, type ScanPage } from "./picture.ts";

const engine = createPdfEngine();

async function pagesOf(file: Uint8Array): Promise<ScanPage[]> {
  const pages: ScanPage[] = [];
  for await (const page of readPictures(file, engine)) pages.push(unwrap(page));
  return pages;
}

async function whyNot(file: Uint8Array): Promise<unknown> {
  for await (const page of readPictures(file, engine)) {
    if (page.ok) continue;
    expect(page.error.code).toBe("K-IMAGE-103");
    return page.error.detail?.why;
  }
  throw new Error("the file was taken");
}

const noise = Buffer.from(Array.from({ length: 300 * 200 * 3 }, (_, i) => (i * 7919) % 251));
const coloured = () => sharp(noise, { raw: { width: 300, height: 200, channels: 3 } });
const firstHalf = (file: Buffer) => file.subarray(0, file.length >> 1);
const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#fff" }, limitInputPixels: false });

describe("a scan", () => {
  test.each(["jpeg", "png", "tiff"] as const)("as %s gives one picture of grey", async (format) => {
    const [page, ...more] = await pagesOf(await coloured().toFormat(format).toBuffer());
    expect(page).toMatchObject({ number: 1, count: 1, picture: { widthPx: 300, heightPx: 200 } });
    expect(page?.picture.pixels).toHaveLength(300 * 200);
    expect(more).toEqual([]);
  });

  test("of a camera held sideways is turned as the camera says", async () => {
    const [page] = await pagesOf(await coloured().jpeg().withMetadata({ orientation: 6 }).toBuffer());
    expect(page?.picture).toMatchObject({ widthPx: 200, heightPx: 300 });
  });

  test("with transparency lies on white paper", async () => {
    const clear = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    const [page] = await pagesOf(await clear.png().toBuffer());
    expect([...new Set(page?.picture.pixels)]).toEqual([255]);
  });

  test("of 16 bits a channel becomes one of 8", async () => {
    const [page] = await pagesOf(await coloured().toColourspace("rgb16").png().toBuffer());
    expect(page?.picture.pixels).toHaveLength(300 * 200);
  });

  test("as PDF gives a picture of every page at 300 dpi", async () => {
    const pages = await pagesOf(smallPdf({ pages: ["0 0 100 100 re f", "0 0 200 200 re f"] }));
    expect(pages.map(({ number, count }) => [number, count])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(pages[0]?.picture).toMatchObject({ widthPx: 2480, heightPx: 3508 });
    expect(pages[0]?.picture.pixels).toContain(0);
  });
});

describe("a file that is no scan is refused with its reason", () => {
  test.each([
    ["an empty file", () => Buffer.alloc(0), "the file is empty"],
    ["a text", () => Buffer.from("a letter, not a picture"), "not JPEG, PNG, TIFF or PDF"],
    ["25 MB and one byte", () => Buffer.alloc(inspectionLimits.bytes + 1), "more than 25 MB"],
    ["an SVG", () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /not JPEG/],
    ["a GIF", () => coloured().gif().toBuffer(), /not JPEG/],
    [
      "a broken PDF",
      () => Buffer.from("%PDF-1.7\nnothing"),
      "a PDF that cannot be opened: the engine cannot open the file",
    ],
    [
      "a PDF of more than 8 MB",
      () => Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(8_000_000)]),
      "a PDF that cannot be opened: the file is too large",
    ],
    ["49 megapixels", () => blank(7000, 7000).png().toBuffer(), "more than 45 megapixels"],
    ["a torn JPEG", async () => firstHalf(await coloured().jpeg().toBuffer()), /torn/],
    ["a torn PNG", async () => firstHalf(await coloured().png().toBuffer()), /torn/],
    ["a torn TIFF", async () => firstHalf(await coloured().tiff().toBuffer()), /torn|not JPEG/],
    ["a JPEG of a few bytes", async () => (await coloured().jpeg().toBuffer()).subarray(0, 20), /torn|not JPEG/],
  ] as const)("%s", async (_, make, why) => {
    expect(await whyNot(await make())).toEqual(why instanceof RegExp ? expect.stringMatching(why) : why);
  });
});
