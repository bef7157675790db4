import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** What the attestor remembers of a request, across restarts: a repeat is a repeat, whoever was restarted in between. */
export interface SeenRequest {
  readonly applicationHash: string;
  readonly residentId: string;
  /** Whom the references m0, m1 … mean. */
  readonly memberIds: readonly string[];
  readonly identifiedAtMs: number;
}

export interface SeenRequests {
  /** Remembers a request, or gives what is remembered of it already. */
  remember(requestId: string, request: SeenRequest): SeenRequest;
  find(requestId: string): SeenRequest | undefined;
  /** Takes the request's one choice; false when it has another already. */
  choose(requestId: string, choiceHash: string): boolean;
  /** Forgets requests identified before a moment. */
  forgetBefore(ms: number): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS requests (
    request_id TEXT PRIMARY KEY,
    application_hash TEXT NOT NULL,
    resident_id TEXT NOT NULL,
    member_ids TEXT NOT NULL,
    identified_at_ms INTEGER NOT NULL,
    choice_hash TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS requests_by_time ON requests (identified_at_ms);
`;

interface RequestRow {
  application_hash: string;
  resident_id: string;
  member_ids: string;
  identified_at_ms: number;
}

const idList = z.array(z.string());

/** Opens the attestor's memory, making it when there is none. `K-CERT-152` when it cannot be used. */
export function openSeenRequests(file: string): Result<SeenRequests> {
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    db = new DatabaseSync(file, { timeout: 2_000 });
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
    return ok(memoryOf(db));
  } catch (thrown) {
    db?.close();
    return fail("K-CERT-152", { file, why: messageOf(thrown) });
  }
}

function memoryOf(db: DatabaseSync): SeenRequests {
  const insert = db.prepare("INSERT OR IGNORE INTO requests VALUES (?, ?, ?, ?, ?, NULL)");
  const select = db.prepare("SELECT * FROM requests WHERE request_id = ?");
  const take = db.prepare(
    "UPDATE requests SET choice_hash = ?2 WHERE request_id = ?1 AND (choice_hash IS NULL OR choice_hash = ?2)",
  );
  const forget = db.prepare("DELETE FROM requests WHERE identified_at_ms < ?");
  const find = (requestId: string): SeenRequest | undefined => {
    const row = select.get(requestId) as RequestRow | undefined;
    return (
      row && {
        applicationHash: row.application_hash,
        residentId: row.resident_id,
        memberIds: idList.parse(JSON.parse(row.member_ids)),
        identifiedAtMs: row.identified_at_ms,
      }
    );
  };
  return {
    remember(requestId, request) {
      const { applicationHash, residentId, memberIds, identifiedAtMs } = request;
      insert.run(requestId, applicationHash, residentId, JSON.stringify(memberIds), identifiedAtMs);
      return find(requestId) ?? request;
    },
    find,
    choose: (requestId, choiceHash) => Number(take.run(requestId, choiceHash).changes) === 1,
    forgetBefore(ms) {
      forget.run(ms);
    },
    close: () => db.close(),
  };
}
