import sharp from "sharp";
import { unwrap } from "../../src/kernel/result.ts";
import { compareFronts, type Difference } from "../../src/security-print/compare/compare.ts";
import { type GreyPage, mmToPx } from "../../src/security-print/composition/page.ts";
import { cmykTiff } from "../../src/security-print/detection/cmyk-tiff.ts";
import { detectionPicture } from "../../src/security-print/detection/picture.ts";
import { frontPicture } from "../../src/security-print/inspect/front-picture.ts";
import { inspectPicture } from "../../src/security-print/inspect/inspection.ts";
import { latentPictures } from "../../src/security-print/latent/latent-pictures.ts";
import { REGION } from "../../src/security-print/scramble/geometry.ts";
import { infraredOf } from "../support/inks.ts";
import { cropped, repaint } from "../support/print-scan/backs.ts";
import { blurred, printAndScan, printed } from "../support/print-scan/channel.ts";
import { COPIER_GAIN, copied, copiers } from "../support/print-scan/copier.ts";
import { firstPicture } from "../support/print-scan/first-picture.ts";
import { levels } from "../support/print-scan/levels.ts";
import { seeded } from "../support/print-scan/seeded.ts";
import { type SampleSheet, sampleSheet, withAnotherMonth } from "./sample-sheet.ts";

/** A picture of the inquiry site's page about the protections, as the bytes of a WebP. */
export interface ProtectionPicture {
  readonly file: string;
  readonly webp: Buffer;
}

