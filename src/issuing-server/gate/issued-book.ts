import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** One released document as the municipality's book keeps it. It names nobody. */
export interface IssuedDocument {
  readonly documentId: string;
  readonly requestId: string;
  readonly copy: number;
  readonly kind: string;
  readonly feeYen: number;
  /** SHA-256 of the PDF, base64url. */
  readonly pdfHash: string;
  readonly releasedAtMs: number;
}

/**
 * The book of released documents, one file for however many servers share it: an entry is made or refused by the store
 * itself, never by a look beforehand (docs/domain.md, 川崎 and 高松).
 */
export interface IssuedBook {
  /** Enters a document. `K-BIND-118` when its id, or its bytes, were entered before. */
  enter(document: IssuedDocument): Result<void>;
  /** Documents of a request, in the order of their copies. */
  ofRequest(requestId: string): IssuedDocument[];
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS documents (
    document_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL,
    copy INTEGER NOT NULL,
    kind TEXT NOT NULL,
    fee_yen INTEGER NOT NULL,
    pdf_hash TEXT NOT NULL UNIQUE,
    released_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS documents_by_request ON documents (request_id, copy);
`;

/** Opens the book, making it when there is none. `K-CERT-152` when it cannot be used. */
export function openIssuedBook(file: string): Result<IssuedBook> {
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    db = new DatabaseSync(file, { timeout: 2_000 });
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
    return ok(bookOf(db));
  } catch (thrown) {
    db?.close();
    return fail("K-CERT-152", { file, why: messageOf(thrown) });
  }
}

function bookOf(db: DatabaseSync): IssuedBook {
  const insert = db.prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const select = db.prepare("SELECT * FROM documents WHERE request_id = ? ORDER BY copy, released_at_ms");
  return {
    enter(d) {
      const { changes } = insert.run(d.documentId, d.requestId, d.copy, d.kind, d.feeYen, d.pdfHash, d.releasedAtMs);
      return Number(changes) === 1 ? ok() : fail("K-BIND-118", { what: "document" });
    },
    ofRequest: (requestId) =>
      (select.all(requestId) as unknown as DocumentRow[]).map((row) => ({
        documentId: row.document_id,
        requestId: row.request_id,
        copy: row.copy,
        kind: row.kind,
        feeYen: row.fee_yen,
        pdfHash: row.pdf_hash,
        releasedAtMs: row.released_at_ms,
      })),
    close: () => db.close(),
  };
}

interface DocumentRow {
  document_id: string;
  request_id: string;
  copy: number;
  kind: string;
  fee_yen: number;
  pdf_hash: string;
  released_at_ms: number;
}
