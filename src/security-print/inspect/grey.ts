/** A picture of 8-bit grey, 0 black … 255 white, row by row. */
export interface GreyImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The picture reduced by a whole factor, each pixel the mean of its block. What does not fill a block is cut off. */
export function reduce(image: GreyImage, factor: number): GreyImage {
  if (factor <= 1) return image;
  const widthPx = Math.floor(image.widthPx / factor);
  const heightPx = Math.floor(image.heightPx / factor);
  const pixels = new Uint8Array(widthPx * heightPx);
  const sums = new Uint32Array(widthPx);
  const area = factor * factor;
  for (let y = 0; y < heightPx; y++) {
    sums.fill(0);
    for (let line = y * factor; line < (y + 1) * factor; line++) {
      let at = line * image.widthPx;
      for (let x = 0; x < widthPx; x++) {
        let sum = sums[x] as number;
        for (let i = 0; i < factor; i++, at++) sum += image.pixels[at] as number;
        sums[x] = sum;
      }
    }
    for (let x = 0; x < widthPx; x++) pixels[y * widthPx + x] = ((sums[x] as number) / area + 0.5) | 0;
  }
  return { widthPx, heightPx, pixels };
}

/** Black for white and white for black. */
export function inverted(image: GreyImage): GreyImage {
  return { ...image, pixels: image.pixels.map((value) => 255 - value) };
}

/** Grey at a place between pixels (pixel i covers i … i + 1, its centre is i + ½); outside, the nearest pixel. */
export function greyAt({ widthPx, heightPx, pixels }: GreyImage, x: number, y: number): number {
  const u = x - 0.5 < 0 ? 0 : x - 0.5 > widthPx - 1.001 ? widthPx - 1.001 : x - 0.5;
  const v = y - 0.5 < 0 ? 0 : y - 0.5 > heightPx - 1.001 ? heightPx - 1.001 : y - 0.5;
  const [left, top] = [u | 0, v | 0];
  const [a, b] = [u - left, v - top];
  const at = top * widthPx + left;
  const upper = (pixels[at] as number) * (1 - a) + (pixels[at + 1] as number) * a;
  const lower = (pixels[at + widthPx] as number) * (1 - a) + (pixels[at + widthPx + 1] as number) * a;
  return upper * (1 - b) + lower * b;
}

/**
 * Mean over a window of `2 × radius + 1` in both directions, cut off at the borders. Running sums: the cost does not
 * depend on the radius.
 */
export function boxMean(values: ArrayLike<number>, width: number, height: number, radius: number): Float32Array {
  const rows = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) sum += values[row + x] as number;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += values[row + x + radius] as number;
      if (x - radius > 0) sum -= values[row + x - radius - 1] as number;
      rows[row + x] = sum / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1);
    }
  }
  const means = new Float32Array(width * height);
  const sums = new Float64Array(width);
  const add = (y: number, sign: number) => {
    for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) + sign * (rows[y * width + x] as number);
  };
  for (let y = 0; y < Math.min(radius, height); y++) add(y, 1);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) add(y + radius, 1);
    if (y - radius > 0) add(y - radius - 1, -1);
    const count = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    for (let x = 0; x < width; x++) means[y * width + x] = (sums[x] as number) / count;
  }
  return means;
}