interface Millimetres {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What toner spreads in a printer for which the deterrent text needs no calibration. */
const ORDINARY_GAIN = 0.09;
const SCAN_DPI = 300;
const FRONT_DPI = 200;
const SHEET_PX = 480;

/** Where on the sheet the enlarged pictures are taken. */
const CORNER: Millimetres = { x: 12, y: 45, width: 36, height: 27 };
const LINES: Millimetres = { x: 16, y: 14.5, width: 128, height: 25 };
const CODE: Millimetres = { x: 168, y: 10, width: 32, height: 32 };
const SEEN: Millimetres = { x: 12, y: 186, width: 186, height: 96 };
const DOTS: Millimetres = { x: 39, y: 245, width: 10, height: 5 };
/** An eye some way off takes the dots for a tone: blur of half of what lies between two of the large ones. */
const MERGED_PX = 11;
/** Paper around a place that looks different. */
const AROUND_MM = { x: 16, y: 3.4 };

/**
 * Of the pattern's height, a blot over its whole width: just more than the code corrects, so that some parts are lost and
 * others are not.
 */
const BLOT = { from: 0.42, share: 0.28, grey: 60 };

/** What can be drawn without the rest, and the files it comes to. */
const parts = {
  back: ["back", "image-pattern", "code-lines", "code"],
  image: ["image-scan", "image-front", "image-stained", "image-lost"],
  deterrent: ["deterrent-original", "deterrent-copy", "deterrent-original-dots", "deterrent-copy-dots"],
  detection: ["detection-eye", "detection-infrared"],
  comparison: ["comparison-issued", "comparison-scan"],
} as const;
export type PicturePart = keyof typeof parts;

/** The files of all parts. */
export const pictureFiles = Object.values(parts).flatMap((names) => names.map((name) => `${name}.webp`));

const draws: Readonly<Record<PicturePart, (sheet: SampleSheet) => Promise<ProtectionPicture[]>>> = {
  back: backPictures,
  image: imagePictures,
  deterrent: deterrentPictures,
  detection: detectionPictures,
  comparison: comparisonPictures,
};

/**
 * Draws pictures of that page from one sheet that the kiosk's own code composed: printed, scanned, stained and copied by the
 * simulation of paper that the tests use. Same code, same pictures. Throws when one would not show what it is there for.
 */
export async function protectionPictures(
  asked: readonly PicturePart[] = Object.keys(parts) as PicturePart[],
): Promise<ProtectionPicture[]> {
  const sheet = await sampleSheet();
  const drawn: ProtectionPicture[] = [];
  for (const part of asked) drawn.push(...(await draws[part](sheet)));
  const strange = drawn.find(({ file }) => !pictureFiles.includes(file));
  if (strange) throw new Error(`${strange.file} is not among the pictures of its part`);
  return drawn;
}

async function backPictures({ back }: SampleSheet): Promise<ProtectionPicture[]> {
  const paper = await onPaper(back);
  return [
    { file: "back.webp", webp: await small(paper, 480, 50) },
    { file: "image-pattern.webp", webp: await small(cut(paper, CORNER), 480, 60) },
    { file: "code-lines.webp", webp: await small(cut(paper, LINES), 720, 60) },
    { file: "code.webp", webp: await small(cut(paper, CODE), 300, 60) },
  ];
}

/** A bad scan and the front that was read from it; a worse one, and what is left of the front. */
async function imagePictures({ back, keys }: SampleSheet): Promise<ProtectionPicture[]> {
  const read = async (scan: Buffer) => {
    const [{ strips, front }] = inspectPicture(await firstPicture(scan), keys);
    if (!front) throw new Error("nothing of the front was read");
    return { lost: strips.filter((state) => state !== "ok").length, picture: await frontPicture(front, strips) };
  };
  const bad = await printAndScan(back, levels.worst, SCAN_DPI, 1);
  const whole = await read(bad);
  const blotted = { ...back, pixels: back.pixels.slice() };
  const { width, height } = REGION;
  const blot = { x: 0, y: Math.round(BLOT.from * height), width, height: Math.round(BLOT.share * height) };
  repaint(blotted, blot, () => BLOT.grey);
  const worse = await printAndScan(blotted, levels.hard, SCAN_DPI, 2);
  const partly = await read(worse);
  if (whole.lost !== 0 || partly.lost === 0 || partly.lost === 8)
    throw new Error(`of the two scans ${whole.lost} and ${partly.lost} parts are lost`);
  return [
    { file: "image-scan.webp", webp: await small(await firstPicture(bad), SHEET_PX, 40) },
    { file: "image-front.webp", webp: await small(whole.picture, SHEET_PX, 60) },
    { file: "image-stained.webp", webp: await small(await firstPicture(worse), SHEET_PX, 40) },
    { file: "image-lost.webp", webp: await small(partly.picture, SHEET_PX, 60) },
  ];
}

/** The same place of a front on the original and on a copy of it, as an eye sees it and under a glass. */
async function deterrentPictures({ front }: SampleSheet): Promise<ProtectionPicture[]> {
  const margin = 5;
  const around = { x: SEEN.x - margin, y: SEEN.y - margin, width: SEEN.width + 10, height: SEEN.height + 10 };
  const original = await onPaper(cut(front, around));
  const copy = await copied(original, copiers["400 dpi, text"], COPIER_GAIN, seeded(2));
  const inside = { ...SEEN, x: margin, y: margin };
  const glass = { ...DOTS, x: DOTS.x - around.x, y: DOTS.y - around.y };
  return [
    { file: "deterrent-original.webp", webp: await small(await blurred(cut(original, inside), MERGED_PX), 560, 70) },
    { file: "deterrent-copy.webp", webp: await small(await blurred(cut(copy, inside), MERGED_PX), 560, 70) },
    { file: "deterrent-original-dots.webp", webp: await enlarged(cut(original, glass)) },
    { file: "deterrent-copy-dots.webp", webp: await enlarged(cut(copy, glass)) },
  ];
}

/** The forgery-detection image as the viewer shows its four inks, and as an infrared camera would see them by the model of inks. */
async function detectionPictures(): Promise<ProtectionPicture[]> {
  const { widthPx, heightPx, cmyk } = await detectionPicture();
  const seenPngs: Uint8Array[] = [];
  for await (const picture of latentPictures(cmykTiff(widthPx, heightPx, cmyk))) {
    const { seenPng } = unwrap(picture);
    if (seenPng) seenPngs.push(seenPng);
  }
  if (!seenPngs[0]) throw new Error("the viewer does not show what the eye sees");
  const seen = await sharp(seenPngs[0]).resize(560).webp({ quality: 45, effort: 6 }).toBuffer();
  const known = new Map<string, number>();
  const pixels = Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    const inks = [0, 1, 2, 3].map((ink) => (cmyk[4 * i + ink] as number) / 255) as [number, number, number, number];
    const key = inks.join();
    const grey = known.get(key) ?? 255 * infraredOf(inks);
    known.set(key, grey);
    return Math.round(grey);
  });
  return [
    { file: "detection-eye.webp", webp: seen },
    { file: "detection-infrared.webp", webp: await small({ widthPx, heightPx, pixels }, 560, 50) },
  ];
}

