import sharp from "sharp";
import { drawText } from "../composition/text.ts";
import { thickened } from "../deterrent/tile.ts";
import { guilloche, WORDS_MM } from "./guilloche.ts";
import { DETECTION_PLACE } from "./place.ts";
import { GROUND_BLACK, likeness } from "./tones.ts";

/** A picture of four inks, row by row, C, M, Y, K in each pixel: 0 no ink … 255 full ink (ISO 32000-1, 8.6.4.4). */
export interface CmykPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly cmyk: Uint8Array;
}

/** Contone for screens of 150 to 200 lines an inch. */
const DPI = 300;
const MM_PER_INCH = 25.4;
/** What the eye reads, and what only the infrared shows. Sizes are of a drawing at 600 dpi, so twice what is printed. */
const WORDS = { text: "証　明　書", sizePt: 14 } as const;
const LATENT = { text: "正本", sizePt: 62, spreadPx: 11 } as const;

/** How much of each pixel is line, 0 … 255. */
interface Mask {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly values: Uint8Array;
}

/**
 * The forgery-detection image: white lines and 証明書 on grey for the eye, and 正本 in that grey, which is black toner within the
 * word and its likeness of colours around it. A pixel has black or colours, never both. Nothing of it is personal: it is the
 * same on every certificate, pixel by pixel. Rejects only when sharp or the font is broken, which is a fault of the
 * installation.
 */
export async function detectionPicture(): Promise<CmykPicture> {
  const lines = await lineMask();
  await drawWords(lines);
  const latent = await latentMask(lines);
  const cmyk = new Uint8Array(4 * lines.values.length);
  for (const [i, line] of lines.values.entries()) {
    const tone = Math.round((GROUND_BLACK * (255 - line)) / 255);
    if (latent[i] === 1) cmyk[4 * i + 3] = tone;
    else cmyk.set(likeness.subarray(3 * tone, 3 * tone + 3), 4 * i);
  }
  return { widthPx: lines.widthPx, heightPx: lines.heightPx, cmyk };
}

async function lineMask(): Promise<Mask> {
  const { data, info } = await sharp(Buffer.from(guilloche(DETECTION_PLACE, DPI)))
    .removeAlpha()
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) throw new Error(`the lines came with ${info.channels} channels`);
  return { widthPx: info.width, heightPx: info.height, values: new Uint8Array(data) };
}

/** The words in the middle of their band, as white as the lines. */
async function drawWords({ widthPx, heightPx, values }: Mask): Promise<void> {
  const words = await drawText([WORDS], "bold");
  const left = Math.round((widthPx - words.widthPx) / 2);
  const band = Math.round((WORDS_MM.height / MM_PER_INCH) * DPI);
  const inset = Math.round((WORDS_MM.inset / MM_PER_INCH) * DPI);
  const top = Math.round(heightPx - band + (band - inset - words.heightPx) / 2);
  for (let y = 0; y < words.heightPx; y++) {
    for (let x = 0; x < words.widthPx; x++) {
      const at = (top + y) * widthPx + left + x;
      values[at] = Math.max(values[at] ?? 0, 255 - (words.pixels[y * words.widthPx + x] ?? 255));
    }
  }
}

/** 1 where the latent word is, which stands in the middle of the field above the words. */
async function latentMask({ widthPx, heightPx }: Mask): Promise<Uint8Array> {
  const word = await thickened(LATENT.text, { sizePt: LATENT.sizePt, squarePx: 1, spread: LATENT.spreadPx });
  const field = heightPx - Math.round((WORDS_MM.height / MM_PER_INCH) * DPI);
  const [left, top] = [Math.round((widthPx - word.columns) / 2), Math.round((field - word.rows) / 2)];
  const mask = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < word.rows; y++) {
    mask.set(word.inside.subarray(y * word.columns, (y + 1) * word.columns), (top + y) * widthPx + left);
  }
  return mask;
}
