/** Greys between two levels, spread over everything between black and white. */
export interface Stretched {
  /** The levels that became black and white. They are equal when nothing could be spread. */
  readonly darkest: number;
  readonly lightest: number;
  readonly pixels: Uint8Array;
}

/** Pixels of each end that may go over it: dust and glare must not keep the contrast small. */
const CUT = 0.002;

/** Stretches the contrast of an 8-bit picture of grey, in place. A picture of one grey stays as it is. */
export function stretch(pixels: Uint8Array): Stretched {
  const counts = new Float64Array(256);
  for (const grey of pixels) counts[grey] = (counts[grey] as number) + 1;
  const levelAt = (share: number) => {
    let [level, below] = [0, counts[0] as number];
    while (below <= share * pixels.length && level < 255) {
      level += 1;
      below += counts[level] as number;
    }
    return level;
  };
  const [darkest, lightest] = [levelAt(CUT), levelAt(1 - CUT)];
  if (lightest > darkest) {
    const table = Uint8ClampedArray.from({ length: 256 }, (_, grey) => (255 * (grey - darkest)) / (lightest - darkest));
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i] as number] as number;
  }
  return { darkest, lightest, pixels };
}
