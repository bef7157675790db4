import type { DatabaseSync } from "node:sqlite";
import { describeFailure, type Failure, failure } from "../../kernel/errors/failure.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import { CHAIN_START, type ChainedContent, chainHash } from "./chain.ts";
import { sqliteFailure } from "./database.ts";

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

/** The last row: what a copy of the journal must lead to. */
export interface ChainHead {
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
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
  /** Rows from `fromSeq` on, in order; read lazily. */
  rows(fromSeq?: number): IterableIterator<Row>;
  rowsOfSession(session: string): readonly Row[];
  row(seq: number): Row | undefined;
  settlementOf(seq: number): Row | undefined;
  head(): ChainHead;
  close(): void;
}

/**
 * A store over an open database. Every row's hash is checked on the way, and `onRow` sees each, so that opening builds
 * what is derived and proves the chain in one pass. `K-LEDGER-104` names the first row that does not fit.
 */
export function openRowStore(
  database: DatabaseSync,
  file: string,
  nowMs: () => number,
  onRow: (row: Row) => void,
): Result<RowStore> {
  const all = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE seq >= ? ORDER BY seq`);
  const ofSession = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE session = ? AND session <> '' ORDER BY seq`);
  const bySeq = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE seq = ?`);
  const bySettles = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE settles = ? AND settles <> 0`);
  const insert = database.prepare(`INSERT INTO entries (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const rows = function* (fromSeq = 1): IterableIterator<Row> {
    for (const found of all.iterate(fromSeq)) yield toRow(found);
  };
  let last: { seq: number; hash: Uint8Array } = { seq: 0, hash: CHAIN_START };
  try {
    const walked = walkChain(rows(), onRow);
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
    rows,
    rowsOfSession: (session) => ofSession.all(session).map(toRow),
    row: (seq) => optionalRow(bySeq.get(seq)),
    settlementOf: (seq) => optionalRow(bySettles.get(seq)),
    head: () => ({ seq: last.seq, hash: Buffer.from(last.hash).toString("hex") }),
    close: () => {
      if (database.isOpen) database.close();
    },
  });
}

/** Walks rows from the first: each must have the next number and the hash that follows. `K-LEDGER-104` otherwise. */
export function walkChain(
  rows: Iterable<Row>,
  onRow: (row: Row) => void = () => {},
): Result<{ seq: number; hash: Uint8Array }> {
  let last: { seq: number; hash: Uint8Array } = { seq: 0, hash: CHAIN_START };
  for (const row of rows) {
    if (row.seq !== last.seq + 1) return err(failure("K-LEDGER-104", { row: last.seq + 1, why: "a row is missing" }));
    if (!chainHash(last.hash, row).equals(row.hash)) {
      return err(failure("K-LEDGER-104", { row: row.seq, why: "a row was altered" }));
    }
    onRow(row);
    last = row;
  }
  return ok({ seq: last.seq, hash: last.hash });
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
