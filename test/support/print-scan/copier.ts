import sharp from "sharp";
import type { GreyPage } from "../../../src/security-print/composition/page.ts";
import { blurred, printed } from "./channel.ts";
import { PAGE_DPI } from "./scanner.ts";

/** A copier: what it sees, and what it makes of that. Figures of our own, after what office machines are sold with. */
export interface Copier {
  readonly dpi: number;
  /** Blur of its optics in pixels of its own. */
  readonly blurPx: number;
  /** Anything lighter than this share of white paper becomes white: copiers remove the background. */
  readonly whiteAbove: number;
  /** `text` prints what is darker than half, `photo` spreads the error of that over the neighbours. */
  readonly mode: "text" | "photo";
}

export const copiers = {
  "300 dpi, text": { dpi: 300, blurPx: 0.6, whiteAbove: 0.8, mode: "text" },
  "400 dpi, text": { dpi: 400, blurPx: 0.6, whiteAbove: 0.8, mode: "text" },
  "300 dpi, photo": { dpi: 300, blurPx: 0.6, whiteAbove: 0.8, mode: "photo" },
  "400 dpi, photo": { dpi: 400, blurPx: 0.6, whiteAbove: 0.8, mode: "photo" },
  "600 dpi, soft, photo": { dpi: 600, blurPx: 1.2, whiteAbove: 0.8, mode: "photo" },
  "600 dpi, sharp, text": { dpi: 600, blurPx: 0.5, whiteAbove: 0.8, mode: "text" },
} as const satisfies Readonly<Record<string, Copier>>;

export type CopierName = keyof typeof copiers;

/** What a copier's own printing spreads, whatever the kiosk's printer does. */
export const COPIER_GAIN = 0.06;

/** A copy on paper of what is on paper; both as reflectance, 255 is 1. */
export async function copied(
  paper: GreyPage,
  copier: Copier,
  dotGain: number,
  random: () => number,
): Promise<GreyPage> {
  const { dpi, blurPx, whiteAbove, mode } = copier;
  const ratio = PAGE_DPI / dpi;
  const soft = await blurred(paper, Math.hypot(blurPx * ratio, 0.29 * ratio));
  const [widthPx, heightPx] = [Math.round(paper.widthPx / ratio), Math.round(paper.heightPx / ratio)];
  const seen = new Uint8Array(widthPx * heightPx);
  const white = 0.9 * 255;
  for (let y = 0; y < heightPx; y++) {
    const from = Math.min(paper.heightPx - 1, Math.floor((y + 0.5) * ratio)) * paper.widthPx;
    for (let x = 0; x < widthPx; x++) {
      const value = soft.pixels[from + Math.min(paper.widthPx - 1, Math.floor((x + 0.5) * ratio))] as number;
      seen[y * widthPx + x] = Math.max(0, Math.min(255, (255 * value) / (whiteAbove * white)));
    }
  }
  const { data } = await sharp(seen, { raw: { width: widthPx, height: heightPx, channels: 1 } })
    .resize(paper.widthPx, paper.heightPx, { kernel: "linear", fit: "fill" })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const page = { widthPx: paper.widthPx, heightPx: paper.heightPx, pixels: new Uint8Array(data) };
  if (mode === "text") for (let i = 0; i < data.length; i++) page.pixels[i] = (data[i] as number) < 128 ? 0 : 255;
  else diffuse(page);
  return printed(page, { dotGain }, random);
}

/** Floyd and Steinberg's error diffusion, in place. */
function diffuse({ widthPx, heightPx, pixels }: GreyPage): void {
  let next = new Float32Array(widthPx + 2);
  for (let y = 0; y < heightPx; y++) {
    const here = next;
    next = new Float32Array(widthPx + 2);
    for (let x = 0; x < widthPx; x++) {
      const value = (pixels[y * widthPx + x] as number) + (here[x + 1] as number);
      const to = value < 128 ? 0 : 255;
      pixels[y * widthPx + x] = to;
      const error = value - to;
      here[x + 2] = (here[x + 2] as number) + (7 / 16) * error;
      next[x] = (next[x] as number) + (3 / 16) * error;
      next[x + 1] = (next[x + 1] as number) + (5 / 16) * error;
      next[x + 2] = (next[x + 2] as number) + (1 / 16) * error;
    }
  }
}
