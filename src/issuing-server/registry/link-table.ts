import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { LINK_SCHEMA } from "./sql.ts";

/**
 * The writing side of the link table: H(electronic certificate) → resident. It is kept where cards are handed out; the
 * issuing server never reads it, only the attestor does, by SQL of its own (docs/binding.md 6).
 */
export interface LinkTable {
  /** Links certificates, or links them anew; the version rises by one for the whole call, if anything changes. */
  link(links: readonly Link[]): void;
  /** Drops a certificate, as when a card is revoked; the version rises when it was there. */
  unlink(certificateHash: string): void;
  version(): number;
  close(): void;
}

export interface Link {
  /** H(certificate DER) as base64url: `authCertificateHash`. */
  readonly certificateHash: string;
  readonly residentId: string;
  /** When the card was handed out, milliseconds since the epoch. */
  readonly linkedAtMs: number;
}

/** Opens the link table's file, making it when there is none. `K-CERT-152` when it cannot be used. */
export function openLinkTable(file: string): Result<LinkTable> {
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    db = new DatabaseSync(file, { timeout: 2_000 });
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${LINK_SCHEMA}`);
    return ok(tableOf(db));
  } catch (thrown) {
    db?.close();
    return fail("K-CERT-152", { file, why: messageOf(thrown) });
  }
}

function tableOf(db: DatabaseSync): LinkTable {
  const upsert = db.prepare(`
    INSERT INTO links VALUES (?1, ?2, ?3)
    ON CONFLICT (certificate_hash) DO UPDATE SET resident_id = ?2, linked_at_ms = ?3
    WHERE resident_id IS NOT ?2 OR linked_at_ms IS NOT ?3`);
  const remove = db.prepare("DELETE FROM links WHERE certificate_hash = ?");
  const raise = db.prepare("UPDATE link_version SET version = version + 1");
  const version = db.prepare("SELECT version FROM link_version");
  const changing = (work: () => number) => {
    db.exec("BEGIN IMMEDIATE");
    try {
      if (work() > 0) raise.run();
      db.exec("COMMIT");
    } catch (thrown) {
      db.exec("ROLLBACK");
      throw thrown;
    }
  };
  return {
    link(links) {
      changing(() =>
        links.reduce(
          (changes, l) => changes + Number(upsert.run(l.certificateHash, l.residentId, l.linkedAtMs).changes),
          0,
        ),
      );
    },
    unlink(certificateHash) {
      changing(() => Number(remove.run(certificateHash).changes));
    },
    version: () => (version.get() as { version: number }).version,
    close: () => db.close(),
  };
}
