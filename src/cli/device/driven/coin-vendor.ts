import {
  type CoinCounts,
  type CreditStore,
  type Denomination,
  denominations,
  type ExchangeStore,
} from "../../../../devices/coin-vendor/port.ts";
import { createCoinVendor } from "../../../../devices/coin-vendor/vendor.ts";
import { yen } from "../../../kernel/money.ts";
import { ok, type Result } from "../../../kernel/result.ts";
import { byHand, type Driven, type LinkedContext, notUnderstood } from "./driven.ts";

const MAX_COINS = 255;

/** The coin vendor by hand. Its credits are shown and booked nowhere: the kiosk's journal is not touched. */
export function driveCoinVendor(context: LinkedContext): Driven {
  const vendor = createCoinVendor({
    name: "coinVendor",
    credits: creditsOfThisSession(),
    exchanges: noBook,
    ...context,
  });
  const cashIn = (
    usage: string,
    summary: string,
    run: typeof vendor.cashInStop,
  ): {
    usage: string;
    summary: string;
    run(words: readonly string[], signal: AbortSignal): Promise<Result<unknown>>;
  } => ({
    usage,
    summary,
    run: (_, signal) => run(byHand(signal)),
  });
  return {
    device: vendor,
    onNews: (tell) =>
      void vendor.onCoins(({ credits, errors, lostEvents, reset }) => {
        if (credits.length > 0) tell(`credit: ${credits.map((coin) => `${coin} yen`).join(", ")}`);
        if (errors.length > 0) tell(`acceptor error codes: ${errors.join(", ")}`);
        if (lostEvents > 0) tell(`${lostEvents} events of the acceptor are lost`);
        if (reset) tell("the acceptor had lost its power");
      }),
    commands: {
      units: {
        usage: "units",
        summary: "the storage units and their states",
        run: async () => ok(vendor.storageUnits()),
      },
      denominate: {
        usage: "denominate YEN",
        summary: "how an amount would be paid; pays nothing",
        async run([amount]) {
          const value = Number(amount ?? Number.NaN);
          if (!Number.isInteger(value) || value < 0)
            return notUnderstood("denominate", amount, "a whole number of yen");
          return ok(vendor.denominate(yen(value)) ?? "cannot be paid");
        },
      },
      "cash-in-start": cashIn("cash-in-start", "opens the slot", (options) => vendor.cashInStart(options)),
      "cash-in-stop": cashIn("cash-in-stop", "closes the slot; coins stay in the escrow", vendor.cashInStop),
      "cash-in-end": cashIn("cash-in-end", "escrow to cash box", vendor.cashInEnd),
      "cash-in-rollback": cashIn("cash-in-rollback", "escrow back to the tray", vendor.cashInRollback),
      dispense: {
        usage: "dispense 10=N 50=N 100=N 500=N",
        summary: "pays coins out of the hoppers; the kiosk's book does not learn of it",
        async run(words, signal) {
          const counts = readCounts(words);
          if (!counts.ok) return counts;
          return await vendor.dispense(counts.value, { beforeEach: () => {}, afterEach: () => {} }, { signal });
        },
      },
    },
  };
}

function creditsOfThisSession(): CreditStore {
  const counters = new Map<string, number>();
  return {
    lastCounter: (source = "") => counters.get(source),
    heldNote: () => undefined,
    recordCoins: ({ source = "", counter }) => void counters.set(source, counter),
  };
}

/** Counts belong to the kiosk's book, which a technician's session does not open. */
const noBook: ExchangeStore = {
  counts: () => undefined,
  openUnits: () => [],
  startExchange: () => {},
  endExchange: () => [],
};

function readCounts(words: readonly string[]): Result<CoinCounts> {
  const counts: Partial<Record<Denomination, number>> = {};
  for (const word of words) {
    const [, coin, number] = /^(\d+)=(\d{1,3})$/.exec(word) ?? [];
    const denomination = denominations.find((known) => String(known) === coin);
    if (denomination === undefined || Number(number) > MAX_COINS) {
      return notUnderstood("dispense", word, `${denominations.join(", ")}, each with =N up to ${MAX_COINS}`);
    }
    counts[denomination] = Number(number);
  }
  return words.length > 0 ? ok(counts) : notUnderstood("dispense", undefined, "10=1, for example");
}
