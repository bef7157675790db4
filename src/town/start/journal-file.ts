import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { SessionSummary } from "../../kiosk/ports.ts";

/** One row of a kiosk's journal, as an auditor reads it. */
export interface JournalFileRow {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly session: string;
  /** The row that this one settles, if it does. */
  readonly settles?: number;
  readonly data: unknown;
}

/** Where a kiosk with this data folder keeps its journal. */
export function journalFile(kioskFolder: string): string {
  return join(kioskFolder, "ledger.sqlite");
}

/** Reads a kiosk's journal while the kiosk runs, or after it: read only, no lock taken. `K-CONF-101` when it cannot. */
export function readJournal(kioskFolder: string): Result<{ rows: JournalFileRow[]; sessions: SessionSummary[] }> {
  const file = journalFile(kioskFolder);
  if (!existsSync(file)) return fail("K-CONF-101", { file, why: "the kiosk has no journal" });
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const rows = database
      .prepare("SELECT seq, at_ms, kind, session, settles, data FROM entries ORDER BY seq")
      .all()
      .map(
        (row): JournalFileRow => ({
          seq: Number(row.seq),
          at: new Date(Number(row.at_ms)).toISOString(),
          kind: String(row.kind),
          session: String(row.session),
          ...(row.settles === 0 ? {} : { settles: Number(row.settles) }),
          data: JSON.parse(String(row.data)),
        }),
      );
    const sessions = rows.filter((row) => row.kind === "summary").map((row) => row.data as SessionSummary);
    return ok({ rows, sessions });
  } catch (thrown) {
    return fail("K-CONF-101", { file, why: messageOf(thrown) });
  } finally {
    database?.close();
  }
}
