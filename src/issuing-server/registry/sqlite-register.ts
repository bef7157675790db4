import { DatabaseSync, type StatementSync } from "node:sqlite";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { REGISTER_SCHEMA_VERSION } from "./sql.ts";
import type { RegisterStore } from "./store.ts";
import type { Household, Resident } from "./types.ts";

/** How long a reader waits for the writer of the same file. */
const BUSY_TIMEOUT_MS = 2_000;

/** Opens a register file that `importRegister` made. `K-CERT-152` when there is none, or it is none of this version. */
export function openSqliteRegister(file: string): Result<RegisterStore> {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { open: true, timeout: BUSY_TIMEOUT_MS });
    db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version !== REGISTER_SCHEMA_VERSION) throw new Error(`schema version ${version}`);
    return ok(storeOf(db));
  } catch (thrown) {
    db?.close();
    return fail("K-CERT-152", { file, why: messageOf(thrown) });
  }
}

function storeOf(db: DatabaseSync): RegisterStore {
  const metaRow = db.prepare("SELECT value FROM meta WHERE key = ?");
  const residentRow = db.prepare(`
    SELECT r.*, s.number AS seal_number, s.registered_on AS seal_registered_on, s.impression_text, s.state AS seal_state
    FROM residents r LEFT JOIN seals s USING (resident_id) WHERE r.resident_id = ?`);
  const householdRow = db.prepare("SELECT * FROM households WHERE household_id = ?");
  const memberRows = db.prepare("SELECT resident_id FROM residents WHERE household_id = ? ORDER BY position");
  const allRows = db.prepare("SELECT resident_id FROM residents ORDER BY rowid");
  const confirm = db.prepare(
    "UPDATE meta SET value = ?1 WHERE key = 'as_of_ms' AND CAST(value AS INTEGER) < CAST(?1 AS INTEGER)",
  );
  const meta = (key: string) => (metaRow.get(key) as { value: string } | undefined)?.value ?? "";
  return {
    municipality: () => meta("municipality"),
    digest: () => meta("digest"),
    asOfMs: () => Number(meta("as_of_ms")),
    confirmCurrent(atMs) {
      confirm.run(String(atMs));
    },
    resident(residentId) {
      const row = residentRow.get(residentId) as ResidentRow | undefined;
      return row && residentOf(row);
    },
    household(householdId) {
      const row = householdRow.get(householdId) as HouseholdRow | undefined;
      return row && householdOf(row, ids(memberRows, householdId));
    },
    residentIds: () => ids(allRows),
    close: () => db.close(),
  };
}

function ids(statement: StatementSync, ...parameters: string[]): string[] {
  return (statement.all(...parameters) as { resident_id: string }[]).map((row) => row.resident_id);
}

interface HouseholdRow {
  household_id: string;
  address: string;
  head_resident_id: string;
  move_pending: number;
}

function householdOf(row: HouseholdRow, residentIds: readonly string[]): Household {
  return {
    householdId: row.household_id,
    address: row.address,
    headResidentId: row.head_resident_id,
    residentIds,
    movePending: row.move_pending === 1,
  };
}

interface ResidentRow {
  resident_id: string;
  household_id: string;
  name: string;
  name_kana: string;
  birth_date: string;
  sex: Resident["sex"];
  relationship: string;
  domicile: string | null;
  domicile_head: string | null;
  nationality: string | null;
  residence_status: string | null;
  residence_card_number: string | null;
  my_number: string;
  became_resident_on: string;
  moved_from: string;
  status: Resident["status"];
  protective_measure: number;
  seal_number: string | null;
  seal_registered_on: string | null;
  impression_text: string | null;
  seal_state: "registered" | "cancelled" | null;
}

function residentOf(row: ResidentRow): Resident {
  return {
    residentId: row.resident_id,
    householdId: row.household_id,
    name: row.name,
    nameKana: row.name_kana,
    birthDate: row.birth_date,
    sex: row.sex,
    relationship: row.relationship,
    domicile: row.domicile ?? undefined,
    domicileHead: row.domicile_head ?? undefined,
    foreign:
      row.nationality === null
        ? undefined
        : {
            nationality: row.nationality,
            residenceStatus: row.residence_status ?? "",
            residenceCardNumber: row.residence_card_number ?? "",
          },
    myNumber: row.my_number,
    becameResidentOn: row.became_resident_on,
    movedFrom: row.moved_from,
    status: row.status,
    protectiveMeasure: row.protective_measure === 1,
    seal:
      row.seal_state === null
        ? undefined
        : {
            number: row.seal_number ?? "",
            registeredOn: row.seal_registered_on ?? "",
            impressionText: row.impression_text ?? "",
            state: row.seal_state,
          },
  };
}
