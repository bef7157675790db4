import {
  type CashCounts,
  type CoinEvents,
  type CreditStore,
  type Denomination,
  type DispenseResult,
  type ExchangeEntry,
  type ExchangeStore,
  type NoteDenomination,
  noteDenominations,
  type PayoutIntent,
  type PayoutResult,
  type UnitId,
} from "../../devices/coin-vendor/port.ts";
import type { CoinVendorOptions } from "../../devices/coin-vendor/settings.ts";
import { createCoinVendorSimulator, type Id003Simulator } from "../../devices/coin-vendor/simulator/index.ts";
import { createCoinVendor } from "../../devices/coin-vendor/vendor.ts";
import { memoryOpener } from "../../devices/contract/memory-port.ts";
import { createFrameRecorder } from "../../devices/contract/recorder.ts";
import type { EventName } from "../../src/kernel/events/catalogue.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import type { Result } from "../../src/kernel/result.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";

/** A credit store in memory that remembers every record, in order. */
export interface MemoryCredits extends CreditStore {
  readonly records: CoinEvents[];
}

/** `lastCounter` (and the held note) as the journal of an earlier run left it. */
export function memoryCredits(lastCounter?: number, heldNote?: NoteDenomination): MemoryCredits {
  const records: CoinEvents[] = [];
  return {
    records,
    lastCounter: (source) =>
      records.findLast((events) => events.source === source)?.counter ??
      (source === undefined ? lastCounter : undefined),
    heldNote(source) {
      let held = heldNote;
      for (const events of records.filter((one) => one.source === source)) {
        held = noteDenominations.find((note) => events.credits.includes(note)) ?? held;
        if (events.stacked || events.returned || events.unproved) held = undefined;
      }
      return held;
    },
    recordCoins: (events) => void records.push(events),
  };
}

/** Counts in memory: what `counts` says, and exchanges as they came. */
export function memoryExchanges(counts: Partial<Record<UnitId, CashCounts>> = {}) {
  let open: readonly UnitId[] = [];
  const ended: (readonly ExchangeEntry[])[] = [];
  const store: ExchangeStore = {
    counts: (unit) => counts[unit],
    openUnits: () => open,
    startExchange(units) {
      open = units;
    },
    endExchange(entries) {
      open = [];
      ended.push(entries);
      return entries.map(({ unit, denomination, found }) => ({
        unit,
        denomination,
        ...(found === undefined ? {} : { found, left: found }),
      }));
    },
  };
  return { ...store, ended };
}

type SimulatorOptions = Omit<Parameters<typeof createCoinVendorSimulator>[0], "clock">;

/** A coin vendor and its simulated machine in one process, on a fake clock. */
export function coinVendorRig(
  given: {
    readonly simulator?: SimulatorOptions;
    readonly options?: CoinVendorOptions;
    readonly credits?: MemoryCredits;
    readonly exchanges?: ExchangeStore;
    /** An ID-003 note acceptor on a line of its own. */
    readonly notes?: Id003Simulator;
    readonly clock?: FakeClock;
    readonly machine?: ReturnType<typeof createCoinVendorSimulator>;
  } = {},
) {
  const clock = given.clock ?? createFakeClock();
  const credits = given.credits ?? memoryCredits();
  const machine =
    given.machine ??
    createCoinVendorSimulator({ clock, hoppers: { 10: 50, 50: 50, 100: 50, 500: 50 }, ...given.simulator });
  const opener = memoryOpener(machine.attach);
  const noteOpener = given.notes ? memoryOpener(given.notes.attach) : undefined;
  const recorder = createFrameRecorder({ clock, maxLines: 100_000 });
  recorder.enable(true);
  const events: { readonly name: EventName; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const logger: Logger = { event: (name, fields) => void events.push({ name, fields }) };
  const vendor = createCoinVendor({
    name: "coins",
    opener,
    clock,
    logger,
    credits,
    exchanges: given.exchanges ?? memoryExchanges(),
    recorder,
    ...(noteOpener ? { noteOpener } : {}),
    ...(given.options ? { options: given.options } : {}),
  });
  const told: CoinEvents[] = [];
  vendor.onCoins((coins) => told.push(coins));

  /** Lets time pass until the promise settles, at most `maxMs`; throws when it does not. */
  async function settle<T>(promise: Promise<T>, maxMs = 600_000): Promise<T> {
    let done = false;
    const marked = promise.finally(() => {
      done = true;
    });
    marked.catch(() => {});
    for (let ms = 0; !done && ms < maxMs; ms += 50) await clock.advance(50);
    if (!done) throw new Error(`did not settle in ${maxMs} ms`);
    return marked;
  }

  return {
    clock,
    credits,
    machine,
    opener,
    noteOpener,
    vendor,
    told,
    events,
    settle,
    /** Time enough for the start-up. */
    start: () => clock.advance(3000),
    /** Inserts coins one second apart. */
    async insert(...coins: readonly Denomination[]) {
      for (const coin of coins) {
        machine.insertCoin(coin);
        await clock.advance(1000);
      }
    },
    /** Dispenses and keeps what the hooks heard. */
    async dispense(counts: Parameters<typeof vendor.dispense>[0], options: Parameters<typeof vendor.dispense>[2] = {}) {
      const intents: PayoutIntent[] = [];
      const results: PayoutResult[] = [];
      const outcome: Result<DispenseResult> = await settle(
        vendor.dispense(
          counts,
          { beforeEach: (intent) => intents.push(intent), afterEach: (result) => results.push(result) },
          options,
        ),
      );
      return { outcome, intents, results };
    },
    /** Frames the host sent with this header (hex, checksum mode). */
    sent: (header: number) =>
      recorder
        .lines()
        .map((line) => JSON.parse(line) as { dir: string; hex: string })
        .filter(({ dir, hex }) => dir === "tx" && Number.parseInt(hex.slice(6, 8), 16) === header)
        .map(({ hex }) => hex),
  };
}
