import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DatabaseConfig } from "../../src/kernel/database/config.ts";
import { createTestPostgres } from "./postgres.ts";

/** Both kinds of database that a centre can have; the same tests run on each. */
export const databaseKinds = ["embedded", "postgresql"] as const;

/** Fresh databases of one kind for a test file. */
export interface TestDatabases {
  /** A configuration; the same name gives the same database. */
  config(name: string): DatabaseConfig;
  destroy(): void;
}

/**
 * An empty PGlite that the tests copy: making one takes seconds. It lies in `node_modules`, so that it goes with the
 * version of PGlite that made it.
 */
const template = fileURLToPath(new URL("../../node_modules/.cache/madoguchi/pglite", import.meta.url));

/** Prepares databases of a kind: a folder for PGlite, a temporary cluster for PostgreSQL. */
export function createTestDatabases(kind: (typeof databaseKinds)[number]): TestDatabases {
  if (kind === "postgresql") {
    const server = createTestPostgres();
    return {
      config: (name) => ({ kind, url: server.databaseUrl(name), maxConnections: 4 }),
      destroy: () => server.destroy(),
    };
  }
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-pglite-"));
  return {
    config: (name) => ({ kind, folder: join(folder, name), template }),
    destroy: () => rmSync(folder, { recursive: true, force: true }),
  };
}
