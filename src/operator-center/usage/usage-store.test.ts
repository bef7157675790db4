import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabases, databaseKinds, type TestDatabases } from "../../../test/support/databases.ts";
import { systemClock } from "../../kernel/clock.ts";
import { type OpenDatabase, openDatabase } from "../../kernel/database/database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { ok, unwrap } from "../../kernel/result.ts";
import type { UsageRecord } from "../../protocol/messages/kiosk.ts";
import { createUsageStore, type OperatorTables, operatorMigrations } from "./usage-store.ts";

describe.each(databaseKinds)("the usage log on %s", (kind) => {
  let databases: TestDatabases;
  let database: OpenDatabase<OperatorTables>;
  const record: UsageRecord = {
    requestId: "01900000-0000-7000-8000-000000000001",
    municipality: "131016",
    kind: "seal-registration",
    copies: 2,
    feeYen: 600,
    refundedYen: 300,
    result: "partial",
    failureCode: "K-PRINT-301",
    bindingLevel: "L2",
    impressions: 2,
    startedAtMs: 1_795_000_000_000,
    endedAtMs: 1_795_000_090_000,
  };

  beforeAll(async () => {
    databases = createTestDatabases(kind);
    const context = { migrations: operatorMigrations, clock: systemClock, logger: silentLogger };
    database = unwrap(await openDatabase<OperatorTables>(databases.config("usage"), context));
  });
  afterAll(async () => {
    await database.close();
    databases.destroy();
  });

  it("keeps one row of many that are sent at once, and tells another record for it", async () => {
    const usage = createUsageStore(database.sql);
    const sent = await Promise.all([1, 2, 3].map((at) => usage.record("kiosk-1", record, at)));
    expect(sent.filter((r) => r.ok && r.value.fresh)).toHaveLength(1);
    expect(sent.every((r) => r.ok)).toBe(true);
    expect(await usage.record("kiosk-1", { ...record, copies: 1 }, 4)).toMatchObject({ error: { code: "K-BIND-118" } });
    expect(await usage.record("kiosk-2", record, 4)).toMatchObject({ error: { code: "K-BIND-118" } });
    expect(await usage.record("kiosk-1", record, 4)).toEqual(ok({ fresh: false }));
    const rows = await database.sql.selectFrom("usage").selectAll().execute();
    expect(rows).toMatchObject([
      { kiosk: "kiosk-1", fee_yen: 600, failure_code: "K-PRINT-301", ended_at_ms: 1_795_000_090_000 },
    ]);
  });
});
