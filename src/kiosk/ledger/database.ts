import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Failure, failure, messageOf } from "../../kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";

const FILE_NAME = "ledger.sqlite";
/** `MDGL` as SQLite's application id: a file of something else is refused before it is touched. */
const APPLICATION_ID = 0x4d44474c;
const SCHEMA_VERSION = 1;
/** Larger files are checked page by page only when the whole chain is: a start must not take ever longer. */
const CHECK_WHOLE_FILE_BYTES = 32_000_000;

/**
 * Rows are only ever added: the triggers refuse anything else, also from this program's own mistakes. `flows` holds what
 * an open session needs after a restart and is emptied when the session ends; `checkpoints` is a cache.
 */
const SCHEMA = `
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  session TEXT NOT NULL,
  settles INTEGER NOT NULL,
  data TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX entries_by_session ON entries (session, seq) WHERE session <> '';
CREATE UNIQUE INDEX one_settlement ON entries (settles) WHERE settles <> 0;
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER entries_never_go BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TABLE flows (
  session TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  snapshot TEXT NOT NULL
) STRICT;
CREATE TABLE checkpoints (
  seq INTEGER PRIMARY KEY,
  state TEXT NOT NULL,
  digest BLOB NOT NULL
) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens the ledger's database in a folder that this process holds, making it if there is none. WAL with synchronous=FULL:
 * a commit that returned survives a power cut. Errors: `K-LEDGER-102` damaged or not a ledger, `K-LEDGER-103` made by a
 * newer version, `K-LEDGER-101` cannot be opened or written.
 */
export function openDatabase(folder: string): Result<DatabaseSync> {
  const file = join(folder, FILE_NAME);
  let database: DatabaseSync | undefined;
  try {
    if (!existsSync(file)) {
      if (existsSync(`${file}-wal`))
        return fail("K-LEDGER-102", { file, why: "the write-ahead log is there without it" });
      createDatabase(folder, file);
    }
    database = new DatabaseSync(file, { timeout: 1000, allowExtension: false });
    const identity = pragma(database, "application_id");
    if (identity !== APPLICATION_ID) return closed(database, failure("K-LEDGER-102", { file, why: "not a ledger" }));
    const version = pragma(database, "user_version");
    if (version !== SCHEMA_VERSION) return closed(database, failure("K-LEDGER-103", { file, version }));
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF");
    const bytes = pragma(database, "page_count") * pragma(database, "page_size");
    const whole = bytes > CHECK_WHOLE_FILE_BYTES || isWhole(database);
    if (!whole) return closed(database, failure("K-LEDGER-102", { file, why: "the file is damaged" }));
    return ok(database);
  } catch (thrown) {
    const failed = sqliteFailure(thrown, file);
    return database ? closed(database, failed) : err(failed);
  }
}

/** Whether every page of the file is what SQLite expects there. */
export function isWhole(database: DatabaseSync): boolean {
  return database.prepare("PRAGMA quick_check(1)").get()?.quick_check === "ok";
}

/** What SQLite threw, as a failure of the catalogue. */
export function sqliteFailure(thrown: unknown, file: string): Failure {
  const primary = ((thrown as { errcode?: number }).errcode ?? 0) & 0xff;
  const damaged = primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB;
  return failure(damaged ? "K-LEDGER-102" : "K-LEDGER-101", { file, why: messageOf(thrown) });
}

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Whole under another name first, so that an empty or half-made file under the right name is always damage. */
function createDatabase(folder: string, file: string): void {
  const making = `${file}.new`;
  rmSync(making, { force: true });
  const database = new DatabaseSync(making);
  database.exec(`PRAGMA synchronous = FULL; BEGIN; ${SCHEMA} COMMIT`);
  database.close();
  renameSync(making, file);
  const directory = openSync(folder, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function closed(database: DatabaseSync, cause: Failure): Result<never> {
  database.close();
  return err(cause);
}
