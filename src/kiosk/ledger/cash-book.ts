import {
  type CashCounts as Cash,
  type CashDenomination,
  type CoinCounts,
  type CoinEvents,
  type Denomination,
  denominations,
  type ExchangeDifference,
  type ExchangeEntry,
  type NoteDenomination,
  noteDenominations,
  type UnitId,
} from "../../../devices/coin-vendor/port.ts";

export type NoteCounts = Readonly<Partial<Record<NoteDenomination, number>>>;

/**
 * Where the money is by the kiosk's own book. Counts follow from the journal's rows alone and are never edited: a
 * difference that staff find is an exchange of its own, and the book goes on from what was counted.
 */
export interface CashBook {
  readonly escrow: CoinCounts;
  readonly cashBox: CoinCounts;
  /** One hopper for each denomination. May be negative: then coins were put in without an exchange. */
  readonly hoppers: CoinCounts;
  /** Hoppers that an exchange has counted: only their numbers mean anything. */
  readonly countedHoppers: readonly Denomination[];
  /** Notes in the escrow of a note acceptor, and those in the note box; only denominations that ever were there. */
  readonly escrowNotes: NoteCounts;
  readonly noteBox: NoteCounts;
  /** The note that lies in each note acceptor's escrow. */
  readonly heldNotes: Readonly<Record<string, NoteDenomination>>;
  /** Units that staff have open. */
  readonly openUnits: readonly UnitId[];
  /** Coins that left a place without proof of where they went: staff must count. */
  readonly unproved: CoinCounts;
  readonly unprovedNotes: NoteCounts;
  /** Results of the acceptor that were lost for ever (header 229 overwritten, or its power cut). */
  readonly lostEvents: number;
}

type Counts = Record<Denomination, number>;
type Notes = Partial<Record<NoteDenomination, number>>;

/** The book while rows are applied to it. */
export class CashLedger {
  readonly #escrow: Counts;
  readonly #cashBox: Counts;
  readonly #hoppers: Counts;
  readonly #unproved: Counts;
  readonly #counted: Set<Denomination>;
  readonly #escrowNotes: Notes;
  readonly #noteBox: Notes;
  readonly #unprovedNotes: Notes;
  readonly #held: Map<string, NoteDenomination>;
  #openUnits: readonly UnitId[];
  #lostEvents: number;

  constructor(from?: CashBook) {
    this.#escrow = { ...noCoins(), ...from?.escrow };
    this.#cashBox = { ...noCoins(), ...from?.cashBox };
    this.#hoppers = { ...noCoins(), ...from?.hoppers };
    this.#unproved = { ...noCoins(), ...from?.unproved };
    this.#counted = new Set(from?.countedHoppers);
    this.#escrowNotes = { ...from?.escrowNotes };
    this.#noteBox = { ...from?.noteBox };
    this.#unprovedNotes = { ...from?.unprovedNotes };
    this.#held = new Map(Object.entries(from?.heldNotes ?? {}));
    this.#openUnits = from?.openUnits ?? [];
    this.#lostEvents = from?.lostEvents ?? 0;
  }

  /** What one poll of an acceptor proved. */
  told(events: CoinEvents): void {
    const { source = "", stacked = [], returned = [], unproved = [] } = events;
    for (const cash of events.credits) {
      if (isNote(cash)) this.#held.set(source, cash);
      this.#move(cash, 1);
    }
    for (const note of [...stacked, ...returned, ...unproved]) {
      this.#move(note, -1);
      this.#held.delete(source);
    }
    for (const note of stacked) this.#noteBox[note] = (this.#noteBox[note] ?? 0) + 1;
    for (const note of unproved) this.#unprovedNotes[note] = (this.#unprovedNotes[note] ?? 0) + 1;
    this.#lostEvents += events.lostEvents;
  }

  heldNote(source: string): NoteDenomination | undefined {
    return this.#held.get(source);
  }

