import type { Yen } from "../../src/kernel/money.ts";
import type { Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "../contract/device.ts";

/** Coins that a Japanese coin vendor of ours takes and gives. */
export const denominations = [10, 50, 100, 500] as const;
export type Denomination = (typeof denominations)[number];

/** How many coins of each denomination; a missing one is none. */
export type CoinCounts = Readonly<Partial<Record<Denomination, number>>>;

/** One hopper (a storage unit in XFS words). */
export interface StorageUnit {
  readonly denomination: Denomination;
  readonly state: "ok" | "low" | "empty" | "inoperative";
  /** Coins by the kiosk's own book (derived from the ledger), when it is known. */
  readonly count?: number;
}

/** What a poll of the acceptor told: credits in the order of insertion, errors, and counts that were lost for ever. */
export interface CoinEvents {
  /** Event counter of the acceptor after these events (1…255, 0 only after its power-up). */
  readonly counter: number;
  readonly credits: readonly Denomination[];
  /** ccTalk error codes of header 229, e.g. 254 return lever. */
  readonly errors: readonly number[];
  /** More than five events between two polls: so many results were overwritten. A discrepancy, never a guess. */
  readonly lostEvents: number;
  /** The acceptor lost its power between two polls: events may be lost. */
  readonly reset: boolean;
}

/**
 * Where credits are kept. `recordCoins` is one durable write that holds the counter and the credits together; the driver
 * acts on nothing before it returned.
 */
export interface CreditStore {
  lastCounter(): number | undefined;
  recordCoins(events: CoinEvents): void;
}

/** What came of a dispense, on the hopper's own evidence. `unknown` counts are never guessed. */
export interface DispenseResult {
  readonly state: "done" | "incomplete" | "unknown";
  readonly paid: CoinCounts;
  readonly unpaid: CoinCounts;
}

/**
 * One hopper's payout before its command leaves: everything that is needed to judge it later, also by a kiosk that has
 * been started again meanwhile. Flat numbers, to be journaled as they are.
 */
export interface PayoutIntent {
  readonly denomination: Denomination;
  readonly coins: number;
  /** Event counter of the hopper. */
  readonly counterBefore: number;
  /** Totals of the payout before this one. */
  readonly paidBefore: number;
  readonly unpaidBefore: number;
  /** Coins paid in the hopper's life; absent when this maker does not count them. */
  readonly dispensedBefore?: number;
}

/** What one hopper's payout came to. `known` false: nothing is proved, and both numbers are 0. */
export interface PayoutResult {
  readonly denomination: Denomination;
  readonly paid: number;
  readonly unpaid: number;
  readonly known: boolean;
}

/**
 * The coin vendor in XFS words: CashInStart → CashIn… → CashInEnd or CashInRollback; Denominate → Dispense. Every command
 * completes exactly once; a payout command is sent exactly once and then judged by the hopper's event counter.
 */
export interface CoinVendor extends Device {
  storageUnits(): readonly StorageUnit[];
  /** How an amount can be paid out from what the hoppers hold; undefined when it cannot. */
  denominate(amount: Yen): CoinCounts | undefined;
  /** Opens the coin slot. Coins go to the escrow. */
  cashInStart(options?: CommandOptions): Promise<Result<void>>;
  /** Credits since the last `cashInStart`, after they were recorded. */
  onCoins(listener: (events: CoinEvents) => void): () => void;
  /** Closes the slot; returns when no coin is on its way any more. Coins stay in the escrow. */
  cashInStop(options?: CommandOptions): Promise<Result<void>>;
  /** Escrow → cash box. */
  cashInEnd(options?: CommandOptions): Promise<Result<void>>;
  /** Escrow → return tray. */
  cashInRollback(options?: CommandOptions): Promise<Result<void>>;
  /**
   * Pays out from the hoppers. `beforeEach` is called before each payout command leaves, so that the intent is durable
   * first; `afterEach` with what the hopper's counter and totals prove.
   */
  dispense(
    coins: CoinCounts,
    hooks: {
      readonly beforeEach: (intent: PayoutIntent) => void;
      readonly afterEach: (result: PayoutResult) => void;
    },
    options?: CommandOptions,
  ): Promise<Result<DispenseResult>>;
  /**
   * Judges a payout whose result was never heard, because the kiosk ended in its middle: pays nothing, waits until the
   * motor rests and compares the hopper's counters with those of the intent.
   */
  judgeDispense(intent: PayoutIntent, options?: CommandOptions): Promise<Result<PayoutResult>>;
}
