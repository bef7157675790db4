import type { CoinEvents, Denomination, ExchangeDifference, UnitId } from "../../../devices/coin-vendor/port.ts";
import type { IntentKind, JournalData, OpenIntent, QueuedMessage, SessionSummary } from "../ports.ts";
import { type CashBook, CashLedger } from "./cash-book.ts";
import type { SettlementState } from "./entries.ts";
import type { Row } from "./store.ts";

/** Kinds of rows; intents and facts carry their own word behind the dot. */
export const rowKinds = {
  coins: "coins",
  settled: "settled",
  exchangeStarted: "exchangeStarted",
  exchange: "exchange",
  exchangeEnded: "exchangeEnded",
  summary: "summary",
  queued: "queued",
  acknowledged: "acknowledged",
} as const;
export const INTENT_PREFIX = "intent.";
export const FACT_PREFIX = "fact.";

/** What a settlement row carries. */
export interface SettlementData {
  readonly state: SettlementState;
  readonly outcome: JournalData;
}

/**
 * Everything that is asked of the journal while the kiosk runs, built from its rows alone: on opening, then row by row.
 * There is no other source, so it cannot drift from the journal.
 */
export class Derived {
  readonly cash: CashLedger;
  readonly #open: Map<number, OpenIntent>;
  readonly #queue: Map<string, QueuedMessage>;
  /** Of each acceptor; the first one's name is empty. */
  readonly #counters: Map<string, number>;
  #lastSummary: SessionSummary | undefined;

  /** Empty, or as `toText` left it. */
  constructor(text?: string) {
    const state: Partial<DerivedState> = text === undefined ? {} : (JSON.parse(text) as DerivedState);
    this.cash = new CashLedger(state.cash);
    this.#open = new Map((state.open ?? []).map((intent) => [Number(intent.id), intent]));
    this.#queue = new Map((state.queue ?? []).map((message) => [message.id, message]));
    this.#counters = new Map(Object.entries(state.counters ?? {}));
    this.#lastSummary = state.lastSummary;
  }

  toText(): string {
    const state: DerivedState = {
      cash: this.cash.book(),
      open: this.openIntents(),
      queue: this.queued(),
      counters: Object.fromEntries(this.#counters),
      ...(this.#lastSummary === undefined ? {} : { lastSummary: this.#lastSummary }),
    };
    return JSON.stringify(state);
  }

  apply(row: Row): void {
    const data: unknown = JSON.parse(row.data);
    if (row.kind.startsWith(INTENT_PREFIX)) this.#open.set(row.seq, toIntent(row));
    else if (row.kind === rowKinds.settled) this.#settled(row.settles, data as SettlementData);
    else if (row.kind === rowKinds.coins) this.#coins(data as CoinEvents);
    else if (row.kind === rowKinds.exchangeStarted) this.cash.opened((data as { units: UnitId[] }).units);
    else if (row.kind === rowKinds.exchange) this.cash.exchanged(data as ExchangeDifference);
    else if (row.kind === rowKinds.exchangeEnded) this.cash.closed();
    else if (row.kind === rowKinds.summary) this.#lastSummary = data as SessionSummary;
    else if (row.kind === rowKinds.queued) {
      this.#queue.set(String(row.seq), { ...(data as object), id: String(row.seq) } as QueuedMessage);
    } else if (row.kind === rowKinds.acknowledged) this.#queue.delete((data as { id: string }).id);
  }

  openIntents(): readonly OpenIntent[] {
    return [...this.#open.values()];
  }

  isOpen(seq: number): boolean {
    return this.#open.has(seq);
  }

  queued(): readonly QueuedMessage[] {
    return [...this.#queue.values()];
  }

  isQueued(id: string): boolean {
    return this.#queue.has(id);
  }

  lastCounter(source = ""): number | undefined {
    return this.#counters.get(source);
  }

  lastSummary(): SessionSummary | undefined {
    return this.#lastSummary;
  }

  #coins(events: CoinEvents): void {
    this.#counters.set(events.source ?? "", events.counter);
    this.cash.told(events);
  }

  #settled(seq: number, settlement: SettlementData): void {
    const intent = this.#open.get(seq);
    if (!intent) return;
    this.#open.delete(seq);
    const { state, outcome } = settlement;
    if (intent.kind === "escrowAccept" && state !== "notDone") {
      this.cash.escrowEmptied(state === "done" ? "cashBox" : "unproved");
    }
    if (intent.kind === "escrowReturn" && state !== "notDone") {
      this.cash.escrowEmptied(state === "done" ? "outside" : "unproved");
    }
    if (intent.kind === "payout") {
      const coins = Number(intent.data.coins);
      const paid = Number(outcome.paid ?? (state === "done" ? coins : 0));
      this.cash.paidOut(Number(intent.data.denomination) as Denomination, paid, state === "unknown" ? coins - paid : 0);
    }
  }
}

interface DerivedState {
  readonly cash: CashBook;
  readonly open: readonly OpenIntent[];
  readonly queue: readonly QueuedMessage[];
  readonly counters: Readonly<Record<string, number>>;
  readonly lastSummary?: SessionSummary;
}

/** An intent's row as the flow knows it. */
export function toIntent(row: Row): OpenIntent {
  return {
    id: String(row.seq),
    sessionId: row.session,
    kind: row.kind.slice(INTENT_PREFIX.length) as IntentKind,
    data: JSON.parse(row.data) as JournalData,
    atMs: row.atMs,
  };
}
