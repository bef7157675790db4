import { join } from "node:path";
import type { z } from "zod";
import type { CoinEvents, CreditStore, ExchangeStore } from "../../../devices/coin-vendor/port.ts";
import type { Clock } from "../../kernel/clock.ts";
import { lockFolder } from "../../kernel/folder-lock.ts";
import { type Yen, yen } from "../../kernel/money.ts";
import { ok, type Result } from "../../kernel/result.ts";
import type { FactKind, Journal, JournalData, QueuedMessage, SessionSummary } from "../ports.ts";
import type { CashBook } from "./cash-book.ts";
import { BEGINNING, CHECKPOINT_EVERY, type ChainPoint, createCheckpoints } from "./checkpoint.ts";
import { openDatabase } from "./database.ts";
import { Derived, FACT_PREFIX, INTENT_PREFIX, rowKinds, type SettlementData, toIntent } from "./derived.ts";
import {
  coinsEntry,
  exchangeEntry,
  exchangeStartedEntry,
  messageEntry,
  payoutIntent,
  payoutOutcome,
  plainData,
  plainJson,
  summaryEntry,
} from "./entries.ts";

import { type Draft, openRowStore, type Row } from "./store.ts";

/** The kiosk's ledger: the journal that the flow writes, and what can be asked of it. */
export interface Ledger extends Journal {
  /** Where the coins are, derived from the rows. */
  cashBook(): CashBook;
  /** Where the coin vendor's driver keeps exchanges; the differences stay in the journal. */
  readonly exchanges: ExchangeStore;
  /** The last session that ended; undefined on a new kiosk. */
  lastSummary(): SessionSummary | undefined;
  /** The summary of a session that ended. */
  summary(sessionId: string): SessionSummary | undefined;
  /** Every row of a session in order, parsed: what `issue` writes as `journal.json`. */
  sessionRows(sessionId: string): readonly JournalRow[];
  /** The last row, for the heartbeat: with it a tail that was cut off shows. */
  head(): ChainHead;
  /**
   * Reads everything from the first row on and proves the chain; a start looks at the last thousands of rows only.
   * `K-LEDGER-102` damage, `K-LEDGER-104` the first row that does not fit. Takes about 15 µs a row.
   */
  verifyChain(): Result<ChainHead>;
}

/** The last row: what a copy of the journal must lead to. */
export interface ChainHead {
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
}

/** A row as people read it. */
export interface JournalRow {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly sessionId: string;
  /** The row that this one settles. */
  readonly settles?: number;
  readonly data: unknown;
  /** Hex. */
  readonly hash: string;
}

/**
 * Opens the ledger of a data folder, making it on first use, and holds the folder until `close()`. Errors: `K-CONF-104`
 * another process has the folder, `K-LEDGER-101…104` (see `openDatabase` and `openRowStore`). Methods of the ledger throw
 * `JournalError` when a row cannot be made durable, and `TypeError` on data that a journal may not hold.
 */
