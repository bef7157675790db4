import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pdfOfRaster } from "../../devices/certificate-printer/pdf/encode.ts";
import { encodeGreyPage } from "../../devices/certificate-printer/pwg/encode.ts";
import { A4_600, certificateHeader } from "../../devices/certificate-printer/pwg/header.ts";
import { pwgStream } from "../../devices/certificate-printer/simulator/test-pages.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { type CmykPicture, detectionPicture } from "../../src/security-print/detection/picture.ts";
import { DETECTION_PLACE } from "../../src/security-print/detection/place.ts";
import { inspectPicture } from "../../src/security-print/inspect/inspection.ts";
import { latentPictures } from "../../src/security-print/latent/latent-pictures.ts";
import { createPdfEngine } from "../../src/security-print/pages/engine.ts";
import { drawnBack } from "../support/print-scan/backs.ts";
import { TestCentre } from "../support/scramble.ts";

/** Poppler takes the picture out of the PDF, PDFium draws it, tesseract reads it: none of them shares a line with us. */
const { widthPx, heightPx } = A4_600;
const folder = mkdtempSync(join(tmpdir(), "madoguchi-detection-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let picture: CmykPicture;
let pdf: Uint8Array;
beforeAll(async () => {
  picture = await detectionPicture();
  const header = certificateHeader(2);
  const side = encodeGreyPage(new Uint8Array(widthPx * heightPx).fill(255), header);
  pdf = unwrap(await pdfOfRaster(pwgStream([side, side]), [{ side: "back", ...DETECTION_PLACE, ...picture }]));
});

function run(program: string, packages: string, args: readonly string[], input?: Uint8Array) {
  const done = spawnSync(program, [...args], {
    input,
    encoding: "utf8",
    env: { ...process.env, OMP_THREAD_LIMIT: "1" },
  });
  if (done.status !== 0)
    throw new Error(`${program} is missing or failed: install ${packages} (${done.stderr ?? done.error})`);
  return done.stdout;
}

/** One word of a picture that is looked at from afar, as who looks for a large word does. */
async function wordIn(png: Uint8Array): Promise<string> {
  const field = { left: 20, top: 20, width: picture.widthPx - 40, height: picture.heightPx - 190 };
  const small = await sharp(png).extract(field).greyscale().blur(4).resize({ width: 500 }).png().toBuffer();
  const black = await sharp(small).normalise().threshold(160).toBuffer();
  const edge = 40;
  const framed = await sharp(black)
    .extend({ top: edge, bottom: edge, left: edge, right: edge, background: "#fff" })
    .png()
    .toBuffer();
  const args = ["-", "-", "-l", "jpn", "--psm", "8", "--dpi", "200"];
  return run("tesseract", "tesseract-ocr and tesseract-ocr-jpn", args, framed).replace(/\s/g, "");
}

describe("the forgery-detection image in the PDF for a printer with colours", () => {
  it("has every sample of its four inks unchanged, and no profile, as poppler takes it out", () => {
    const file = join(folder, "sheet.pdf");
    writeFileSync(file, pdf);
    const listed = run("pdfimages", "poppler-utils", ["-list", file]).split("\n");
    const line = listed.find((text) => text.includes("cmyk"));
    expect(line).toMatch(/^\s*2\s+\d+\s+image\s+1890\s+780\s+cmyk\s+4\s+8\s/);
    run("pdfimages", "poppler-utils", ["-tiff", "-f", "2", "-l", "2", file, join(folder, "inks")]);
    const tiffs = readdirSync(folder)
      .filter((name) => name.endsWith(".tif"))
      .sort();
    const taken = readFileSync(join(folder, tiffs.at(-1) ?? ""));
    return sharp(taken)
      .pipelineColourspace("cmyk")
      .toColourspace("cmyk")
      .raw()
      .toBuffer({ resolveWithObject: true })
      .then(({ data, info }) => {
        expect([info.width, info.height, info.channels]).toEqual([1890, 780, 4]);
        expect(Buffer.compare(data, picture.cmyk)).toBe(0);
      });
  });

  it("lies where it should, on white, and its word differs from its ground by 3 % of white at most, as PDFium draws it", async () => {
    const document = unwrap(await createPdfEngine().openPdf(pdf));
    const [front, back] = [0, 1].map((page) => unwrap(document.renderGrey(page, widthPx, heightPx)));
    document.close();
    expect(front?.every((grey) => grey === 255)).toBe(true);
    const mm = (value: number) => (value / 25.4) * 600;
    const { xMm, yMm, widthMm, heightMm } = DETECTION_PLACE;
    const at = (xInMm: number, yInMm: number) =>
      back?.[Math.round(mm(yMm + yInMm)) * widthPx + Math.round(mm(xMm + xInMm))] ?? -1;
    expect([at(-0.2, 1), at(1, -0.2), at(widthMm + 0.2, 1), at(1, heightMm + 0.2)]).toEqual([255, 255, 255, 255]);
    for (const [x, y] of [
      [0.3, 0.3],
      [widthMm - 0.3, heightMm - 0.3],
    ] as const)
      expect(at(x, y)).toBeLessThan(200);
    // Both tints of the ground, where no line is, from the picture itself.
    const shades = { black: [] as number[], colours: [] as number[] };
    for (let i = 0; i < picture.widthPx * picture.heightPx; i += 37) {
      const [c, k] = [picture.cmyk[4 * i], picture.cmyk[4 * i + 3]];
      const [x, y] = [
        ((i % picture.widthPx) + 0.5) / picture.widthPx,
        (Math.floor(i / picture.widthPx) + 0.5) / picture.heightPx,
      ];
      if (k === 102) shades.black.push(at(x * widthMm, y * heightMm));
      else if (c === 90) shades.colours.push(at(x * widthMm, y * heightMm));
    }
    const middle = (greys: number[]) => greys.sort((a, b) => a - b)[greys.length >> 1] ?? 0;
    expect(shades.black.length).toBeGreaterThan(3000);
    expect(Math.abs(middle(shades.black) - middle(shades.colours))).toBeLessThan(0.03 * 255);
  });

  it("does not hinder an inspector: the scrambled image above it is found and read at 300 dpi", async () => {
    const centre = new TestCentre("detection");
    const page = await drawnBack(centre.payload());
    const side = encodeGreyPage(page.pixels, certificateHeader(2));
    const overlay = { side: "back", ...DETECTION_PLACE, ...picture } as const;
    const sheet = unwrap(
      await createPdfEngine().openPdf(unwrap(await pdfOfRaster(pwgStream([side, side]), [overlay]))),
    );
    const size = { widthPx: widthPx / 2, heightPx: heightPx / 2 };
    const scan = { ...size, pixels: unwrap(sheet.renderGrey(1, size.widthPx, size.heightPx)) };
    sheet.close();
    const answers = inspectPicture(scan, centre.inspectionKeys()).map(({ answer }) => answer);
    expect(answers).toEqual(["genuine"]);
  });

  it("shows 正本 to tesseract in the viewer's latent picture, and not in what the eye sees", async () => {
    const shown = latentPictures(pdf)[Symbol.asyncIterator]();
    const first = await shown.next();
    if (first.done) throw new Error("no picture");
    const { latentPng, seenPng = new Uint8Array() } = unwrap(first.value);
    expect(await wordIn(latentPng)).toContain("正本");
    expect(await wordIn(seenPng)).not.toMatch(/[正本]/);
  });
});
