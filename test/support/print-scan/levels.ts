/**
 * What printing, use and scanning do to a page, by level. The figures of the four flatbed levels are those of the
 * requirement; signs and places are drawn by the seed of a trial. Blur and noise are in pixels and grey values of the scan.
 */
export interface ChannelLevel {
  readonly blurPx: number;
  readonly noise: number;
  readonly jpegQuality: number;
  readonly rotationDeg: number;
  /** Scale − 1. */
  readonly scale: number;
  readonly shear: number;
  readonly warpMm: number;
  readonly gamma: number;
  /** Growth of ink as a share of a 50 % tone of 8-px cells; an edge moves by `8 × dotGain` pixels at 600 dpi. */
  readonly dotGain: number;
  /** Share of the page that is stained. */
  readonly stains: number;
  readonly fold: boolean;
  /** Difference of light from one corner to the other. */
  readonly lightGradient: number;
  /** A hand-held camera instead of a scanner. */
  readonly camera?: { readonly tiltDeg: number; readonly moire: number };
  /** A document feeder that slips so often, each time by up to so much. */
  readonly feeder?: { readonly slips: number; readonly slipMm: number };
  /** Share of the other side's ink that shines through the paper. */
  readonly showThrough?: number;
}

const flat = { fold: false, lightGradient: 0.04 };

export const levels = {
  mild: {
    ...flat,
    blurPx: 0.6,
    noise: 3,
    jpegQuality: 85,
    rotationDeg: 0.6,
    scale: 0.003,
    shear: 0.0005,
    warpMm: 0.08,
    gamma: 1.1,
    dotGain: 0.06,
    stains: 0,
  },
  typical: {
    ...flat,
    blurPx: 0.8,
    noise: 5,
    jpegQuality: 75,
    rotationDeg: 1.5,
    scale: -0.01,
    shear: 0.001,
    warpMm: 0.12,
    gamma: 1.2,
    dotGain: 0.09,
    stains: 0.01,
  },
  hard: {
    blurPx: 1,
    noise: 8,
    jpegQuality: 60,
    rotationDeg: 2.4,
    scale: 0.015,
    shear: 0.003,
    warpMm: 0.15,
    gamma: 0.8,
    dotGain: 0.12,
    stains: 0.03,
    fold: true,
    lightGradient: 0.1,
  },
  worst: {
    blurPx: 1.5,
    noise: 10,
    jpegQuality: 50,
    rotationDeg: 3,
    scale: -0.02,
    shear: 0.005,
    warpMm: 0.2,
    gamma: 1.3,
    dotGain: 0.15,
    stains: 0.05,
    fold: true,
    lightGradient: 0.15,
  },
  phone: {
    blurPx: 1.2,
    noise: 7,
    jpegQuality: 80,
    rotationDeg: 4,
    scale: -0.12,
    shear: 0,
    warpMm: 0.3,
    gamma: 0.9,
    dotGain: 0.09,
    stains: 0.01,
    fold: true,
    lightGradient: 0.45,
    camera: { tiltDeg: 20, moire: 5 },
  },
  /** An office's scanner that takes both sides while the sheet runs through; figures of our own. */
  duplex: {
    ...flat,
    blurPx: 0.9,
    noise: 6,
    jpegQuality: 75,
    rotationDeg: 1.5,
    scale: 0.004,
    shear: 0.002,
    warpMm: 0.15,
    gamma: 1.2,
    dotGain: 0.09,
    stains: 0.01,
    feeder: { slips: 4, slipMm: 0.2 },
    showThrough: 0.12,
  },
} as const satisfies Readonly<Record<string, ChannelLevel>>;

export type LevelName = keyof typeof levels;
