import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { PersonFacts } from "../eligibility/eligibility.ts";

/**
 * The attestor's own look into register and link table: its own SQL, its own connections, read only. It shares no code
 * with the register that the renderer asks, so that one mistake cannot fool both (docs/binding.md 6).
 */
export interface RegisterView {
  /** Whom an electronic certificate belongs to, with the version of the link table that says so. */
  linkOf(certificateHash: string): { readonly link: CardLink | undefined; readonly linkVersion: number };
  /** What the register says about a resident and their household, all at one moment; undefined when there is none. */
  look(residentId: string): HouseholdView | undefined;
  close(): void;
}

export interface CardLink {
  readonly residentId: string;
  readonly linkedAtMs: number;
}

/** Somebody's household as the attestor reads it. */
export interface HouseholdView {
  readonly asOfMs: number;
  readonly address: string;
  readonly householder: string;
  readonly movePending: boolean;
  readonly holder: PersonView;
  /** In the register's order, the holder among them. */
  readonly everybody: readonly PersonView[];
}

/** One person with every value that a form can print; a value that the person does not have is empty text. */
export interface PersonView extends PersonFacts {
  readonly residentId: string;
  readonly foreign: boolean;
  readonly printed: PrintedValues;
  readonly sealState: "registered" | "cancelled" | "none";
}

export interface PrintedValues {
  readonly sex: string;
  readonly relationship: string;
  readonly domicile: string;
  readonly domicileHead: string;
  readonly nationality: string;
  readonly residenceStatus: string;
  readonly residenceCardNumber: string;
  readonly myNumber: string;
  readonly movedFrom: string;
  readonly sealRegistrationNumber: string;
  readonly sealRegisteredOn: string;
}

/** Opens both files read only. `K-CERT-152` when one is missing or cannot be used. */
export function openRegisterView(files: { readonly register: string; readonly links: string }): Result<RegisterView> {
  const opened: DatabaseSync[] = [];
  try {
    for (const file of [files.register, files.links]) {
      if (!existsSync(file)) throw new Error(`no such file: ${file}`);
      opened.push(new DatabaseSync(file, { readOnly: true, timeout: 2_000 }));
    }
    const [register, links] = opened;
    if (!register || !links) throw new Error("unreachable");
    return ok(viewOf(register, links));
  } catch (thrown) {
    for (const db of opened) db.close();
    return fail("K-CERT-152", { why: messageOf(thrown) });
  }
}

const SEXES: Readonly<Record<string, string>> = { male: "男", female: "女" };

function viewOf(register: DatabaseSync, links: DatabaseSync): RegisterView {
  const linkRow = links.prepare(`
    SELECT v.version AS version, l.resident_id AS resident, l.linked_at_ms AS linked
    FROM link_version v LEFT JOIN links l ON l.certificate_hash = ?`);
  // One statement sees one state of the file, so household and persons cannot be of two moments.
  const householdRows = register.prepare(`
    SELECT p.*, h.address AS address, h.move_pending AS pending, head.name AS head_name,
      s.number AS seal_number, s.registered_on AS seal_date, s.state AS seal_state,
      (SELECT value FROM meta WHERE key = 'as_of_ms') AS as_of
    FROM residents asked
    JOIN households h ON h.household_id = asked.household_id
    JOIN residents head ON head.resident_id = h.head_resident_id
    JOIN residents p ON p.household_id = h.household_id
    LEFT JOIN seals s ON s.resident_id = p.resident_id
    WHERE asked.resident_id = ? ORDER BY p.position`);
  return {
    linkOf(certificateHash) {
      const row = linkRow.get(certificateHash) as LinkRow | undefined;
      const link =
        row?.resident === null || row?.resident === undefined
          ? undefined
          : { residentId: row.resident, linkedAtMs: row.linked ?? 0 };
      return { link, linkVersion: row?.version ?? 0 };
    },
    look(residentId) {
      const rows = householdRows.all(residentId) as unknown as ViewRow[];
      const everybody = rows.map(personOf);
      const holder = everybody.find((p) => p.residentId === residentId);
      const [first] = rows;
      if (!holder || !first) return undefined;
      return {
        asOfMs: Number(first.as_of),
        address: first.address,
        householder: first.head_name,
        movePending: first.pending !== 0,
        holder,
        everybody,
      };
    },
    close() {
      register.close();
      links.close();
    },
  };
}

interface LinkRow {
  version: number;
  resident: string | null;
  linked: number | null;
}

interface ViewRow {
  resident_id: string;
  name: string;
  birth_date: string;
  sex: string;
  relationship: string;
  domicile: string | null;
  domicile_head: string | null;
  nationality: string | null;
  residence_status: string | null;
  residence_card_number: string | null;
  my_number: string;
  became_resident_on: string;
  moved_from: string;
  status: PersonFacts["status"];
  protective_measure: number;
  seal_number: string | null;
  seal_date: string | null;
  seal_state: "registered" | "cancelled" | null;
  address: string;
  pending: number;
  head_name: string;
  as_of: string;
}

function personOf(row: ViewRow): PersonView {
  return {
    residentId: row.resident_id,
    name: row.name,
    birthDate: row.birth_date,
    becameResidentOn: row.became_resident_on,
    status: row.status,
    protectiveMeasure: row.protective_measure !== 0,
    foreign: row.nationality !== null,
    sealState: row.seal_state ?? "none",
    printed: {
      sex: SEXES[row.sex] ?? "",
      relationship: row.relationship,
      domicile: row.domicile ?? "",
      domicileHead: row.domicile_head ?? "",
      nationality: row.nationality ?? "",
      residenceStatus: row.residence_status ?? "",
      residenceCardNumber: row.residence_card_number ?? "",
      myNumber: row.my_number,
      movedFrom: row.moved_from,
      sealRegistrationNumber: row.seal_number ?? "",
      sealRegisteredOn: row.seal_date ?? "",
    },
  };
}
