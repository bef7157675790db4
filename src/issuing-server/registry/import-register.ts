import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { REGISTER_SCHEMA, REGISTER_SCHEMA_VERSION } from "./sql.ts";
import type { RegisterContent } from "./store.ts";
import type { Resident } from "./types.ts";

/**
 * Brings a register's whole content into a new file and puts it in place in one step, so that a file is either the old
 * register or the new one, never half of one. `atMs` becomes its `asOfMs`. `K-CERT-152` when the disk refuses.
 */
export function importRegister(file: string, content: RegisterContent, atMs: number): Result<void> {
  const draft = `${file}.import`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${draft}${suffix}`, { force: true });
    fill(draft, content, atMs);
    for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    renameSync(draft, file);
    flush(dirname(file));
    return ok();
  } catch (thrown) {
    return fail("K-CERT-152", { file, why: messageOf(thrown) });
  }
}

function fill(file: string, content: RegisterContent, atMs: number): void {
  const db = new DatabaseSync(file);
  try {
    db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    db.exec(`${REGISTER_SCHEMA} PRAGMA user_version = ${REGISTER_SCHEMA_VERSION};`);
    db.exec("BEGIN");
    const meta = db.prepare("INSERT INTO meta VALUES (?, ?)");
    meta.run("municipality", content.municipality);
    meta.run("digest", content.digest);
    meta.run("as_of_ms", String(atMs));
    fillHouseholds(db, content);
    fillResidents(db, content);
    db.exec("COMMIT");
    // Readers in other processes and the confirmer of freshness must not block each other.
    db.exec("PRAGMA journal_mode = WAL");
  } finally {
    db.close();
  }
}

function fillHouseholds(db: DatabaseSync, content: RegisterContent): void {
  const insert = db.prepare("INSERT INTO households VALUES (?, ?, ?, ?)");
  for (const h of content.households) insert.run(h.householdId, h.address, h.headResidentId, h.movePending ? 1 : 0);
}

function fillResidents(db: DatabaseSync, content: RegisterContent): void {
  const insert = db.prepare(`INSERT INTO residents VALUES (${Array.from({ length: 18 }, () => "?").join(", ")})`);
  const insertSeal = db.prepare("INSERT INTO seals VALUES (?, ?, ?, ?, ?)");
  const positions = new Map(content.households.flatMap((h) => h.residentIds.map((id, place) => [id, place] as const)));
  for (const r of content.residents) {
    insert.run(...residentColumns(r, positions.get(r.residentId) ?? -1));
    if (r.seal) {
      insertSeal.run(r.residentId, r.seal.number, r.seal.registeredOn, r.seal.impressionText, r.seal.state);
    }
  }
}

function residentColumns(r: Resident, position: number): (string | number | null)[] {
  return [
    r.residentId,
    r.householdId,
    position,
    r.name,
    r.nameKana,
    r.birthDate,
    r.sex,
    r.relationship,
    r.domicile ?? null,
    r.domicileHead ?? null,
    r.foreign?.nationality ?? null,
    r.foreign?.residenceStatus ?? null,
    r.foreign?.residenceCardNumber ?? null,
    r.myNumber,
    r.becameResidentOn,
    r.movedFrom,
    r.status,
    r.protectiveMeasure ? 1 : 0,
  ];
}

function flush(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
