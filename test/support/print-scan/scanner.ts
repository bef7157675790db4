import type { GreyPage } from "../../../src/security-print/composition/page.ts";
import type { GreyImage } from "../../../src/security-print/inspect/grey.ts";
import type { ChannelLevel } from "./levels.ts";
import { seeded } from "./seeded.ts";

export const PAGE_DPI = 600;
const PX_PER_MM = PAGE_DPI / 25.4;
/** Beside the paper, the lid of the scanner. */
const LID = 215;

/**
 * What a scanner's sensor (or a camera's) sees of a page that is already as soft as its lens makes it: geometry, light, tone,
 * noise.
 */
export function scanned(page: GreyPage, level: ChannelLevel, dpi: number, random: () => number): GreyImage {
  const ratio = PAGE_DPI / dpi;
  const widthPx = Math.round(page.widthPx / ratio);
  const heightPx = Math.round(page.heightPx / ratio);
  const place = geometry(page, level, random);
  const light = { x: signOf(random), y: signOf(random) };
  const tone = Float32Array.from({ length: 4097 }, (_, i) => 255 * (i / 4096) ** level.gamma);
  const moire = level.camera?.moire ?? 0;
  const pixels = new Uint8Array(widthPx * heightPx);
  const at = { x: 0, y: 0 };
  for (let v = 0, to = 0; v < heightPx; v++) {
    let noise = Math.floor(random() * NOISE.length);
    for (let u = 0; u < widthPx; u++, to++) {
      place((u + 0.5 - widthPx / 2) * ratio, (v + 0.5 - heightPx / 2) * ratio, at);
      const away = light.x * (u / widthPx - 0.5) + light.y * (v / heightPx - 0.5);
      const shade = 1 - (level.lightGradient / 2) * (1 + away);
      let value = tone[(reflectance(page, at.x, at.y) * shade * (4096 / 255)) | 0] as number;
      if (moire > 0) value += moire * Math.sin(1.9 * u + 0.6 * v);
      value += level.noise * (NOISE[noise] as number);
      noise = noise + 1 === NOISE.length ? 0 : noise + 1;
      pixels[to] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
  return { widthPx, heightPx, pixels };
}

/** From a place in the picture (pixels of the page, from the picture's middle) to the place on the page that is seen there. */
function geometry(page: GreyPage, level: ChannelLevel, random: () => number) {
  const size = 1 + level.scale;
  const angle = (signOf(random) * level.rotationDeg * Math.PI) / 180;
  const shear = signOf(random) * level.shear;
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const plane = level.camera ? tilted(level.camera.tiltDeg, page.heightPx, random) : undefined;
  const keystone = level.camera ? 0 : (signOf(random) * 0.002) / page.heightPx;
  const [acrossWarp, alongWarp] = warp(page, level, random);
  const feed = slips(page, level, random);
  const [middleX, middleY] = [page.widthPx / 2, page.heightPx / 2];
  return (sx: number, sy: number, at: { x: number; y: number }) => {
    let px = cos * sx + sin * sy;
    let py = cos * sy - sin * sx;
    if (plane) [px, py] = plane(px, py);
    const x = px * (1 + keystone * py) + shear * py + middleX;
    const y = py * (1 + keystone * py) + middleY;
    at.x = x + (acrossWarp[clamped(y, page.heightPx)] as number);
    at.y = y + (alongWarp[clamped(x, page.widthPx)] as number) + (feed[clamped(y, page.heightPx)] as number);
  };
}

/** How far the feed moves a page sideways at each of its lines, and lengthways at each of its columns: slow waves. */
function warp(page: GreyPage, { warpMm }: ChannelLevel, random: () => number): readonly [Float32Array, Float32Array] {
  const across = new Float32Array(page.heightPx);
  const along = new Float32Array(page.widthPx);
  for (let wave = 0; wave < 3; wave++) {
    const amplitude = (warpMm * PX_PER_MM) / 3;
    const [ofColumns, ofLines] = [60 + 140 * random(), 40 + 100 * random()].map(
      (mm) => (2 * Math.PI) / (PX_PER_MM * mm),
    );
    const phase = 2 * Math.PI * random();
    for (let y = 0; y < across.length; y++)
      across[y] = (across[y] as number) + amplitude * Math.sin((ofLines ?? 0) * y + phase);
    for (let x = 0; x < along.length; x++)
      along[x] = (along[x] as number) + amplitude * Math.sin((ofColumns ?? 0) * x + 2 * phase);
  }
  return [across, along];
}

/** How far each line of the page is displaced by the slips of the feeder before it. */
function slips(page: GreyPage, { feeder }: ChannelLevel, random: () => number): Float32Array {
  const feed = new Float32Array(page.heightPx);
  for (let slip = 0; slip < (feeder?.slips ?? 0); slip++) {
    const from = Math.floor(random() * feed.length);
    const by = (2 * random() - 1) * (feeder?.slipMm ?? 0) * PX_PER_MM;
    for (let y = from; y < feed.length; y++) feed[y] = (feed[y] as number) + by;
  }
  return feed;
}

const signOf = (random: () => number) => (random() < 0.5 ? -1 : 1);
const clamped = (place: number, length: number) => (place < 0 ? 0 : place >= length ? length - 1 : place | 0);

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

/** The paper's grey at a place; the lid beside it. Of the channel's own: a fault of the inspector's reader must not hide here. */
function reflectance({ widthPx, heightPx, pixels }: GreyPage, x: number, y: number): number {
  if (!(x >= 0 && y >= 0 && x < widthPx - 1 && y < heightPx - 1)) return LID;
  const [left, top] = [x | 0, y | 0];
  const [a, b] = [x - left, y - top];
  const at = top * widthPx + left;
  const upper = (pixels[at] as number) * (1 - a) + (pixels[at + 1] as number) * a;
  const lower = (pixels[at + widthPx] as number) * (1 - a) + (pixels[at + widthPx + 1] as number) * a;
  return upper * (1 - b) + lower * b;
}

/** Normally distributed numbers (Box and Muller); each line of a scan begins somewhere else in them. */
const NOISE = (() => {
  const random = seeded(1);
  return Float32Array.from({ length: 1 << 18 }, () => {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
})();
