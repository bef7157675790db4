import type { Kysely, Selectable } from "kysely";
import { isUniqueViolation } from "../../kernel/database/database.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { SignedStatement } from "../../protocol/statement.ts";
import type { DocumentTable, IssuanceTables, RequestTable } from "./schema.ts";

export type RequestRow = Selectable<RequestTable>;
export type DocumentRow = Selectable<DocumentTable>;

/** A document that the centre is about to release. */
export interface PreparedRow {
  readonly documentId: string;
  readonly copy: number;
  readonly pdfHash: string;
  readonly printByMs: number;
  /** M */
  readonly release: SignedStatement;
  /** C */
  readonly centre: SignedStatement;
  readonly centreHash: string;
}

/** Requests and their documents. Each step is taken once; a second, different one is not taken. */
export interface RequestStore {
  open(
    row: Pick<
      RequestRow,
      "request_id" | "kiosk" | "kiosk_certificate_hash" | "nonce" | "not_after_ms" | "opened_at_ms"
    >,
  ): Promise<void>;
  find(requestId: string): Promise<RequestRow | undefined>;
  /** Ties A to the request; false when the request has another A, or another request has this one. */
  bindApplication(
    requestId: string,
    application: { readonly hash: string; readonly municipality: string; readonly sessionKey: string },
  ): Promise<boolean>;
  applied(requestId: string, nowMs: number): Promise<void>;
  /** Ties S to the request; false when the request has another S, or another request has this one. */
  bindChoice(requestId: string, choiceHash: string): Promise<boolean>;
  /**
   * Keeps R and the documents, all or none. `K-BIND-118` when a document id or the hash of a PDF was seen before, whichever
   * request it was for.
   */
  prepared(
    requestId: string,
    register: SignedStatement,
    documents: readonly PreparedRow[],
    nowMs: number,
  ): Promise<Result<void>>;
  documents(requestId: string): Promise<DocumentRow[]>;
  /** Keeps what came of the documents; false when another settlement is there. */
  settled(
    requestId: string,
    settlement: {
      readonly hash: string;
      readonly result: string;
      readonly prints: readonly { documentId: string; statement: SignedStatement; result: string }[];
    },
    nowMs: number,
  ): Promise<boolean>;
}

/** Requests in the database. */
export function createRequestStore(sql: Kysely<IssuanceTables>): RequestStore {
  /** Sets columns when `column` is empty or has the same value already. */
  const bind = async (
    requestId: string,
    column: "application_hash" | "choice_hash" | "settlement_hash",
    hash: string,
    more: Partial<Pick<RequestRow, "municipality" | "session_key" | "result" | "settled_at_ms">> = {},
    on: Kysely<IssuanceTables> = sql,
  ): Promise<boolean> => {
    try {
      const changed = await on
        .updateTable("request")
        .set({ [column]: hash, ...more })
        .where("request_id", "=", requestId)
        .where((e) => e.or([e(column, "is", null), e(column, "=", hash)]))
        .executeTakeFirst();
      return changed.numUpdatedRows === 1n;
    } catch (thrown) {
      if (isUniqueViolation(thrown)) return false;
      throw thrown;
    }
  };
  return {
    async open(row) {
      await sql.insertInto("request").values(row).execute();
    },
    find: (requestId) => sql.selectFrom("request").selectAll().where("request_id", "=", requestId).executeTakeFirst(),
    bindApplication: (requestId, { hash, municipality, sessionKey }) =>
      bind(requestId, "application_hash", hash, { municipality, session_key: sessionKey }),
    async applied(requestId, nowMs) {
      const done = { applied_at_ms: nowMs };
      await sql.updateTable("request").set(done).where("request_id", "=", requestId).execute();
    },
    bindChoice: (requestId, choiceHash) => bind(requestId, "choice_hash", choiceHash),
    async prepared(requestId, register, documents, nowMs) {
      try {
        await sql.transaction().execute(async (t) => {
          await t
            .insertInto("document")
            .values(documents.map((d) => documentRow(requestId, d)))
            .execute();
          await t
            .updateTable("request")
            .set({ prepared_at_ms: nowMs, register_statement: JSON.stringify(register) })
            .where("request_id", "=", requestId)
            .execute();
        });
        return ok();
      } catch (thrown) {
        if (isUniqueViolation(thrown)) return fail("K-BIND-118", { what: "document" });
        throw thrown;
      }
    },
    documents: (requestId) =>
      sql.selectFrom("document").selectAll().where("request_id", "=", requestId).orderBy("copy").execute(),
    settled: (requestId, { hash, result, prints }, nowMs) =>
      sql.transaction().execute(async (t) => {
        const mine = await bind(requestId, "settlement_hash", hash, { result, settled_at_ms: nowMs }, t);
        if (!mine) return false;
        for (const { documentId, statement, result: printed } of prints) {
          await t
            .updateTable("document")
            .set({ print_statement: JSON.stringify(statement), print_result: printed })
            .where("document_id", "=", documentId)
            .execute();
        }
        return true;
      }),
  };
}

function documentRow(requestId: string, d: PreparedRow) {
  return {
    document_id: d.documentId,
    request_id: requestId,
    copy: d.copy,
    pdf_hash: d.pdfHash,
    print_by_ms: d.printByMs,
    release_statement: JSON.stringify(d.release),
    centre_statement: JSON.stringify(d.centre),
    centre_hash: d.centreHash,
    print_statement: null,
    print_result: null,
  };
}