/** A month of birth as it was issued and as somebody changed it, framed where the comparison marks it. */
async function comparisonPictures(sheet: SampleSheet): Promise<ProtectionPicture[]> {
  const { page, changed } = withAnotherMonth(sheet);
  const scan = await printAndScan(page, levels.mild, SCAN_DPI, 3);
  const { differences, straight } = compareFronts(sheet.issued, await firstPicture(scan));
  const [x, y] = [changed.x + changed.width / 2, changed.y + changed.height / 2];
  const place = differences.find(
    ({ xMm, yMm, widthMm, heightMm }) => x > xMm && x < xMm + widthMm && y > yMm && y < yMm + heightMm,
  );
  if (!place || !straight) throw new Error("the comparison does not mark what was changed");
  const issued = await frontPicture(sheet.issued, []);
  return [
    { file: "comparison-issued.webp", webp: await framed(issued, place) },
    { file: "comparison-scan.webp", webp: await framed(straight, place) },
  ];
}

const onPaper = (page: GreyPage) => printed(page, { dotGain: ORDINARY_GAIN }, seeded(1));

function cut(page: GreyPage, { x, y, width, height }: Millimetres): GreyPage {
  return cropped(page, mmToPx(x), mmToPx(y), mmToPx(width), mmToPx(height));
}

function raw({ widthPx: width, heightPx: height, pixels }: GreyPage) {
  return sharp(pixels, { raw: { width, height, channels: 1 }, limitInputPixels: false });
}

/** A picture reduced without the moiré that dots and pixels would make together. */
async function small(page: GreyPage, width: number, quality: number): Promise<Buffer> {
  const factor = page.widthPx / width;
  const soft = factor > 2 ? await blurred(page, factor / 2.5) : page;
  return raw(soft).resize({ width, kernel: "linear" }).webp({ quality, effort: 6 }).toBuffer();
}

/** Each pixel of the print as a square of two. */
function enlarged(page: GreyPage): Promise<Buffer> {
  const width = 2 * page.widthPx;
  return raw(page).resize({ width, kernel: "nearest" }).webp({ quality: 50, effort: 6 }).toBuffer();
}

/** A place of a front at 200 dpi and the paper around it, with a frame. */
function framed(page: GreyPage, { xMm, yMm, widthMm, heightMm }: Difference): Promise<Buffer> {
  const px = (mm: number) => Math.round((mm * FRONT_DPI) / 25.4);
  const part = cropped(
    page,
    px(xMm - AROUND_MM.x),
    px(yMm - AROUND_MM.y),
    px(widthMm + 2 * AROUND_MM.x),
    px(heightMm + 2 * AROUND_MM.y),
  );
  const frame = `<svg xmlns="http://www.w3.org/2000/svg" width="${part.widthPx}" height="${part.heightPx}"><rect x="${px(
    AROUND_MM.x - 1,
  )}" y="${px(AROUND_MM.y - 1)}" width="${px(widthMm + 2)}" height="${px(heightMm + 2)}" rx="6" fill="none" stroke="#b3261e" stroke-width="3"/></svg>`;
  return raw(part)
    .toColourspace("srgb")
    .composite([{ input: Buffer.from(frame) }])
    .webp({ quality: 60, effort: 6 })
    .toBuffer();
}
