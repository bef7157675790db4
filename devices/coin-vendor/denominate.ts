import { type CoinCounts, type Denomination, denominations, type StorageUnit } from "./port.ts";

/** A payout command carries its number of coins in one byte. */
const MAX_COINS_A_PAYOUT = 255;
/** The biggest coin can overpay by this much at most: 500 − 10. */
export const MAX_CHANGE_YEN = 490;
const SMALLEST_COIN_YEN = 10;

/** How carefully hoppers are emptied. */
export interface ChangePolicy {
  /** Coins that should stay in a hopper while there is another way: no denomination is drained for convenience. */
  readonly reserves: Readonly<Record<Denomination, number>>;
  /** Coins that are there for certain while a level sensor does not say "low". Its mark is the maker's. */
  readonly lowMarkCoins: number;
}

/** Twice the coins of the worst change (490 yen = 4 × 100 + 50 + 4 × 10) stay; a refund may want two large ones. */
export const defaultChangePolicy: ChangePolicy = {
  reserves: { 10: 8, 50: 2, 100: 8, 500: 2 },
  lowMarkCoins: 10,
};

/** What a hopper can give: `sure` coins are there by a count or a sensor, `most` may be. */
export interface Holding {
  readonly denomination: Denomination;
  readonly sure: number;
  readonly most: number;
}

/**
 * What is known of a hopper. Its count comes from the book, and the level sensor is believed over the book in both
 * directions: not low means at least the mark, low means fewer than it. A hopper that no exchange has counted and that has
 * no sensor is **unknown**: nothing is promised from it (`sure` 0), but an owed amount is tried from it (`most` 255), and
 * the hopper's own counters then tell what came.
 */
export function holdingOf(unit: StorageUnit, policy: ChangePolicy = defaultChangePolicy): Holding | undefined {
  const { denomination, state, levelSensor = false } = unit;
  if (denomination === undefined || unit.kind !== "cashOut" || state === "empty" || state === "inoperative") return;
  const counted = unit.counts?.[denomination];
  const mark = Math.min(policy.lowMarkCoins, MAX_COINS_A_PAYOUT);
  const atMost = levelSensor && state === "low" ? Math.max(0, mark - 1) : MAX_COINS_A_PAYOUT;
  const atLeast = levelSensor && state !== "low" ? mark : 0;
  if (counted === undefined) return { denomination, sure: atLeast, most: atMost };
  const sure = Math.max(atLeast, Math.min(Math.max(0, counted), atMost));
  return { denomination, sure, most: sure };
}

/** Cost of a payout, the first difference decides: coins that may not be there, coins out of reserves, coins at all. */
type Cost = readonly [unsure: number, fromReserve: number, coins: number];
const NO_COST: Cost = [0, 0, 0];

/**
 * How `amountYen` can be paid from the hoppers: exactly, never more than they hold, with as few coins as possible after it
 * has spared coins that are not certain and then the reserves. A way is found whenever one exists; undefined when there is
 * none, `{}` for nothing. `certain` allows no coin that only may be there. All combinations are searched from the largest
 * coin down; what cannot beat the best one found is cut off.
 */
export function denominate(
  amountYen: number,
  units: readonly StorageUnit[],
  options: { readonly certain?: boolean; readonly policy?: ChangePolicy } = {},
): CoinCounts | undefined {
  if (!Number.isSafeInteger(amountYen) || amountYen < 0) return undefined;
  const policy = options.policy ?? defaultChangePolicy;
  const holdings = units
    .flatMap((unit) => holdingOf(unit, policy) ?? [])
    .map((holding) => (options.certain ? { ...holding, most: holding.sure } : holding))
    .sort((a, b) => b.denomination - a.denomination);
  const reach = suffixSums(holdings.map((h) => h.most * h.denomination));
  let best: { readonly cost: Cost; readonly counts: readonly number[] } | undefined;

  const search = (at: number, leftYen: number, cost: Cost, counts: readonly number[]) => {
    if (leftYen === 0) {
      if (!best || compare(cost, best.cost) < 0) best = { cost, counts };
      return;
    }
    const holding = holdings[at];
    if (!holding || leftYen > (reach[at] ?? 0)) return;
    const { denomination, most } = holding;
    // Even if every further coin were as large as this one, that many would still be needed.
    const least: Cost = [cost[0], cost[1], cost[2] + Math.ceil(leftYen / denomination)];
    if (best && compare(least, best.cost) >= 0) return;
    const last = at === holdings.length - 1;
    for (let n = Math.min(most, Math.floor(leftYen / denomination)); n >= 0; n--) {
      if (last && n * denomination !== leftYen) return;
      search(at + 1, leftYen - n * denomination, add(cost, costOf(holding, n, policy)), [...counts, n]);
    }
  };
  search(0, amountYen, NO_COST, []);
  return best && countsOf(holdings, best.counts);
}

/** Whether every change that can become due could be given now for certain: else exact money only. */
export function canGiveAllChange(units: readonly StorageUnit[], policy: ChangePolicy = defaultChangePolicy): boolean {
  for (let due = SMALLEST_COIN_YEN; due <= MAX_CHANGE_YEN; due += SMALLEST_COIN_YEN) {
    if (denominate(due, units, { certain: true, policy }) === undefined) return false;
  }
  return true;
}

function costOf({ denomination, sure }: Holding, coins: number, policy: ChangePolicy): Cost {
  const spare = Math.max(0, sure - policy.reserves[denomination]);
  const unsure = Math.max(0, coins - sure);
  return [unsure, Math.max(0, coins - spare - unsure), coins];
}

function add(a: Cost, b: Cost): Cost {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function compare(a: Cost, b: Cost): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** For each place the sum from it to the end. */
function suffixSums(values: readonly number[]): readonly number[] {
  const sums = [...values, 0];
  for (let at = values.length - 1; at >= 0; at--) sums[at] = (values[at] ?? 0) + (sums[at + 1] ?? 0);
  return sums;
}

function countsOf(holdings: readonly Holding[], counts: readonly number[]): CoinCounts {
  const of = new Map(holdings.map((holding, at) => [holding.denomination, counts[at] ?? 0]));
  return Object.fromEntries(denominations.flatMap((d) => ((of.get(d) ?? 0) > 0 ? [[d, of.get(d)]] : [])));
}
