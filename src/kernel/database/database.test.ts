import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely, Migration } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createTestDatabases, databaseKinds, type TestDatabases } from "../../../test/support/databases.ts";
import { createTestPostgres } from "../../../test/support/postgres.ts";
import { systemClock } from "../clock.ts";
import { parseConfig } from "../config.ts";
import { lockFolder } from "../folder-lock.ts";
import { type Logger, silentLogger } from "../logger.ts";
import { fail, ok, unwrap } from "../result.ts";
import { databaseConfig, refuseEmbeddedInProduction } from "./config.ts";
import { isUniqueViolation, openDatabase, whileAvailable } from "./database.ts";

interface Tables {
  thing: { id: string; at_ms: number; body: { a: number } | null };
}

const first: Migration = {
  up: async (db: Kysely<unknown>) => {
    const table = db.schema.createTable("thing").addColumn("id", "text", (c) => c.primaryKey());
    await table.addColumn("at_ms", "bigint", (c) => c.notNull()).execute();
  },
};
const second: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable("thing").addColumn("body", "jsonb").execute();
  },
};
const context = { migrations: { "001": first, "002": second }, clock: systemClock, logger: silentLogger };

describe.each(databaseKinds)("a database of kind %s", (kind) => {
  let databases: TestDatabases;
  beforeAll(() => {
    databases = createTestDatabases(kind);
  });
  afterAll(() => databases.destroy());

  it("keeps rows over a restart and adds the migrations that are new", async () => {
    const config = databases.config("restart");
    const old = unwrap(await openDatabase<Tables>(config, { ...context, migrations: { "001": first } }));
    await old.sql
      .insertInto("thing")
      .values({ id: "a", at_ms: 1_795_000_000_123 } as Tables["thing"])
      .execute();
    await old.close();
    const young = unwrap(await openDatabase<Tables>(config, context));
    expect(await young.sql.selectFrom("thing").selectAll().execute()).toEqual([
      { id: "a", at_ms: 1_795_000_000_123, body: null },
    ]);
    await young.close();
  });

  it("gives json as values and counts rows that were changed", async () => {
    const db = unwrap(await openDatabase<Tables>(databases.config("values"), context));
    await db.sql
      .insertInto("thing")
      .values({ id: "b", at_ms: 1, body: { a: 2 } })
      .execute();
    const changed = await db.sql.updateTable("thing").set({ at_ms: 2 }).where("id", "=", "b").executeTakeFirst();
    const missed = await db.sql.updateTable("thing").set({ at_ms: 2 }).where("id", "=", "?").executeTakeFirst();
    expect([changed.numUpdatedRows, missed.numUpdatedRows]).toEqual([1n, 0n]);
    expect(await db.sql.selectFrom("thing").select("body").execute()).toEqual([{ body: { a: 2 } }]);
    await db.close();
  });

  it("says when a key is there already, and takes the whole transaction back", async () => {
    const db = unwrap(await openDatabase<Tables>(databases.config("unique"), context));
    await db.sql.insertInto("thing").values({ id: "c", at_ms: 1, body: null }).execute();
    const twice = db.sql.transaction().execute(async (t) => {
      await t.insertInto("thing").values({ id: "d", at_ms: 1, body: null }).execute();
      await t.insertInto("thing").values({ id: "c", at_ms: 1, body: null }).execute();
    });
    expect(await twice.catch(isUniqueViolation)).toBe(true);
    expect(await db.sql.selectFrom("thing").select("id").execute()).toEqual([{ id: "c" }]);
    await db.close();
  });

  it("runs transactions that overlap in time without mixing them", async () => {
    const db = unwrap(await openDatabase<Tables>(databases.config("overlap"), context));
    await db.sql.insertInto("thing").values({ id: "n", at_ms: 0, body: null }).execute();
    const add = () =>
      db.sql.transaction().execute(async (t) => {
        const row = await t.selectFrom("thing").selectAll().where("id", "=", "n").forUpdate().executeTakeFirstOrThrow();
        await t
          .updateTable("thing")
          .set({ at_ms: row.at_ms + 1 })
          .where("id", "=", "n")
          .execute();
      });
    await Promise.all(Array.from({ length: 8 }, add));
    expect((await db.sql.selectFrom("thing").select("at_ms").executeTakeFirstOrThrow()).at_ms).toBe(8);
    await db.close();
  });

  it("closes after a migration that fails, and can be opened again", async () => {
    const config = databases.config("broken");
    const broken: Migration = { up: async () => Promise.reject(new Error("no such thing")) };
    const opened = await openDatabase<Tables>(config, { ...context, migrations: { "001": broken } });
    expect(opened).toMatchObject({ ok: false, error: { code: "K-CENT-140", detail: { why: "no such thing" } } });
    await unwrap(await openDatabase<Tables>(config, context)).close();
  });
});

