import sharp from "sharp";
import type { GreyPage } from "../../../src/security-print/composition/page.ts";
import type { ChannelLevel } from "./levels.ts";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PAGE_DPI = 600;
const PX_PER_MM = PAGE_DPI / 25.4;
/** The laser's spot, in pixels of the page. */
const SPOT_SIGMA = 0.75;
const PAPER = 0.9;
const TONER = 0.06;

/**
 * A page printed, used and scanned, as the bytes of a JPEG. Deterministic by seed; nothing of it is the inspector's own
 * code. `dpi` is the scanner's; for a camera the page fills the picture about as much as at that resolution.
 */
export async function printAndScan(page: GreyPage, level: ChannelLevel, dpi: number, seed: number): Promise<Buffer> {
  const random = seeded(seed);
  const paper = await printed(page, level, random);
  stain(paper, level, random);
  const soft = await blurred(paper, Math.hypot((level.blurPx * PAGE_DPI) / dpi, 0.29 * (PAGE_DPI / dpi)));
  const scan = scanned(soft, level, dpi, random);
  return sharp(scan.pixels, { raw: { width: scan.widthPx, height: scan.heightPx, channels: 1 } })
    .jpeg({ quality: level.jpegQuality })
    .withMetadata({ density: dpi })
    .toBuffer();
}

async function blurred(page: GreyPage, sigma: number): Promise<GreyPage> {
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
async function printed(page: GreyPage, { dotGain }: ChannelLevel, random: () => number): Promise<GreyPage> {
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

interface Scan {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
}

function scanned(page: GreyPage, level: ChannelLevel, dpi: number, random: () => number): Scan {
  const sign = () => (random() < 0.5 ? -1 : 1);
  const ratio = PAGE_DPI / dpi;
  const widthPx = Math.round(page.widthPx / ratio);
  const heightPx = Math.round(page.heightPx / ratio);
  const angle = (sign() * level.rotationDeg * Math.PI) / 180;
  const shear = sign() * level.shear;
  const size = 1 + level.scale;
  const plane = level.camera
    ? tilted(level.camera.tiltDeg, page.heightPx, random)
    : (x: number, y: number) => [x, y] as const;
  const keystone = level.camera ? 0 : (sign() * 0.002) / page.heightPx;
  const waves = Array.from({ length: 3 }, () => ({
    amplitude: (level.warpMm * PX_PER_MM) / 3,
    x: (2 * Math.PI) / (PX_PER_MM * (60 + 140 * random())),
    y: (2 * Math.PI) / (PX_PER_MM * (40 + 100 * random())),
    phase: 2 * Math.PI * random(),
  }));
  const light = { x: sign(), y: sign() };
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const pixels = new Uint8Array(widthPx * heightPx);
  for (let v = 0; v < heightPx; v++) {
    for (let u = 0; u < widthPx; u++) {
      const [sx, sy] = [(u + 0.5 - widthPx / 2) * ratio, (v + 0.5 - heightPx / 2) * ratio];
      const [px, py] = plane(cos * sx + sin * sy, cos * sy - sin * sx);
      let x = px * (1 + keystone * py) + shear * py + page.widthPx / 2;
      let y = py * (1 + keystone * py) + page.heightPx / 2;
      for (const wave of waves) {
        x += wave.amplitude * Math.sin(wave.y * y + wave.phase);
        y += wave.amplitude * Math.sin(wave.x * x + 2 * wave.phase);
      }
      const shade =
        1 - (level.lightGradient / 2) * (1 + (light.x * (u / widthPx - 0.5) + light.y * (v / heightPx - 0.5)));
      let value = (reflectance(page, x, y) / 255) * shade;
      value = 255 * value ** level.gamma;
      if (level.camera) value += level.camera.moire * Math.sin(1.9 * u + 0.6 * v);
      value += level.noise * gaussian(random);
      pixels[v * widthPx + u] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
  return { widthPx, heightPx, pixels };
}

/** From places in the picture to places on a sheet that is tilted away from the camera, both from their middles. */
function tilted(tiltDeg: number, heightPx: number, random: () => number) {
  const tilt = (tiltDeg * Math.PI) / 180;
  const towards = 2 * Math.PI * random();
  const distance = 1.6 * heightPx;
  const axis = [Math.cos(towards), Math.sin(towards)] as const;
  return (x: number, y: number): readonly [number, number] => {
    // Along the axis of the tilt nothing changes but the scale; across it the sheet recedes.
    const along = x * axis[0] + y * axis[1];
    const across = -x * axis[1] + y * axis[0];
    const onSheet = (across * distance) / (distance * Math.cos(tilt) - across * Math.sin(tilt));
    const depth = (distance + onSheet * Math.sin(tilt)) / distance;
    return [along * depth * axis[0] - onSheet * axis[1], along * depth * axis[1] + onSheet * axis[0]];
  };
}

/** The paper's grey at a place; beside the paper, the lid of the scanner. */
function reflectance({ widthPx, heightPx, pixels }: GreyPage, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= widthPx - 1 || y >= heightPx - 1) return 215;
  const [left, top] = [x | 0, y | 0];
  const [a, b] = [x - left, y - top];
  const at = top * widthPx + left;
  const upper = (pixels[at] as number) * (1 - a) + (pixels[at + 1] as number) * a;
  const lower = (pixels[at + widthPx] as number) * (1 - a) + (pixels[at + widthPx + 1] as number) * a;
  return upper * (1 - b) + lower * b;
}

/** Nearly normal: the sum of four numbers has a kurtosis of 2.7, enough for a sensor's noise, at a tenth of the cost. */
function gaussian(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}
