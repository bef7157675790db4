import sharp from "sharp";
import type { GreyPage } from "../../../src/security-print/composition/page.ts";
import type { ChannelLevel } from "./levels.ts";
import { PAGE_DPI, scanned } from "./scanner.ts";
import { seeded } from "./seeded.ts";

/** The laser's spot, in pixels of the page. */
const SPOT_SIGMA = 0.75;
const PAPER = 0.9;
const TONER = 0.06;

/**
 * A page printed, used and scanned, as the bytes of a JPEG. Deterministic by seed; nothing of it is the inspector's own
 * code. `dpi` is the scanner's; for a camera the page fills the picture about as much as at that resolution. `behind` is the
 * other side of the sheet, for levels at which it shines through.
 */
export async function printAndScan(
  page: GreyPage,
  level: ChannelLevel,
  dpi: number,
  seed: number,
  behind?: GreyPage,
): Promise<Buffer> {
  const random = seeded(seed);
  const paper = await printed(page, level, random);
  if (level.showThrough) await shineThrough(paper, behind, level.showThrough);
  stain(paper, level, random);
  const soft = await blurred(paper, Math.hypot((level.blurPx * PAGE_DPI) / dpi, 0.29 * (PAGE_DPI / dpi)));
  const scan = scanned(soft, level, dpi, random);
  return sharp(scan.pixels, { raw: { width: scan.widthPx, height: scan.heightPx, channels: 1 } })
    .jpeg({ quality: level.jpegQuality })
    .withMetadata({ density: dpi })
    .toBuffer();
}

export async function blurred(page: GreyPage, sigma: number): Promise<GreyPage> {
  const { widthPx, heightPx, pixels } = page;
  const source = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const { data } = await sharp(source, {
    raw: { width: widthPx, height: heightPx, channels: 1 },
    limitInputPixels: false,
  })
    .blur({ sigma: Math.max(0.3, sigma), minAmplitude: 0.05 })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { widthPx, heightPx, pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** Toner on paper: the spot's blur, then ink where there is enough of it, its edges moved by dot gain and by grain. */
export async function printed(
  page: GreyPage,
  { dotGain }: Pick<ChannelLevel, "dotGain">,
  random: () => number,
): Promise<GreyPage> {
  const { widthPx, heightPx, pixels } = await blurred(page, SPOT_SIGMA);
  const grain = 16;
  const tables = Array.from({ length: grain }, (_, g) => {
    const moved = 8 * dotGain + ((g - (grain - 1) / 2) / grain) * 0.5;
    const threshold = 1 - normalShare(moved / SPOT_SIGMA);
    const softness = Math.min(0.15, 0.8 * threshold, 0.8 * (1 - threshold));
    return Uint8Array.from({ length: 256 }, (_, value) => {
      const ink = Math.max(0, Math.min(1, (1 - value / 255 - threshold) / (2 * softness) + 0.5));
      return Math.round(255 * (PAPER + (TONER - PAPER) * ink));
    });
  });
  const blocks = Math.ceil(widthPx / 4);
  const row = new Uint8Array(blocks);
  for (let y = 0; y < heightPx; y++) {
    if (y % 4 === 0) for (let b = 0; b < blocks; b++) row[b] = Math.floor(random() * grain);
    for (let x = 0; x < widthPx; x++) {
      const at = y * widthPx + x;
      pixels[at] = tables[row[x >> 2] as number]?.[pixels[at] as number] as number;
    }
  }
  return { widthPx, heightPx, pixels };
}

/** Share of a normal distribution below a value (Zelen and Severo, error below 1e-5). */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.33267 * Math.abs(x));
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const tail = density * t * (0.4361836 + t * (-0.1201676 + t * 0.937298));
  return x >= 0 ? 1 - tail : tail;
}

/** Ink of the other side, as soft as paper makes it, seen from behind. */
async function shineThrough(page: GreyPage, behind: GreyPage | undefined, share: number): Promise<void> {
  if (!behind) throw new Error("this level needs the other side of the sheet");
  const { pixels: ink } = await blurred(behind, 5);
  const { widthPx, heightPx, pixels } = page;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0, at = y * widthPx, from = at + widthPx - 1; x < widthPx; x++, at++, from--) {
      pixels[at] = (pixels[at] as number) * (1 - share * (1 - (ink[from] as number) / 255));
    }
  }
}

/** Blots (dark, pale or opaque), and a fold across the page where toner has come off. */
function stain(page: GreyPage, { stains, fold }: ChannelLevel, random: () => number): void {
  const { widthPx, heightPx, pixels } = page;
  let left = stains * widthPx * heightPx;
  while (left > 0) {
    const [rx, ry] = [60 + 240 * random(), 60 + 240 * random()];
    const [cx, cy] = [random() * widthPx, random() * heightPx];
    const kind = random();
    const strength = 0.25 + 0.5 * random();
    for (let y = Math.max(0, Math.floor(cy - ry)); y < Math.min(heightPx, cy + ry); y++) {
      for (let x = Math.max(0, Math.floor(cx - rx)); x < Math.min(widthPx, cx + rx); x++) {
        if (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 > 1) continue;
        const at = y * widthPx + x;
        const value = pixels[at] as number;
        pixels[at] =
          kind < 0.5 ? value * strength : kind < 0.75 ? 230 - (230 - value) * strength : kind < 0.88 ? 40 : 225;
      }
    }
    left -= Math.PI * rx * ry;
  }
  if (!fold) return;
  const middle = heightPx * (0.4 + 0.2 * random());
  for (let y = Math.floor(middle - 9); y < middle + 9; y++) {
    for (let x = 0; x < widthPx; x++) {
      const at = y * widthPx + x;
      pixels[at] = 230 - (230 - (pixels[at] as number)) * 0.35;
    }
  }
}