describe("the embedded database", () => {
  const databases = createTestDatabases("embedded");
  afterAll(() => databases.destroy());

  it("says that it is not durable", async () => {
    const said: string[] = [];
    const logger: Logger = { event: (name) => said.push(name) };
    await unwrap(await openDatabase<Tables>(databases.config("says"), { ...context, logger })).close();
    expect(said).toEqual(["store.notDurable", "store.ready"]);
  });

  it("refuses a folder that is in use, and takes it once it is free", async () => {
    const config = databases.config("taken");
    const one = unwrap(await openDatabase<Tables>(config, context));
    expect(await openDatabase<Tables>(config, context)).toMatchObject({ ok: false, error: { code: "K-CONF-104" } });
    await one.close();
    await unwrap(await openDatabase<Tables>(config, context)).close();
  });

  it("is refused in production by the configuration, with its line", () => {
    const schema = z
      .strictObject({ production: z.boolean(), database: databaseConfig })
      .superRefine(refuseEmbeddedInProduction);
    const text = "production: true\ndatabase:\n  kind: embedded\n  folder: data\n";
    expect(parseConfig("centre.yaml", text, schema)).toMatchObject({
      ok: false,
      error: { code: "K-CONF-103", detail: { file: "centre.yaml", line: 3, key: "database.kind", value: "embedded" } },
    });
  });
});

describe("the folder's lock", () => {
  it("is let go by a process that was killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "folder-lock-"));
    const module = new URL("../folder-lock.ts", import.meta.url).href;
    const script = `const { lockFolder } = await import(${JSON.stringify(module)});
      const lock = lockFolder(${JSON.stringify(folder)});
      process.stdout.write(String(lock.ok)); setInterval(() => lock, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(String(await new Promise((resolve) => holder.stdout.once("data", resolve)))).toBe("true");
    expect(lockFolder(folder)).toMatchObject({ ok: false, error: { code: "K-CONF-104", detail: { folder } } });
    const gone = new Promise((resolve) => holder.once("exit", resolve));
    holder.kill("SIGKILL");
    await gone;
    unwrap(lockFolder(folder)).release();
    rmSync(folder, { recursive: true });
  });
});

describe("a PostgreSQL server that goes away", () => {
  it("is a typed failure while it is gone, and works again when it is back", async () => {
    const server = createTestPostgres();
    const config = { kind: "postgresql", url: server.databaseUrl("gone"), maxConnections: 2 } as const;
    const db = unwrap(await openDatabase<Tables>(config, context));
    const count = () => whileAvailable(async () => ok((await db.sql.selectFrom("thing").selectAll().execute()).length));
    expect(await count()).toEqual(ok(0));
    server.stopNow();
    expect(await count()).toMatchObject({ ok: false, error: { code: "K-CENT-140" } });
    server.start();
    expect(await count()).toEqual(ok(0));
    await db.close();
    server.destroy();
  });

  it("cannot be opened when nothing listens", async () => {
    const config = { kind: "postgresql", url: "postgresql://127.0.0.1:9/none", maxConnections: 1 } as const;
    const opened = await openDatabase<Tables>(config, context);
    expect(opened).toMatchObject({ ok: false, error: { code: "K-CENT-140" } });
  });

  it("does not hide bugs", async () => {
    await expect(whileAvailable(() => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
    expect(await whileAvailable(async () => fail("K-CENT-121"))).toMatchObject({ error: { code: "K-CENT-121" } });
  });
});
