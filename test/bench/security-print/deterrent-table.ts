import { type DeterrentSide, GROUND_SIZES, groundSteps } from "../../../src/security-print/deterrent/steps.ts";
import { printed } from "../../support/print-scan/channel.ts";
import { COPIER_GAIN, type CopierName, copied, copiers } from "../../support/print-scan/copier.ts";
import { letterContrast, samplePatch } from "../../support/print-scan/deterrent-patch.ts";
import { seeded } from "../../support/print-scan/seeded.ts";

/** A deterrent text on a printer of some dot gain, at the step whose letter is hardest to see. Contrasts are ΔL*. */
export interface DeterrentRow {
  readonly side: DeterrentSide;
  readonly dotGain: number;
  readonly dotPx: number;
  readonly step: string;
  readonly original: number;
  /** The same step when the printer's gain has become smaller or larger by .03. */
  readonly drifted: readonly [number, number];
  readonly copies: Readonly<Record<CopierName, number>>;
}

const GAINS = [0.03, 0.06, 0.09, 0.12, 0.15];
const DRIFT = 0.03;

/** Every side, gain and size of dot, about two seconds each. */
export async function deterrentTable(): Promise<DeterrentRow[]> {
  const rows: DeterrentRow[] = [];
  for (const side of ["front", "back"] as const) {
    for (const dotPx of GROUND_SIZES) for (const dotGain of GAINS) rows.push(await calibrated(side, dotGain, dotPx));
  }
  return rows;
}

async function calibrated(side: DeterrentSide, dotGain: number, dotPx: number): Promise<DeterrentRow> {
  const onPaper = (step: string, gain: number) => printed(samplePatch(side, step), { dotGain: gain }, seeded(1));
  let best = { step: "", original: Number.POSITIVE_INFINITY };
  for (const { name } of groundSteps.filter(({ sizePx }) => sizePx === dotPx)) {
    const original = letterContrast(await onPaper(name, dotGain));
    if (Math.abs(original) < Math.abs(best.original)) best = { step: name, original };
  }
  const paper = await onPaper(best.step, dotGain);
  const copies: Partial<Record<CopierName, number>> = {};
  for (const name of Object.keys(copiers) as CopierName[]) {
    copies[name] = letterContrast(await copied(paper, copiers[name], COPIER_GAIN, seeded(2)));
  }
  const drifted = async (by: number) => letterContrast(await onPaper(best.step, dotGain + by));
  return {
    side,
    dotGain,
    dotPx,
    ...best,
    drifted: [await drifted(-DRIFT), await drifted(DRIFT)],
    copies: copies as Record<CopierName, number>,
  };
}