export function openLedger(options: { readonly folder: string; readonly clock: Pick<Clock, "nowMs"> }): Result<Ledger> {
  const lock = lockFolder(options.folder);
  if (!lock.ok) return lock;
  const database = openDatabase(options.folder);
  if (!database.ok) {
    lock.value.release();
    return database;
  }
  const checkpoints = createCheckpoints(database.value);
  const checkpoint = checkpoints.find();
  const derived = new Derived(checkpoint?.state);
  const file = join(options.folder, "ledger.sqlite");
  const from = checkpoint?.at ?? BEGINNING;
  const opened = openRowStore(database.value, file, options.clock.nowMs, from, (row) => derived.apply(row));
  if (!opened.ok) {
    database.value.close();
    lock.value.release();
    return opened;
  }
  const store = opened.value;

  /** Writes rows, then lets them count. Nothing counts that is not durable. */
  const write = (drafts: readonly Draft[], beside?: Parameters<typeof store.write>[1]): number => {
    const rows = store.write(drafts, beside);
    for (const row of rows) {
      derived.apply(row);
      if (row.seq % CHECKPOINT_EVERY === 0) checkpoints.keep(row, derived.toText());
    }
    return rows[0]?.seq ?? 0;
  };
  const selectFlows = database.value.prepare("SELECT session, snapshot FROM flows ORDER BY at_ms, session");

  const credits: CreditStore = {
    lastCounter: (source) => derived.lastCounter(source),
    heldNote: (source) => derived.cash.heldNote(source),
    recordCoins(events: CoinEvents) {
      write([{ kind: rowKinds.coins, data: checked(coinsEntry, events, "coins") }]);
    },
  };

  const exchanges: ExchangeStore = {
    counts: (unit) => derived.cash.counts(unit),
    openUnits: () => derived.cash.openUnits(),
    startExchange(units) {
      const data = checked(exchangeStartedEntry, { units }, "exchange");
      write([{ kind: rowKinds.exchangeStarted, data }]);
    },
    endExchange(entries) {
      const differences = entries.map((entry) => derived.cash.difference(entry));
      // All of it or nothing, in one transaction: a half-recorded collection would be a difference of its own.
      const drafts = entries.map(({ added = 0, removed = 0 }, at): Draft => {
        const data = checked(exchangeEntry, { ...differences[at], added, removed }, "exchange");
        return { kind: rowKinds.exchange, data };
      });
      write([...drafts, { kind: rowKinds.exchangeEnded, data: {} }]);
      return differences;
    },
  };

  return ok({
    intent(sessionId, kind, data) {
      checked(plainData, data, kind);
      if (kind === "payout") checked(payoutIntent, data, kind);
      return String(write([{ kind: `${INTENT_PREFIX}${kind}`, session: sessionId, data }]));
    },
    settle(intentId, state, data = {}) {
      const seq = Number(intentId);
      if (!derived.isOpen(seq)) throw new Error(`intent ${intentId} is not open: settling twice is a bug`);
      const intent = store.row(seq);
      const settlement: SettlementData = { state, outcome: checked(plainData, data, "settlement") };
      if (intent?.kind === `${INTENT_PREFIX}payout`) checked(payoutOutcome, data, "settlement of a payout");
      write([{ kind: rowKinds.settled, session: intent?.session ?? "", settles: seq, data: settlement }]);
    },
    fact(sessionId, kind, data) {
      write([{ kind: `${FACT_PREFIX}${kind}`, session: sessionId, data: checked(plainData, data, kind) }]);
    },
    openIntents: () => derived.openIntents(),
    creditedYenSince: (intentId) => creditsIn(store.rowsFrom(Number(intentId) + 1)),
    sessionFacts: (sessionId) =>
      store
        .rowsOfSession(sessionId)
        .filter((row) => row.kind.startsWith(FACT_PREFIX))
        .map((row) => ({
          kind: row.kind.slice(FACT_PREFIX.length) as FactKind,
          data: JSON.parse(row.data) as JournalData,
        })),
    settledIntents: (sessionId) =>
      store
        .rowsOfSession(sessionId)
        .filter((row) => row.kind.startsWith(INTENT_PREFIX))
        .flatMap((row) => {
          const settlement = store.settlementOf(row.seq);
          if (!settlement) return [];
          return [{ ...toIntent(row), ...(JSON.parse(settlement.data) as SettlementData) }];
        }),
    saveFlow(sessionId, snapshot) {
      const text = JSON.stringify(checked(plainJson, snapshot, "snapshot"));
      write([], (db) =>
        db
          .prepare(
            "INSERT INTO flows VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, snapshot = excluded.snapshot",
          )
          .run(sessionId, options.clock.nowMs(), text),
      );
    },
    openFlows: () =>
      selectFlows.all().map((row) => ({
        sessionId: String(row.session),
        snapshot: JSON.parse(String(row.snapshot)) as unknown,
      })),
    endSession(summary) {
      const data = checked(summaryEntry, summary, "summary");
      write([{ kind: rowKinds.summary, session: summary.sessionId, data }], (db) =>
        db.prepare("DELETE FROM flows WHERE session = ?").run(summary.sessionId),
      );
    },
    enqueue(message) {
      const data = checked(messageEntry, message, "message");
      write([{ kind: rowKinds.queued, data }]);
    },
    queued: (): readonly QueuedMessage[] => derived.queued(),
    dequeue(id) {
      if (derived.isQueued(id)) write([{ kind: rowKinds.acknowledged, data: { id } }]);
    },
    credits,
    cashBook: () => derived.cash.book(),
    exchanges,
    lastSummary: () => derived.lastSummary(),
    summary(sessionId) {
      const found = store.rowsOfSession(sessionId).find((row) => row.kind === rowKinds.summary);
      return found ? (JSON.parse(found.data) as SessionSummary) : undefined;
    },
    sessionRows: (sessionId) => store.rowsOfSession(sessionId).map(readable),
    head: () => headOf(store.head()),
    verifyChain() {
      const verified = store.verify();
      return verified.ok ? ok(headOf(verified.value)) : verified;
    },
    close() {
      store.close();
      lock.value.release();
    },
  });
}

/** The data if the journal may hold it; a `TypeError` that names the key, never the value, if it may not: a bug. */
function checked<S extends z.ZodType>(schema: S, data: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TypeError(
    `the journal does not hold this: ${what} ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
  );
}

function headOf(point: ChainPoint): ChainHead {
  return { seq: point.seq, hash: Buffer.from(point.hash).toString("hex") };
}

function creditsIn(rows: Iterable<Row>): Yen {
  let sum = 0;
  for (const row of rows) {
    if (row.kind !== rowKinds.coins) continue;
    const { credits, returned = [] } = JSON.parse(row.data) as CoinEvents;
    for (const cash of credits) sum += cash;
    for (const note of returned) sum -= note;
  }
  return yen(sum);
}

function readable(row: Row): JournalRow {
  return {
    seq: row.seq,
    atMs: row.atMs,
    kind: row.kind,
    sessionId: row.session,
    ...(row.settles === 0 ? {} : { settles: row.settles }),
    data: JSON.parse(row.data) as unknown,
    hash: Buffer.from(row.hash).toString("hex"),
  };
}
