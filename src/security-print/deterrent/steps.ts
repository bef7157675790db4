/** The side of a sheet that a deterrent text stands on. */
export type DeterrentSide = "front" | "back";

/** Square dots at 600 dpi, every second line of them moved by half a pitch. */
export interface DotScreen {
  readonly sizePx: number;
  /** From dot to dot along a line, and from line to line; fractions of pixels. */
  readonly pitchX: number;
  readonly pitchY: number;
}

/** The pattern repeats after 74.5 × 89.4 mm: whole pitches of every screen. */
export const TILE = { widthPx: 1760, heightPx: 2112 } as const;

/** The dots of the letters: so large that a copier sees each of them. They cover 7 % of the front, 10 % of the back. */
export const letterDots: Readonly<Record<DeterrentSide, DotScreen>> = {
  front: { sizePx: 6, pitchX: 22, pitchY: 22 },
  back: { sizePx: 5, pitchX: 16, pitchY: 16 },
};

/** Sides of the ground's dots in pixels: so small that a copier loses them. */
export const GROUND_SIZES = [1, 2, 3] as const;

/**
 * One step of the calibration: how the ground is printed. Small dots grow more than large ones by what toner spreads, and by
 * how much depends on the machine; so the ground has less ink in the data, and a person chooses how much less
 * (docs/decisions/0007).
 */
export interface GroundStep {
  /** Size of the dots and a letter for the density, such as `2f`. */
  readonly name: string;
  readonly sizePx: (typeof GROUND_SIZES)[number];
  /** Ink of the ground in the data as a share of the letters' ink in the data. */
  readonly share: number;
}

/** From one step to the next; half of it is about .2 of L* on paper, which nobody sees. */
const SHARE_FACTOR = 0.935;
const MOST_SHARE = 1.06;
/** A 1-px dot grows most: its ground must begin lower and go lower. */
const LEAST_SHARE = { 1: 0.25, 2: 0.46, 3: 0.64 } as const;

/** Every step, the densest ground first, the smallest dots first. */
export const groundSteps: readonly GroundStep[] = GROUND_SIZES.flatMap((sizePx) => {
  const steps: GroundStep[] = [];
  for (let i = 0; MOST_SHARE * SHARE_FACTOR ** i >= LEAST_SHARE[sizePx]; i++) {
    const name = `${sizePx}${String.fromCharCode("a".charCodeAt(0) + i)}`;
    steps.push({ name, sizePx, share: MOST_SHARE * SHARE_FACTOR ** i });
  }
  return steps;
});

/** What a printer that nobody calibrated gets: the middle of what printers need. */
export const DEFAULT_STEP = "2f";

/** The steps that were chosen for one printer. */
export interface DeterrentChoice {
  readonly front: string;
  readonly back: string;
}

/** The step of a name; undefined when there is none. */
export function groundStep(name: string): GroundStep | undefined {
  return groundSteps.find((step) => step.name === name);
}

/** The ground's screen on a side: an even number of lines and a whole number of dots in a tile. */
export function groundDots(side: DeterrentSide, { sizePx, share }: GroundStep): DotScreen {
  const letters = letterDots[side];
  const pitch = (letters.pitchX / letters.sizePx) * (sizePx / Math.sqrt(share));
  return {
    sizePx,
    pitchX: TILE.widthPx / Math.round(TILE.widthPx / pitch),
    pitchY: TILE.heightPx / (2 * Math.round(TILE.heightPx / pitch / 2)),
  };
}
