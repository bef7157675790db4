import type { JSONColumnType, Kysely, Migration } from "kysely";
import type { SealedMessage } from "../../protocol/sealing.ts";
import type { SignedStatement } from "../../protocol/statement.ts";

/**
 * The issuance centre's records. No page, no name, no electronic certificate: hashes, statements that carry hashes only,
 * and replies sealed to a key that the kiosk drops with its session.
 */
export interface IssuanceTables {
  message: MessageTable;
  request: RequestTable;
  document: DocumentTable;
}

/** One message of a kiosk. A row without a reply is being answered. */
export interface MessageTable {
  message_id: string;
  kiosk: string;
  operation: string;
  /** H of the signed request. */
  request_hash: string;
  claimed_at_ms: number;
  answered_at_ms: number | null;
  reply: JSONColumnType<SealedMessage> | null;
}

export interface RequestTable {
  request_id: string;
  kiosk: string;
  kiosk_certificate_hash: string;
  nonce: string;
  not_after_ms: number;
  opened_at_ms: number;
  /** H(A); set when the card's application was verified. */
  application_hash: string | null;
  municipality: string | null;
  /** E.pub */
  session_key: string | null;
  applied_at_ms: number | null;
  /** H(S) */
  choice_hash: string | null;
  prepared_at_ms: number | null;
  /** R */
  register_statement: JSONColumnType<SignedStatement> | null;
  /** H of the settlement as it was sent. */
  settlement_hash: string | null;
  result: string | null;
  settled_at_ms: number | null;
}

export interface DocumentTable {
  document_id: string;
  request_id: string;
  copy: number;
  pdf_hash: string;
  print_by_ms: number;
  /** M */
  release_statement: JSONColumnType<SignedStatement>;
  /** C and H(C) */
  centre_statement: JSONColumnType<SignedStatement>;
  centre_hash: string;
  /** P */
  print_statement: JSONColumnType<SignedStatement> | null;
  print_result: string | null;
}

const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("message")
      .addColumn("message_id", "uuid", (c) => c.primaryKey())
      .addColumn("kiosk", "text", (c) => c.notNull())
      .addColumn("operation", "text", (c) => c.notNull())
      .addColumn("request_hash", "text", (c) => c.notNull())
      .addColumn("claimed_at_ms", "bigint", (c) => c.notNull())
      .addColumn("answered_at_ms", "bigint")
      .addColumn("reply", "jsonb")
      .execute();
    await db.schema.createIndex("message_by_time").on("message").column("claimed_at_ms").execute();
    await db.schema
      .createTable("request")
      .addColumn("request_id", "uuid", (c) => c.primaryKey())
      .addColumn("kiosk", "text", (c) => c.notNull())
      .addColumn("kiosk_certificate_hash", "text", (c) => c.notNull())
      .addColumn("nonce", "text", (c) => c.notNull().unique())
      .addColumn("not_after_ms", "bigint", (c) => c.notNull())
      .addColumn("opened_at_ms", "bigint", (c) => c.notNull())
      .addColumn("application_hash", "text", (c) => c.unique())
      .addColumn("municipality", "text")
      .addColumn("session_key", "text")
      .addColumn("applied_at_ms", "bigint")
      .addColumn("choice_hash", "text", (c) => c.unique())
      .addColumn("prepared_at_ms", "bigint")
      .addColumn("register_statement", "jsonb")
      .addColumn("settlement_hash", "text")
      .addColumn("result", "text")
      .addColumn("settled_at_ms", "bigint")
      .execute();
    await db.schema
      .createTable("document")
      .addColumn("document_id", "uuid", (c) => c.primaryKey())
      .addColumn("request_id", "uuid", (c) => c.notNull().references("request.request_id"))
      .addColumn("copy", "integer", (c) => c.notNull())
      .addColumn("pdf_hash", "text", (c) => c.notNull().unique())
      .addColumn("print_by_ms", "bigint", (c) => c.notNull())
      .addColumn("release_statement", "jsonb", (c) => c.notNull())
      .addColumn("centre_statement", "jsonb", (c) => c.notNull())
      .addColumn("centre_hash", "text", (c) => c.notNull())
      .addColumn("print_statement", "jsonb")
      .addColumn("print_result", "text")
      .addUniqueConstraint("document_copy_once", ["request_id", "copy"])
      .execute();
  },
};

/** In the order of their names. A migration that was published is never changed. */
export const issuanceMigrations: Readonly<Record<string, Migration>> = { "0001-requests": first };
