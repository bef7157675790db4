import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HopperEvidence, judgePayout } from "./payout-judgement.ts";

fc.configureGlobal({ seed: 20261127 });

const evidence = (
  counter: number,
  paid: number,
  unpaid: number,
  dispensed?: number,
  remaining = 0,
): HopperEvidence => ({
  status: { counter, remaining, paid, unpaid },
  dispensed,
});
const answered = { refused: false, counterRisesOnNak: true };
const unknown = { paid: 0, unpaid: 0, known: false };

describe("the judgement of a payout", () => {
  it("believes counter and totals that agree", () => {
    const judged = judgePayout(3, evidence(7, 1, 0, 500), evidence(8, 3, 0, 503), answered);
    expect(judged).toEqual({ paid: 3, unpaid: 0, known: true });
    const short = judgePayout(3, evidence(255, 1, 0, 500), evidence(1, 2, 1, 502), answered);
    expect(short).toEqual({ paid: 2, unpaid: 1, known: true });
  });

  it("sees by an unmoved counter that the command was never taken", () => {
    expect(judgePayout(3, evidence(7, 3, 0, 500), evidence(7, 3, 0, 500), answered)).toMatchObject({
      paid: 0,
      unpaid: 3,
    });
  });

  it("is not fooled by a counter that rises on a refusal", () => {
    const judged = judgePayout(3, evidence(7, 3, 0, 500), evidence(8, 3, 0, 500), answered);
    expect(judged).toEqual({ paid: 0, unpaid: 3, known: true });
  });

  it("is not fooled by a zero after a power cut", () => {
    const cut = judgePayout(5, evidence(7, 3, 0, 500), evidence(0, 2, 3, 502), answered);
    expect(cut).toEqual({ paid: 2, unpaid: 3, known: true });
    const before = judgePayout(5, evidence(7, 3, 0, 500), evidence(0, 3, 0, 500), answered);
    expect(before).toEqual({ paid: 0, unpaid: 5, known: true });
  });

  it("counts across the end of the dispense count", () => {
    const judged = judgePayout(4, evidence(7, 0, 0, 2 ** 24 - 2), evidence(8, 4, 0, 2), answered);
    expect(judged).toEqual({ paid: 4, unpaid: 0, known: true });
  });

  it.each([
    ["the motor still turns", evidence(8, 1, 0, 501, 2)],
    ["more coins fell than were asked for", evidence(8, 3, 0, 504)],
    ["coins fell although the counter did not move", evidence(7, 3, 0, 501)],
    ["the two totals contradict each other", evidence(8, 3, 0, 502)],
    ["another payout came in between", evidence(9, 3, 0, 503)],
  ])("is unknown when %s", (_why, after) => {
    expect(judgePayout(3, evidence(7, 1, 0, 500), after, answered)).toEqual(unknown);
  });

  it("never says more or less than what really fell, over all evidence that an honest hopper can give", () => {
    const life = fc.record({
      coins: fc.integer({ min: 1, max: 255 }),
      fell: fc.nat(255),
      before: fc.record({ counter: fc.nat(255), paid: fc.nat(255), unpaid: fc.nat(255), total: fc.nat(2 ** 24 - 1) }),
      taken: fc.boolean(),
      refusedWithRise: fc.boolean(),
      powerCut: fc.boolean(),
      clearsUnpaid: fc.boolean(),
      counts: fc.boolean(),
    });
    fc.assert(
      fc.property(life, ({ coins, fell, before, taken, refusedWithRise, powerCut, clearsUnpaid, counts }) => {
        const really = taken ? Math.min(fell, coins) : 0;
        const moved = taken || refusedWithRise;
        const counter = powerCut ? 0 : moved ? (before.counter % 255) + 1 : before.counter;
        const left = clearsUnpaid ? 0 : coins - really;
        const [paid, unpaid] = taken ? [really, left] : [before.paid, before.unpaid];
        const judged = judgePayout(
          coins,
          evidence(before.counter, before.paid, before.unpaid, counts ? before.total : undefined),
          evidence(counter, paid, unpaid, counts ? (before.total + really) % 2 ** 24 : undefined),
          { refused: false, counterRisesOnNak: true },
        );
        if (judged.known) expect(judged).toEqual({ paid: really, unpaid: coins - really, known: true });
        else expect(judged).toEqual(unknown);
        // An honest hopper with a dispense count is always understood.
        if (counts) expect(judged.known).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
