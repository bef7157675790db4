import type { Yen } from "../../src/kernel/money.ts";
import type { Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "../contract/device.ts";

/** Coins that a Japanese coin vendor of ours takes and gives. */
export const denominations = [10, 50, 100, 500] as const;
export type Denomination = (typeof denominations)[number];

/** Notes that a note acceptor may take; they are never given. */
export const noteDenominations = [1000, 2000, 5000, 10_000] as const;
export type NoteDenomination = (typeof noteDenominations)[number];

/** Whatever can be put in. */
export type CashDenomination = Denomination | NoteDenomination;

/** How many coins of each denomination; a missing one is none. */
export type CoinCounts = Readonly<Partial<Record<Denomination, number>>>;
/** How many coins and notes of each denomination; a missing one is none. */
export type CashCounts = Readonly<Partial<Record<CashDenomination, number>>>;

/** The places of the machine that hold money: XFS storage units. */
export const hopperIds = ["hopper-10", "hopper-50", "hopper-100", "hopper-500"] as const;
export const unitIds = [...hopperIds, "escrow", "cashBox", "noteBox"] as const;
export type UnitId = (typeof unitIds)[number];

/** One storage unit. Counts follow from what the devices proved and are never edited (see `ExchangeStore`). */
export interface StorageUnit {
  readonly id: UnitId;
  /** A hopper gives, a box takes, the escrow holds until the transaction ends. */
  readonly kind: "cashOut" | "cashIn" | "temporary";
  /** What a hopper holds. */
  readonly denomination?: Denomination;
  readonly state: "ok" | "full" | "low" | "empty" | "inoperative";
  /** The hopper itself tells that its coins are below a mark (header 217). */
  readonly levelSensor?: boolean;
  /** By the kiosk's own book. Absent for a hopper that no exchange has counted yet. */
  readonly counts?: CashCounts;
}

/**
 * What a poll of one acceptor told: credits in the order of insertion, errors, and counts that were lost for ever. Notes
 * are credited when they lie in the note acceptor's escrow and tell their further way.
 */
export interface CoinEvents {
  /** Which acceptor; absent for the first coin acceptor. */
  readonly source?: string;
  /** Event counter of the acceptor after these events (1…255, 0 only after its power-up). */
  readonly counter: number;
  readonly credits: readonly CashDenomination[];
  /** Credited notes that went into the note box. */
  readonly stacked?: readonly NoteDenomination[];
  /** Credited notes that went back to the citizen. */
  readonly returned?: readonly NoteDenomination[];
  /** Credited notes of which nobody can tell where they went. */
  readonly unproved?: readonly NoteDenomination[];
  /** Error codes: of header 229 (e.g. 254 return lever), or for notes those of `codec/bill-events.ts`. */
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
  /** Of a `source`; without one, of the first coin acceptor. */
  lastCounter(source?: string): number | undefined;
  /** The note that lies in the escrow of this note acceptor by the records: credited, its way not told. */
  heldNote(source: string): NoteDenomination | undefined;
  recordCoins(events: CoinEvents): void;
}

/** What staff did to one denomination of a storage unit while it was open. */
export interface ExchangeEntry {
  readonly unit: UnitId;
  readonly denomination: CashDenomination;
  /** What they counted in it before they changed anything; without it the difference stays unknown. */
  readonly found?: number;
  readonly added?: number;
  readonly removed?: number;
}

/** What an exchange showed: counted minus expected, where both are known. */
export interface ExchangeDifference {
  readonly unit: UnitId;
  readonly denomination: CashDenomination;
  readonly expected?: number;
  readonly found?: number;
  readonly difference?: number;
  /** What the book goes on from; absent while nobody has counted the unit. */
  readonly left?: number;
}

/** Where counts and exchanges are kept; every method returns after the write is durable. */
export interface ExchangeStore {
  /** Counts of a unit, derived from what was recorded; undefined for a hopper that nobody has counted yet. */
  counts(unit: UnitId): CashCounts | undefined;
  /** The units that staff have open, over restarts of the kiosk too. */
  openUnits(): readonly UnitId[];
  startExchange(units: readonly UnitId[]): void;
  endExchange(entries: readonly ExchangeEntry[]): readonly ExchangeDifference[];
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
  /** Calls when a hopper's state changed: from now on another change may be possible. */
  onStorageUnits(listener: () => void): () => void;
  /**
   * How an amount can be paid out from what the hoppers hold; undefined when it cannot. `certain`: only from coins that are
   * there by a count or a sensor, which is what may be promised before money is taken; without it coins that may be there
   * are tried too, which is what an owed amount deserves.
   */
  denominate(amount: Yen, options?: { readonly certain?: boolean }): CoinCounts | undefined;
  /** Opens the slot for these denominations (default: all that are known). Coins and notes go to their escrows. */
  cashInStart(options?: CommandOptions & { readonly accept?: readonly CashDenomination[] }): Promise<Result<void>>;
  /** Credits since the last `cashInStart`, after they were recorded. */
  onCoins(listener: (events: CoinEvents) => void): () => void;
  /** Closes the slot; returns when no coin is on its way any more. Coins stay in the escrow. */
  cashInStop(options?: CommandOptions): Promise<Result<void>>;
  /**
   * Escrow → cash box, a held note → note box. The note goes first: `K-COIN-302` when it came back instead, and then the
   * coins have not moved.
   */
  cashInEnd(options?: CommandOptions): Promise<Result<void>>;
  /** Escrow → return tray, and a held note back to the citizen. */
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
  /**
   * Staff open storage units: from now on no cash command works (`K-COIN-501`, status `userError`), over restarts too.
   * Refused with `K-COIN-502` while the slot is open, and with `K-COIN-501` while an exchange is under way.
   */
  startExchange(units: readonly UnitId[], options?: CommandOptions): Promise<Result<void>>;
  /**
   * Staff closed them again. What they counted, put in and took out is recorded with the differences to the book; the
   * hoppers are looked at afresh. `K-COIN-503` without an exchange, or for an entry that cannot be (`why`).
   */
  endExchange(
    entries: readonly ExchangeEntry[],
    options?: CommandOptions,
  ): Promise<Result<readonly ExchangeDifference[]>>;
}
