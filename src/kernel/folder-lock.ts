import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "./errors/failure.ts";
import { fail, ok, type Result } from "./result.ts";

/** A held data folder. */
export interface FolderLock {
  /** Idempotent. */
  release(): void;
}

/**
 * Takes a folder for this process, making it if need be: `K-CONF-104` when another process has it, `K-CONF-101` when it
 * cannot be used. The lock is the operating system's (an open SQLite transaction on `lock.sqlite` holds a byte-range
 * lock), so it vanishes with the process however that ends: there is no stale lock file to remove by hand after a crash.
 */
export function lockFolder(folder: string): Result<FolderLock> {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (thrown) {
    database?.close();
    const busy = (thrown as { errcode?: number }).errcode === SQLITE_BUSY;
    return busy ? fail("K-CONF-104", { folder }) : fail("K-CONF-101", { file: folder, why: messageOf(thrown) });
  }
  const held = database;
  return ok({
    release() {
      if (held.isOpen) held.close();
    },
  });
}

const SQLITE_BUSY = 5;
