import { existsSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { NewEntry, TimelineSource } from "./timeline.ts";

/** Rows of one round; the rest comes with the next ones. */
const MAX_ROWS = 200;
/** Rows that a journal already has when it is first seen: so many of the newest are told. */
const FIRST_ROWS = 100;

/**
 * Follows a kiosk's journal by its row numbers, read only: it takes no lock that the kiosk would feel. The file may come
 * later, and a kiosk that is writing at this very moment is asked again in the next round.
 */
export function followJournal(file: string, source: string): TimelineSource {
  let opened: { readonly database: DatabaseSync; readonly rows: StatementSync } | undefined;
  let last: number | undefined;

  const open = () => {
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare(
      "SELECT seq, at_ms, kind, session, settles, data FROM entries WHERE seq > ? ORDER BY seq LIMIT ?",
    );
    const newest = Number(database.prepare("SELECT coalesce(max(seq), 0) AS seq FROM entries").get()?.seq);
    last ??= Math.max(0, newest - FIRST_ROWS);
    return { database, rows };
  };
  const close = () => {
    opened?.database.close();
    opened = undefined;
  };

  return {
    poll() {
      if (!opened && !existsSync(file)) return [];
      try {
        opened ??= open();
        const rows = opened.rows.all(last ?? 0, MAX_ROWS);
        last = Number(rows.at(-1)?.seq ?? last);
        return rows.map((row) => entryOf(row, source));
      } catch {
        close();
        return [];
      }
    },
    close,
  };
}

function entryOf(row: Record<string, unknown>, source: string): NewEntry {
  const settles = Number(row.settles);
  return {
    atMs: Number(row.at_ms),
    kind: "journal",
    source,
    name: String(row.kind),
    level: "info",
    detail: {
      seq: Number(row.seq),
      ...(row.session === "" ? {} : { session: String(row.session) }),
      ...(settles === 0 ? {} : { settles }),
      data: JSON.parse(String(row.data)),
    },
  };
}
