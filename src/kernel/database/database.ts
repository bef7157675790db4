import { Kysely, type Migration, Migrator, PostgresDialect, type PostgresPool } from "kysely";
import pg from "pg";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors/failure.ts";
import type { Logger } from "../logger.ts";
import { fail, ok, type Result } from "../result.ts";
import type { DatabaseConfig } from "./config.ts";
import { openEmbeddedPool } from "./embedded.ts";

/** An open database with its schema up to date. */
export interface OpenDatabase<Tables> {
  readonly sql: Kysely<Tables>;
  close(): Promise<void>;
}

const INT8 = 20;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Opens the configured database and applies the migrations that are missing, in the order of their names. The same SQL
 * runs on both kinds. Errors: `K-CONF-104` the folder is in use, `K-CENT-140` the database cannot be reached or a
 * migration fails.
 */
export async function openDatabase<Tables>(
  config: DatabaseConfig,
  context: {
    readonly migrations: Readonly<Record<string, Migration>>;
    readonly clock: Clock;
    readonly logger: Logger;
  },
): Promise<Result<OpenDatabase<Tables>>> {
  const startedMs = context.clock.monotonicMs();
  if (config.kind === "embedded") context.logger.event("store.notDurable", { folder: config.folder });
  const pool = config.kind === "embedded" ? await openEmbeddedPool(config) : ok(serverPool(config));
  if (!pool.ok) return pool;
  const sql = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool.value }) });
  const close = () => closeOnce(sql, pool.value);
  const applied = await migrate(sql, context.migrations);
  if (!applied.ok) {
    await close();
    return applied;
  }
  const durationMs = Math.round(context.clock.monotonicMs() - startedMs);
  context.logger.event("store.ready", { kind: config.kind, migrations: applied.value, durationMs });
  return ok({ sql, close });
}

/** Kysely ends the pool only when it was used; a database that failed before its first query is closed here. */
async function closeOnce<Tables>(sql: Kysely<Tables>, pool: PostgresPool): Promise<void> {
  let ended = false;
  const end = pool.end.bind(pool);
  pool.end = async () => {
    if (ended) return;
    ended = true;
    await end();
  };
  await sql.destroy();
  await pool.end();
}

function serverPool(config: Extract<DatabaseConfig, { kind: "postgresql" }>): PostgresPool {
  const pool = new pg.Pool({
    connectionString: config.url,
    max: config.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as "text"),
    },
  });
  // A connection that breaks is replaced by the pool, and its query fails by itself; an error event without a listener,
  // on the pool while it idles or on the client while it is out, would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool as unknown as PostgresPool;
}

async function migrate<Tables>(
  sql: Kysely<Tables>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<Result<number>> {
  const migrator = new Migrator({ db: sql, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results } = await migrator.migrateToLatest();
  return error === undefined ? ok(results?.length ?? 0) : fail("K-CENT-140", { why: messageOf(error) });
}

/** Whether a thrown error says that a unique key is there already (SQLSTATE 23505). */
export function isUniqueViolation(thrown: unknown): boolean {
  return sqlState(thrown) === "23505";
}

/** Connection trouble and a server that goes down: SQLSTATE classes 08 and 57, and the system's own socket errors. */
const unavailable = /^(08|57|ECONN|ENOENT|EPIPE|ETIMEDOUT|EHOSTUNREACH)/;

/**
 * Runs work on a database and turns the database's absence into `K-CENT-140`. Anything else that is thrown is a bug and
 * passes through.
 */
export async function whileAvailable<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    const state = sqlState(thrown);
    const gone = unavailable.test(state) || /^(Connection terminated|timeout exceeded)/.test(messageOf(thrown));
    if (gone) return fail("K-CENT-140", { why: state || messageOf(thrown) });
    throw thrown;
  }
}

function sqlState(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
