import type { Kysely, Migration } from "kysely";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { UsageRecord } from "../../protocol/messages/kiosk.ts";

/** The operator's records: the usage log (利用ログ), without anything about a person. */
export interface OperatorTables {
  usage: UsageTable;
}

export interface UsageTable {
  request_id: string;
  /** From the certificate of the connection, not from the record. */
  kiosk: string;
  municipality: string;
  kind: string;
  copies: number;
  fee_yen: number;
  refunded_yen: number;
  result: string;
  failure_code: string | null;
  binding_level: string;
  impressions: number;
  started_at_ms: number;
  ended_at_ms: number;
  received_at_ms: number;
}

const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("usage")
      .addColumn("request_id", "uuid", (c) => c.primaryKey())
      .addColumn("kiosk", "text", (c) => c.notNull())
      .addColumn("municipality", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("copies", "integer", (c) => c.notNull())
      .addColumn("fee_yen", "integer", (c) => c.notNull())
      .addColumn("refunded_yen", "integer", (c) => c.notNull())
      .addColumn("result", "text", (c) => c.notNull())
      .addColumn("failure_code", "text")
      .addColumn("binding_level", "text", (c) => c.notNull())
      .addColumn("impressions", "integer", (c) => c.notNull())
      .addColumn("started_at_ms", "bigint", (c) => c.notNull())
      .addColumn("ended_at_ms", "bigint", (c) => c.notNull())
      .addColumn("received_at_ms", "bigint", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("usage_by_kiosk").on("usage").columns(["kiosk", "ended_at_ms"]).execute();
  },
};

/** In the order of their names. A migration that was published is never changed. */
export const operatorMigrations: Readonly<Record<string, Migration>> = { "0001-usage": first };

/** The usage log. */
export interface UsageStore {
  /** Keeps a record once. `K-BIND-118` when the request has another record. `fresh` is false for a repeat. */
  record(kiosk: string, record: UsageRecord, nowMs: number): Promise<Result<{ readonly fresh: boolean }>>;
}

/** The usage log in the database. */
export function createUsageStore(sql: Kysely<OperatorTables>): UsageStore {
  return {
    async record(kiosk, record, nowMs) {
      const row = rowOf(kiosk, record);
      const inserted = await sql
        .insertInto("usage")
        .values({ ...row, received_at_ms: nowMs })
        .onConflict((c) => c.column("request_id").doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows === 1n) return ok({ fresh: true });
      const kept = await sql
        .selectFrom("usage")
        .selectAll()
        .where("request_id", "=", record.requestId)
        .executeTakeFirstOrThrow();
      const same = Object.entries(row).every(([column, value]) => kept[column as keyof UsageTable] === value);
      return same ? ok({ fresh: false }) : fail("K-BIND-118", { what: "usage record" });
    },
  };
}

function rowOf(kiosk: string, r: UsageRecord): Omit<UsageTable, "received_at_ms"> {
  return {
    request_id: r.requestId,
    kiosk,
    municipality: r.municipality,
    kind: r.kind,
    copies: r.copies,
    fee_yen: r.feeYen,
    refunded_yen: r.refundedYen,
    result: r.result,
    failure_code: r.failureCode ?? null,
    binding_level: r.bindingLevel,
    impressions: r.impressions,
    started_at_ms: r.startedAtMs,
    ended_at_ms: r.endedAtMs,
  };
}
