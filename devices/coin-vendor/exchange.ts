import { failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import type { Condition } from "./condition.ts";
import type { Hopper } from "./hopper.ts";
import {
  type CashDenomination,
  denominations,
  type ExchangeDifference,
  type ExchangeEntry,
  type ExchangeStore,
  noteDenominations,
  type UnitId,
} from "./port.ts";

/** StartExchange and EndExchange of XFS: staff have their hands in the machine, and the book learns what they did. */
export interface Exchange {
  start(units: readonly UnitId[]): Promise<Result<void>>;
  end(entries: readonly ExchangeEntry[]): Promise<Result<readonly ExchangeDifference[]>>;
}

const MAX_COUNT = 100_000;

/** An exchange that the store knows to be open keeps the machine from working at once, also after a restart. */
export function createExchange(parts: {
  readonly name: string;
  readonly store: ExchangeStore;
  readonly condition: Condition;
  readonly hoppers: readonly Hopper[];
  readonly slotOpen: () => boolean;
  readonly logger: Logger;
}): Exchange {
  const { name, store, condition, hoppers, logger } = parts;
  const underWay = () => failure("K-COIN-501", { units: store.openUnits().join(" ") });
  if (store.openUnits().length > 0) condition.set("exchange", underWay());

  return {
    async start(units) {
      if (store.openUnits().length > 0) return err(underWay());
      if (units.length === 0) return fail("K-COIN-503", { why: "no unit is named" });
      if (parts.slotOpen()) return fail("K-COIN-502");
      store.startExchange([...new Set(units)]);
      condition.set("exchange", underWay());
      logger.event("coin.exchangeStarted", { device: name, units: units.join(" ") });
      return ok();
    },
    async end(entries) {
      const open = store.openUnits();
      if (open.length === 0) return fail("K-COIN-503", { why: "no exchange is under way" });
      const why = wrongIn(entries, open, store);
      if (why) return fail("K-COIN-503", { why });
      const differences = store.endExchange(entries);
      for (const { unit, denomination, difference } of differences) {
        const known = difference !== undefined;
        logger.event("coin.exchanged", { device: name, unit, denomination, difference: difference ?? 0, known });
      }
      logger.event("coin.exchangeEnded", { device: name });
      // A hopper that was filled, or whose jam was cleared, is looked at again before anybody may pay.
      for (const hopper of hoppers)
        if (open.some((unit) => unit === `hopper-${hopper.denomination}`)) await hopper.renew();
      condition.set("exchange", undefined);
      return ok(differences);
    },
  };
}

/** Why these entries cannot be recorded. */
function wrongIn(entries: readonly ExchangeEntry[], open: readonly UnitId[], store: ExchangeStore): string | undefined {
  const seen = new Set<string>();
  for (const { unit, denomination, found, added = 0, removed = 0 } of entries) {
    if (!open.includes(unit)) return `${unit} is not open`;
    if (!holds(unit, denomination)) return `${unit} holds no ${denomination} yen`;
    if (seen.has(`${unit} ${denomination}`)) return `${unit} ${denomination} is told twice`;
    seen.add(`${unit} ${denomination}`);
    for (const count of [found ?? 0, added, removed]) {
      if (!Number.isInteger(count) || count < 0 || count > MAX_COUNT)
        return `${unit} ${denomination}: ${count} is no count`;
    }
    const counts = store.counts(unit);
    const base = found ?? (counts ? (counts[denomination] ?? 0) : undefined);
    const left = base === undefined ? 0 : base + added - removed;
    if (left < 0) return `${unit} ${denomination}: more was taken out than was there`;
    if (left > MAX_COUNT) return `${unit} ${denomination}: ${left} is no count`;
  }
  return undefined;
}

/** Whether a unit can hold this money: a hopper its own coin, the note box notes, the escrow both. */
function holds(unit: UnitId, denomination: CashDenomination): boolean {
  const coin = denominations.some((one) => one === denomination);
  const note = noteDenominations.some((one) => one === denomination);
  if (unit === "escrow") return coin || note;
  if (unit === "cashBox") return coin;
  if (unit === "noteBox") return note;
  return unit === `hopper-${denomination}`;
}