  /**
   * The escrow was emptied into the cash box, into the tray (`outside`), or without proof. Notes tell their own way, each
   * in a row of its own.
   */
  escrowEmptied(to: "cashBox" | "outside" | "unproved"): void {
    for (const coin of denominations) {
      if (to === "cashBox") this.#cashBox[coin] += this.#escrow[coin];
      if (to === "unproved") this.#unproved[coin] += this.#escrow[coin];
      this.#escrow[coin] = 0;
    }
  }

  /** A hopper gave `paid` coins for certain, and of `unproved` more nobody knows. */
  paidOut(coin: Denomination, paid: number, unproved: number): void {
    this.#hoppers[coin] -= paid + unproved;
    this.#unproved[coin] += unproved;
  }

  opened(units: readonly UnitId[]): void {
    this.#openUnits = units;
  }

  closed(): void {
    this.#openUnits = [];
  }

  openUnits(): readonly UnitId[] {
    return this.#openUnits;
  }

  /** What an entry comes to, seen from the book as it is now. */
  difference({ unit, denomination, found, added = 0, removed = 0 }: ExchangeEntry): ExchangeDifference {
    const expected = this.#expected(unit, denomination);
    const base = found ?? expected;
    return {
      unit,
      denomination,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
      ...(expected === undefined || found === undefined ? {} : { difference: found - expected }),
      ...(base === undefined ? {} : { left: base + added - removed }),
    };
  }

  /** The book goes on from what an exchange left; a unit that nobody has counted stays unknown. */
  exchanged({ unit, denomination, left }: ExchangeDifference): void {
    if (left === undefined) return;
    if (isNote(denomination)) {
      (unit === "escrow" ? this.#escrowNotes : this.#noteBox)[denomination] = left;
      return;
    }
    if (unit === "escrow") this.#escrow[denomination] = left;
    else if (unit === "cashBox") this.#cashBox[denomination] = left;
    else {
      this.#hoppers[denomination] = left;
      this.#counted.add(denomination);
    }
  }

  /** Undefined for a hopper that nobody has counted. */
  counts(unit: UnitId): Cash | undefined {
    if (unit === "noteBox") return { ...this.#noteBox };
    if (unit === "escrow") return { ...this.#escrow, ...this.#escrowNotes };
    if (unit === "cashBox") return { ...this.#cashBox };
    const coin = denominationOf(unit);
    return coin !== undefined && this.#counted.has(coin) ? { [coin]: this.#hoppers[coin] } : undefined;
  }

  book(): CashBook {
    return {
      escrow: { ...this.#escrow },
      cashBox: { ...this.#cashBox },
      hoppers: { ...this.#hoppers },
      countedHoppers: denominations.filter((coin) => this.#counted.has(coin)),
      escrowNotes: { ...this.#escrowNotes },
      noteBox: { ...this.#noteBox },
      heldNotes: Object.fromEntries(this.#held),
      openUnits: this.#openUnits,
      unproved: { ...this.#unproved },
      unprovedNotes: { ...this.#unprovedNotes },
      lostEvents: this.#lostEvents,
    };
  }

  #expected(unit: UnitId, denomination: CashDenomination): number | undefined {
    const counts = this.counts(unit);
    return counts === undefined ? undefined : (counts[denomination] ?? 0);
  }

  #move(cash: CashDenomination, count: number): void {
    if (isNote(cash)) this.#escrowNotes[cash] = (this.#escrowNotes[cash] ?? 0) + count;
    else this.#escrow[cash] += count;
  }
}

function denominationOf(unit: UnitId): Denomination | undefined {
  return denominations.find((coin) => unit === `hopper-${coin}`);
}

function isNote(cash: CashDenomination): cash is NoteDenomination {
  return noteDenominations.some((note) => note === cash);
}

function noCoins(): Counts {
  return { 10: 0, 50: 0, 100: 0, 500: 0 };
}
