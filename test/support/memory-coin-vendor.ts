import { RETURN_LEVER } from "../../devices/coin-vendor/codec/acceptor-errors.ts";
import {
  type CoinCounts,
  type CoinEvents,
  type CoinVendor,
  type CreditStore,
  type Denomination,
  denominations,
  type ExchangeDifference,
  type PayoutIntent,
  type PayoutResult,
  type StorageUnit,
} from "../../devices/coin-vendor/port.ts";
import { createListeners } from "../../devices/contract/listeners.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { MemoryDevice } from "./memory-device.ts";

type CoinCommand = "cashInStart" | "cashInStop" | "cashInEnd" | "cashInRollback" | "dispense";

export class MemoryCoinVendor extends MemoryDevice implements CoinVendor {
  readonly hoppers: Record<Denomination, number> = { 10: 100, 50: 20, 100: 50, 500: 20 };
  escrow: Denomination[] = [];
  boxYen = 0;
  trayYen = 0;
  slotOpen = false;
  /** A command that fails: before it moved anything, or after it moved everything (its answer is lost). */
  readonly broken = new Map<CoinCommand, { code: ErrorCode; moved: boolean }>();
  /** What the hoppers really give of what they are told to, once. */
  givesOnly: { coins: number; known: boolean } | undefined;
  readonly #credits: CreditStore;
  readonly #coins = createListeners<CoinEvents>();
  #counter = 0;

  constructor(clock: Clock, credits: CreditStore) {
    super("coinVendor", clock);
    this.#credits = credits;
  }
  /** A hand puts in a coin; a closed slot gives it back. */
  insert(coin: Denomination): void {
    if (!this.slotOpen) return;
    this.escrow.push(coin);
    this.#tell({ credits: [coin], lostEvents: 0 });
  }
  /** The acceptor counted more than it can name. */
  loseEvents(lostEvents: number): void {
    this.#tell({ credits: [], lostEvents });
  }
  pressReturnLever(): void {
    this.#tell({ credits: [], lostEvents: 0, errors: [RETURN_LEVER] });
  }
  #tell(of: { credits: Denomination[]; lostEvents: number; errors?: number[] }): void {
    this.#counter = (this.#counter % 255) + 1;
    const events: CoinEvents = { errors: [], ...of, counter: this.#counter, reset: false };
    this.#credits.recordCoins(events);
    this.#coins.emit(events);
  }
  readonly #unitNews = createListeners<void>();
  readonly onStorageUnits = this.#unitNews.add;
  /** A hopper is emptied or filled while nobody is served. */
  fill(denomination: Denomination, coins: number): void {
    this.hoppers[denomination] = coins;
    this.#unitNews.emit();
  }
  storageUnits() {
    return denominations.map(
      (denomination): StorageUnit => ({
        id: `hopper-${denomination}`,
        kind: "cashOut",
        denomination,
        state: "ok",
        counts: { [denomination]: this.hoppers[denomination] },
      }),
    );
  }
  denominate(amount: number): CoinCounts | undefined {
    const counts: Partial<Record<Denomination, number>> = {};
    let left = amount;
    for (const coin of [...denominations].reverse()) {
      const n = Math.min(Math.floor(left / coin), this.hoppers[coin]);
      if (n > 0) counts[coin] = n;
      left -= n * coin;
    }
    return left === 0 ? counts : undefined;
  }
  onCoins(listener: (events: CoinEvents) => void): () => void {
    return this.#coins.add(listener);
  }
  async #command(name: CoinCommand, move: () => void): Promise<Result<void>> {
    if (this.status().word !== "online") return fail("K-LINK-101");
    const broken = this.broken.get(name);
    if (!broken || broken.moved) move();
    return broken ? fail(broken.code) : ok();
  }
  cashInStart() {
    return this.#command("cashInStart", () => {
      this.slotOpen = true;
    });
  }
  cashInStop() {
    return this.#command("cashInStop", () => {
      this.slotOpen = false;
    });
  }
  cashInEnd() {
    return this.#command("cashInEnd", () => {
      this.boxYen += this.escrow.reduce<number>((sum, coin) => sum + coin, 0);
      this.escrow = [];
    });
  }
  cashInRollback() {
    return this.#command("cashInRollback", () => {
      this.trayYen += this.escrow.reduce<number>((sum, coin) => sum + coin, 0);
      this.escrow = [];
    });
  }
  async dispense(
    coins: CoinCounts,
    hooks: { beforeEach: (intent: PayoutIntent) => void; afterEach: (result: PayoutResult) => void },
  ) {
    const paid: Partial<Record<Denomination, number>> = {};
    const unpaid: Partial<Record<Denomination, number>> = {};
    let state: "done" | "incomplete" | "unknown" = "done";
    for (const denomination of denominations) {
      const wanted = coins[denomination] ?? 0;
      if (wanted === 0) continue;
      hooks.beforeEach({ denomination, coins: wanted, counterBefore: 1, paidBefore: 0, unpaidBefore: 0 });
      const limit = this.givesOnly;
      this.givesOnly = undefined;
      const given = Math.min(wanted, limit?.coins ?? wanted);
      const known = limit?.known ?? true;
      this.hoppers[denomination] -= given;
      this.trayYen += given * denomination;
      if (!known) state = "unknown";
      else if (given < wanted) {
        state = "incomplete";
        // The hopper ran empty: it is no use for a second try.
        this.hoppers[denomination] = 0;
      }
      const result = { denomination, paid: known ? given : 0, unpaid: known ? wanted - given : 0, known };
      paid[denomination] = result.paid;
      unpaid[denomination] = result.unpaid;
      hooks.afterEach(result);
      if (state !== "done") break;
    }
    return ok({ state, paid, unpaid });
  }
  async startExchange(): Promise<Result<void>> {
    return fail("K-COIN-502");
  }
  async endExchange(): Promise<Result<readonly ExchangeDifference[]>> {
    return fail("K-COIN-503");
  }
  async judgeDispense(intent: PayoutIntent): Promise<Result<PayoutResult>> {
    return ok({ denomination: intent.denomination, paid: intent.coins, unpaid: 0, known: true });
  }
}
