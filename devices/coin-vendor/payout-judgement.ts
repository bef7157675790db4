import type { HopperStatus } from "./codec/replies.ts";

/** What a hopper says about itself before or after a payout. */
export interface HopperEvidence {
  readonly status: HopperStatus;
  /** Header 168, coins paid in its life modulo 2^24; undefined when this maker has no such count. */
  readonly dispensed: number | undefined;
}

/** What a payout came to. `known` false: nothing about these coins is proved, and `paid` and `unpaid` are 0. */
export interface Judgement {
  readonly paid: number;
  readonly unpaid: number;
  readonly known: boolean;
}

const DISPENSE_COUNT_MODULUS = 2 ** 24;
const next = (counter: number): number => (counter === 255 ? 1 : counter + 1);
const UNKNOWN: Judgement = { paid: 0, unpaid: 0, known: false };

/**
 * Decides what came of a payout of `coins`, by the hopper's counters and not by its reply (devices/coin-vendor/README.md).
 *
 * The event counter tells whether the command was taken, but makers differ: on some it rises on a refusal too, and after a
 * power cut it is 0 while the totals survive. So the totals decide: the change of the dispense count (168) must agree with
 * the paid coins of the last payout (166). Where the two contradict each other the answer is "unknown", never a guess.
 */
export function judgePayout(
  coins: number,
  before: HopperEvidence,
  after: HopperEvidence,
  answer: { readonly refused: boolean; readonly counterRisesOnNak: boolean },
): Judgement {
  const settled = (paid: number): Judgement => ({ paid, unpaid: coins - paid, known: true });
  const { paid, unpaid, counter, remaining } = after.status;
  if (remaining > 0) return UNKNOWN;
  // More than one payout since: the totals are not those of this one.
  if (counter !== 0 && counter !== before.status.counter && counter !== next(before.status.counter)) return UNKNOWN;
  const untouched = counter === before.status.counter && counter !== 0;
  const sameTotals = paid === before.status.paid && unpaid === before.status.unpaid;
  // Some makers clear "unpaid" when a payout ends early; the host has to know what it asked for.
  const tellsOfThis = paid <= coins && (paid + unpaid === coins || unpaid === 0);

  if (before.dispensed !== undefined && after.dispensed !== undefined) {
    const counted = (after.dispensed - before.dispensed + DISPENSE_COUNT_MODULUS) % DISPENSE_COUNT_MODULUS;
    if (untouched || answer.refused) return counted === 0 ? settled(0) : UNKNOWN;
    if (tellsOfThis && paid === counted) return settled(counted);
    // Refused with a rising counter, or without power since before the command: the totals are those of the time before.
    return counted === 0 && sameTotals ? settled(0) : UNKNOWN;
  }

  if (untouched || answer.refused) return settled(0);
  // Without a count nothing tells a payout that was like the one before from one that never was.
  if (sameTotals && (answer.counterRisesOnNak || counter === 0)) return UNKNOWN;
  return tellsOfThis && (paid === coins || paid + unpaid === coins) ? settled(paid) : UNKNOWN;
}
