/**
 * How four toners look on white paper: Neugebauer's equations with Demichel's areas (Yule, Principles of Color Reproduction,
 * ch. 10). Knows nothing of how the forgery-detection image is drawn. Inks are shares from 0 to 1; black never lies on colours.
 */

/** Shares of cyan, magenta, yellow and black. */
export type Inks = readonly [c: number, m: number, y: number, k: number];
type Triple = readonly [number, number, number];

/** Tone value increase at 50 %: what is printed is darker than what was asked for. */
export interface Gains {
  readonly colours: number;
  readonly black: number;
}
export const usualGains: Gains = { colours: 0.13, black: 0.16 };

const names = ["", "c", "m", "cm", "y", "cy", "my", "cmy", "k"] as const;
type Solid = (typeof names)[number];

/** L*a*b* (D50) of solids on paper, near those of ISO 12647-2:2004 for paper type 1. */
const labs: Readonly<Record<Solid, Triple>> = {
  "": [95, 0, -2],
  c: [55, -37, -50],
  m: [48, 74, -3],
  cm: [24, 22, -46],
  y: [89, -5, 93],
  cy: [50, -65, 27],
  my: [47, 68, 48],
  cmy: [23, 0, 0],
  k: [16, 0, 0],
};

/** Reflectance near 900 nm: colours let it through, black toner (soot) takes it. Cautious: a solid of black still gives 10 %. */
const INFRARED = { paper: 0.9, colours: 0.88, black: 0.1 } as const;

/** Densities through red, green and blue filters, status T, of typical process solids; solids on each other add up. */
const DENSITIES: Readonly<Record<"c" | "m" | "y" | "k", Triple>> = {
  c: [1.35, 0.38, 0.14],
  m: [0.15, 1.35, 0.68],
  y: [0.02, 0.08, 1.02],
  k: [1.65, 1.65, 1.65],
};

const WHITE_POINT: Triple = [0.9642, 1, 0.8249];

/** L*a*b* of a tint. */
export function labOf(inks: Inks, gains: Gains = usualGains): Triple {
  return toLab(mixed(inks, gains, (solid) => fromLab(labs[solid])));
}

/** Reflectance in the infrared, 0 … 1. */
export function infraredOf(inks: Inks, gains: Gains = usualGains): number {
  const of = (solid: Solid) => (solid === "" ? INFRARED.paper : solid === "k" ? INFRARED.black : INFRARED.colours);
  return mixed(inks, gains, (solid) => [of(solid), 0, 0])[0];
}

/** What a scanner with narrow red, green and blue filters sees, 0 … 1 of paper white. */
export function scannedOf(inks: Inks, gains: Gains = usualGains): Triple {
  return mixed(inks, gains, (solid) => {
    const through = (filter: 0 | 1 | 2) =>
      10 ** -[...solid].reduce((sum, ink) => sum + DENSITIES[ink as keyof typeof DENSITIES][filter], 0);
    return [through(0), through(1), through(2)];
  });
}

/** Contrast of two reflectances after Michelson. */
export function michelson(a: number, b: number): number {
  return Math.abs(a - b) / (a + b);
}

/** Distance of two colours (CIE 1976). */
export function deltaE(a: Triple, b: Triple): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function mixed(inks: Inks, gains: Gains, of: (solid: Solid) => Triple): Triple {
  const [c, m, y, k] = inks.map((share, i) => printedShare(share, i === 3 ? gains.black : gains.colours)) as [
    number,
    number,
    number,
    number,
  ];
  if (k > 0 && c + m + y > 0) throw new RangeError("black on colours is not modelled");
  const sum = [0, 0, 0];
  for (const solid of names) {
    const colours = [c, m, y].map((share, i) => (solid.includes("cmy"[i] as string) ? share : 1 - share));
    const area = solid === "k" ? k : colours.reduce((product, share) => product * share, solid === "" ? 1 - k : 1);
    of(solid).forEach((value, i) => {
      sum[i] = (sum[i] as number) + area * value;
    });
  }
  return sum as unknown as Triple;
}

function printedShare(share: number, gain: number): number {
  return share + 4 * gain * share * (1 - share);
}

function fromLab([l, a, b]: Triple): Triple {
  const y = (l + 16) / 116;
  const cubed = (t: number) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
  return [WHITE_POINT[0] * cubed(y + a / 500), cubed(y), WHITE_POINT[2] * cubed(y - b / 200)];
}

function toLab(xyz: Triple): Triple {
  const [x, y, z] = xyz.map((value, i) => {
    const t = value / (WHITE_POINT[i] as number);
    return t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29;
  }) as [number, number, number];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
