import type { CoinCounts, Denomination, StorageUnit } from "./port.ts";

/** A payout command carries its number of coins in one byte. */
const MAX_COINS_A_PAYOUT = 255;

/**
 * How `amountYen` can be paid with the fewest coins from hoppers that work and hold enough by the book; where the book is
 * silent a working hopper counts as full. Undefined when there is no way; `{}` for nothing. Searches all combinations from
 * the largest coin down and cuts off what cannot beat the best one found.
 */
export function denominate(amountYen: number, units: readonly StorageUnit[]): CoinCounts | undefined {
  if (!Number.isSafeInteger(amountYen) || amountYen < 0) return undefined;
  const usable = units
    .filter((unit) => unit.state === "ok" || unit.state === "low")
    .map((unit) => ({
      denomination: unit.denomination,
      most: Math.max(0, Math.min(unit.count ?? MAX_COINS_A_PAYOUT, MAX_COINS_A_PAYOUT)),
    }))
    .sort((a, b) => b.denomination - a.denomination);
  let best: { readonly coins: number; readonly counts: readonly number[] } | undefined;

  const search = (at: number, leftYen: number, coins: number, counts: readonly number[]) => {
    if (leftYen === 0) {
      if (!best || coins < best.coins) best = { coins, counts };
      return;
    }
    const unit = usable[at];
    if (!unit) return;
    // Even if every further coin were as large as this one, that many would still be needed.
    if (best && coins + Math.ceil(leftYen / unit.denomination) >= best.coins) return;
    for (let n = Math.min(unit.most, Math.floor(leftYen / unit.denomination)); n >= 0; n--) {
      search(at + 1, leftYen - n * unit.denomination, coins + n, [...counts, n]);
    }
  };
  search(0, amountYen, 0, []);

  if (!best) return undefined;
  const found: Partial<Record<Denomination, number>> = {};
  for (const [at, n] of best.counts.entries()) {
    const unit = usable[at];
    if (unit && n > 0) found[unit.denomination] = n;
  }
  return found;
}
