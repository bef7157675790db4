import type { DatabaseSync } from "node:sqlite";
import { describeFailure, type Failure } from "../../kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import { type ChainedContent, chainHash } from "./chain.ts";
import { BEGINNING, type ChainPoint } from "./checkpoint.ts";
import { isWhole, sqliteFailure } from "./database.ts";

/** A row of the journal with its hash. */
export interface Row extends ChainedContent {
  readonly hash: Uint8Array;
}

/** A row that is about to be written. */
export interface Draft {
  readonly kind: string;
  readonly session?: string;
  readonly settles?: number;
  readonly data: unknown;
}

/** The journal could not write. A kiosk without a journal must not move money, so this is thrown, not returned. */
export class JournalError extends Error {
  readonly failure: Failure;
  constructor(cause: Failure) {
    super(describeFailure(cause));
    this.name = "JournalError";
    this.failure = cause;
  }
}

/** The rows on disk, chained; the one writer of the file. */
export interface RowStore {
  /** Writes rows (and what `beside` does to other tables) in one durable transaction; throws `JournalError`. */
  write(drafts: readonly Draft[], beside?: (database: DatabaseSync) => void): readonly Row[];
  /** Rows from `seq` on, in order. */
  rowsFrom(seq: number): readonly Row[];
  rowsOfSession(session: string): readonly Row[];
  row(seq: number): Row | undefined;
  settlementOf(seq: number): Row | undefined;
  head(): ChainPoint;
  /** Reads every page and every row again. `K-LEDGER-102` damage, `K-LEDGER-104` the first row that does not fit. */
  verify(): Result<ChainPoint>;
  close(): void;
}

/**
 * A store over an open database. Every row after `from` is checked and shown to `onRow`, so that opening builds what is
 * derived and proves the chain in one pass. `K-LEDGER-104` names the first row that does not fit.
 */
export function openRowStore(
  database: DatabaseSync,
  file: string,
  nowMs: () => number,
  from: ChainPoint,
  onRow: (row: Row) => void,
): Result<RowStore> {
  const all = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE seq >= ? ORDER BY seq`);
  const ofSession = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE session = ? AND session <> '' ORDER BY seq`);
  const bySeq = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE seq = ?`);
  const bySettles = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE settles = ? AND settles <> 0`);
  const insert = database.prepare(`INSERT INTO entries (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const rows = function* (fromSeq: number): IterableIterator<Row> {
    for (const found of all.iterate(fromSeq)) yield toRow(found);
  };
  const reading = <T>(work: () => T): T => {
    try {
      return work();
    } catch (thrown) {
      throw new JournalError(sqliteFailure(thrown, file));
    }
  };
  let last: ChainPoint;
  try {
    const walked = walkChain(rows(from.seq + 1), from, onRow);
    if (!walked.ok) return walked;
    last = walked.value;
  } catch (thrown) {
    return err(sqliteFailure(thrown, file));
  }
  return ok({
    write(drafts, beside) {
      let head = last;
      const written: Row[] = [];
      try {
        database.exec("BEGIN IMMEDIATE");
        for (const draft of drafts) {
          const content: ChainedContent = {
            seq: head.seq + 1,
            atMs: nowMs(),
            kind: draft.kind,
            session: draft.session ?? "",
            settles: draft.settles ?? 0,
            data: JSON.stringify(draft.data),
          };
          const hash = chainHash(head.hash, content);
          insert.run(
            content.seq,
            content.atMs,
            content.kind,
            content.session,
            content.settles,
            content.data,
            new Uint8Array(hash),
          );
          head = { seq: content.seq, hash };
          written.push({ ...content, hash });
        }
        beside?.(database);
        database.exec("COMMIT");
      } catch (thrown) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw new JournalError(sqliteFailure(thrown, file));
      }
      last = head;
      return written;
    },
    rowsFrom: (seq) => reading(() => [...rows(seq)]),
    rowsOfSession: (session) => reading(() => ofSession.all(session).map(toRow)),
    row: (seq) => reading(() => optionalRow(bySeq.get(seq))),
    settlementOf: (seq) => reading(() => optionalRow(bySettles.get(seq))),
    head: () => last,
    verify() {
      try {
        if (!isWhole(database)) return fail("K-LEDGER-102", { file, why: "the file is damaged" });
        return walkChain(rows(1), BEGINNING);
      } catch (thrown) {
        return err(sqliteFailure(thrown, file));
      }
    },
    close: () => {
      if (database.isOpen) database.close();
    },
  });
}

/** Walks rows: each must have the next number and the hash that follows. `K-LEDGER-104` otherwise. */
function walkChain(rows: Iterable<Row>, from: ChainPoint, onRow: (row: Row) => void = () => {}): Result<ChainPoint> {
  let last = from;
  for (const row of rows) {
    if (row.seq !== last.seq + 1) return fail("K-LEDGER-104", { row: last.seq + 1, why: "a row is missing" });
    if (!chainHash(last.hash, row).equals(row.hash)) {
      return fail("K-LEDGER-104", { row: row.seq, why: "a row was altered" });
    }
    onRow(row);
    last = { seq: row.seq, hash: row.hash };
  }
  return ok(last);
}

const COLUMNS = "seq, at_ms, kind, session, settles, data, hash";

function optionalRow(found: Record<string, unknown> | undefined): Row | undefined {
  return found ? toRow(found) : undefined;
}

function toRow(found: Record<string, unknown>): Row {
  return {
    seq: Number(found.seq),
    atMs: Number(found.at_ms),
    kind: String(found.kind),
    session: String(found.session),
    settles: Number(found.settles),
    data: String(found.data),
    hash: found.hash as Uint8Array,
  };
}
