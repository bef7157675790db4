import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import { messageOf } from "../errors/failure.ts";
import { type FolderLock, lockFolder } from "../folder-lock.ts";
import { fail, ok, type Result } from "../result.ts";
import type { EmbeddedDatabaseConfig } from "./config.ts";

/** A pool of one connection, with the folder's lock; `end` closes both. */
export type EmbeddedPool = PostgresPool;

/**
 * Opens PGlite in a folder that it alone uses. Kysely's PostgreSQL dialect drives it through a pool of one: PGlite has
 * one session, so a transaction must have it for itself. Errors: `K-CONF-104` the folder is in use, `K-CENT-140` PGlite
 * does not start.
 */
export async function openEmbeddedPool(config: EmbeddedDatabaseConfig): Promise<Result<EmbeddedPool>> {
  const lock = lockFolder(config.folder);
  if (!lock.ok) return lock;
  try {
    const data = join(config.folder, "pgdata");
    if (config.template && !existsSync(join(data, "PG_VERSION"))) await copyTemplate(config.template, data);
    return ok(poolOfOne(await startPglite(data), lock.value));
  } catch (thrown) {
    lock.value.release();
    return fail("K-CENT-140", { folder: config.folder, why: messageOf(thrown) });
  }
}

/**
 * An int8 becomes a number: times in milliseconds and counts, all far below 2^53. The usual 128 MB of shared buffers
 * would only be a second copy of files that the system caches, in the memory of this process.
 */
async function startPglite(folder: string): Promise<PGlite> {
  const { PGlite, types } = await import("@electric-sql/pglite");
  const startParams = [...PGlite.defaultStartParams, "-c", "shared_buffers=8MB"];
  return PGlite.create(folder, { parsers: { [types.INT8]: Number }, startParams });
}

/**
 * Copies the template, which is filled first when nobody has. While another process fills it, nothing is copied and
 * PGlite makes the folder itself: that takes as long as waiting would.
 */
async function copyTemplate(template: string, data: string): Promise<void> {
  const filled = join(template, "pgdata");
  if (!existsSync(filled)) {
    const lock = lockFolder(template);
    if (!lock.ok) return;
    try {
      if (!existsSync(filled)) await fillTemplate(join(template, "draft"), filled);
    } finally {
      lock.value.release();
    }
  }
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(filled, draft, { recursive: true });
  renameSync(draft, data);
}

async function fillTemplate(draft: string, filled: string): Promise<void> {
  rmSync(draft, { recursive: true, force: true });
  const fresh = await startPglite(draft);
  await fresh.close();
  renameSync(draft, filled);
}

/** INVARIANT: at most one client is out at any time; the others wait in the order in which they came. */
function poolOfOne(pglite: PGlite, lock: FolderLock): EmbeddedPool {
  const waiting: (() => void)[] = [];
  let taken = false;
  const client = {
    query: async (text: string, values: readonly unknown[]) => {
      const result = await pglite.query(text, [...values]);
      return {
        command: text.trimStart().split(/\s/, 1)[0]?.toUpperCase() ?? "",
        rowCount: result.affectedRows || result.rows.length,
        rows: result.rows,
      };
    },
    release: () => {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
  } as unknown as PostgresPoolClient;
  return {
    connect: async () => {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
      taken = true;
      return client;
    },
    end: async () => {
      await pglite.close();
      lock.release();
    },
  };
}
