import type { Failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import type { Hopper } from "./hopper.ts";
import { type CoinCounts, type CoinVendor, type Denomination, type DispenseResult, denominations } from "./port.ts";

type Hooks = Parameters<CoinVendor["dispense"]>[1];

const MAX_COINS_A_PAYOUT = 255;

/**
 * Pays `counts`, the largest coins first, each hopper once. A hopper that fails does not keep the others from paying: what
 * they owe is owed. A cancel stops the motor that runs and starts no other. Fails only when no command left at all;
 * otherwise the result says what is proved.
 */
export async function dispenseCoins(
  vendor: { readonly name: string; readonly hoppers: readonly Hopper[]; readonly logger: Logger },
  counts: CoinCounts,
  hooks: Hooks,
  signal: AbortSignal,
): Promise<Result<DispenseResult>> {
  const { name, hoppers, logger } = vendor;
  const wanted = denominations
    .map((denomination) => ({ denomination, coins: counts[denomination] ?? 0 }))
    .filter(({ coins }) => coins !== 0)
    .reverse();
  for (const { denomination, coins } of wanted) {
    if (!Number.isInteger(coins) || coins < 0 || coins > MAX_COINS_A_PAYOUT) {
      return fail("K-COIN-401", { denomination, coins });
    }
  }
  const paid: Partial<Record<Denomination, number>> = {};
  const unpaid: Partial<Record<Denomination, number>> = {};
  let unknown = false;
  let left = 0;
  let obstacle: Failure | undefined;

  for (const { denomination, coins } of wanted) {
    const hopper = hoppers.find((h) => h.denomination === denomination);
    if (!hopper) return fail("K-COIN-401", { denomination });
    const judged = await hopper.payOut(
      coins,
      (intent) => {
        const { counterBefore } = intent;
        logger.event("coin.dispensing", { device: name, denomination, coins, counterBefore });
        hooks.beforeEach(intent);
      },
      signal,
    );
    if (!judged.ok) {
      obstacle ??= judged.error;
      unpaid[denomination] = coins;
      continue;
    }
    left += 1;
    logger.event("coin.dispensed", { device: name, denomination, ...judged.value });
    hooks.afterEach({ denomination, ...judged.value });
    if (!judged.value.known) unknown = true;
    if (judged.value.paid > 0) paid[denomination] = judged.value.paid;
    if (judged.value.unpaid > 0) unpaid[denomination] = judged.value.unpaid;
  }
  if (left === 0 && obstacle) return err(obstacle);
  const short = Object.keys(unpaid).length > 0;
  return ok({ state: unknown ? "unknown" : short ? "incomplete" : "done", paid, unpaid });
}
