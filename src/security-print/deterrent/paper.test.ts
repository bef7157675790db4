import { describe, expect, test } from "vitest";
import { printed } from "../../../test/support/print-scan/channel.ts";
import { COPIER_GAIN, copied, copiers } from "../../../test/support/print-scan/copier.ts";
import { letterContrast, samplePatch } from "../../../test/support/print-scan/deterrent-patch.ts";
import { seeded } from "../../../test/support/print-scan/seeded.ts";
import { DEFAULT_STEP, type DeterrentSide, groundSteps } from "./steps.ts";

/** As in docs/decisions/0007: what a printer's toner spreads, from a crisp one to a worn one. */
const GAINS = [0.03, 0.09, 0.15];
/** Two tones side by side that differ by less are one tone to an eye. */
const UNSEEN = 0.31;

const onPaper = (side: DeterrentSide, step: string, dotGain: number) =>
  printed(samplePatch(side, step), { dotGain }, seeded(1));

/** What a person does with the calibration sheet: takes the sample whose letter is hardest to see. */
async function chosen(side: DeterrentSide, dotGain: number, sizePx: number): Promise<{ step: string; seen: number }> {
  let best = { step: "", seen: Number.POSITIVE_INFINITY };
  for (const { name } of groundSteps.filter((step) => step.sizePx === sizePx)) {
    const seen = letterContrast(await onPaper(side, name, dotGain));
    if (Math.abs(seen) < Math.abs(best.seen)) best = { step: name, seen };
  }
  return best;
}

describe.each(["front", "back"] as const)("the deterrent text of the %s", (side) => {
  test("is unseen on the original at one of the steps, whatever toner the printer spreads, and comes out on copies", async () => {
    for (const dotGain of GAINS) {
      const { step, seen } = await chosen(side, dotGain, 2);
      expect(Math.abs(seen), `${step} at ${dotGain}`).toBeLessThan(UNSEEN);
      const paper = await onPaper(side, step, dotGain);
      for (const copier of ["300 dpi, text", "400 dpi, text", "300 dpi, photo", "600 dpi, soft, photo"] as const) {
        const contrast = letterContrast(await copied(paper, copiers[copier], COPIER_GAIN, seeded(2)));
        expect(contrast, `${step} at ${dotGain}, ${copier}`).toBeLessThan(-3 * UNSEEN);
      }
    }
  });

  test("escapes a copier that sees every dot as sharply as it was printed", async () => {
    const { step } = await chosen(side, 0.06, 2);
    const paper = await onPaper(side, step, 0.06);
    const copy = await copied(paper, copiers["600 dpi, sharp, text"], COPIER_GAIN, seeded(2));
    expect(Math.abs(letterContrast(copy))).toBeLessThan(UNSEEN);
  });

  test("shows on the original when nobody calibrates and the toner spreads otherwise than the default expects", async () => {
    const atStep = async (dotGain: number) => letterContrast(await onPaper(side, DEFAULT_STEP, dotGain));
    expect(await atStep(0.03)).toBeLessThan(-UNSEEN);
    expect(await atStep(0.15)).toBeGreaterThan(UNSEEN);
  });
});
