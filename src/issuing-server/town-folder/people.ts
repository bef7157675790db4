import type { Household, Resident, SealRegistration } from "../registry/types.ts";
import type { Problems } from "./problems.ts";
import type { HouseholdRow, ResidentRow } from "./tables.ts";

/** Residents and households that fit each other. */
export interface People {
  readonly residents: readonly Resident[];
  readonly households: readonly Household[];
}

const RESIDENTS = "residents.csv";
const HOUSEHOLDS = "households.csv";
/** As many as R can attest (docs/binding.md 6). */
const MAX_HOUSEHOLD = 40;

/**
 * Builds the register's people from the rows and checks what no single field can tell: ids that are used once, every
 * household with members and a head of its own, foreign or Japanese but not both, a whole seal registration or none.
 */
export function assemblePeople(
  residentRows: readonly ResidentRow[],
  householdRows: readonly HouseholdRow[],
  problems: Problems,
): People {
  checkUnique(residentRows, "residentId", RESIDENTS, problems);
  checkUnique(residentRows, "myNumber", RESIDENTS, problems, true);
  checkUnique(
    residentRows.filter((r) => r.sealNumber !== ""),
    "sealNumber",
    RESIDENTS,
    problems,
    true,
  );
  checkUnique(householdRows, "householdId", HOUSEHOLDS, problems);
  const known = new Set(householdRows.map((h) => h.householdId));
  const members = new Map<string, ResidentRow[]>();
  for (const row of residentRows) {
    if (!known.has(row.householdId)) {
      const place = { file: RESIDENTS, line: row.line, key: "householdId" };
      problems.contradiction(place, row.householdId, `a household of ${HOUSEHOLDS}`);
    }
    members.set(row.householdId, [...(members.get(row.householdId) ?? []), row]);
  }
  return {
    residents: residentRows.map((row) => residentOf(row, problems)),
    households: householdRows.map((row) => householdOf(row, members.get(row.householdId) ?? [], problems)),
  };
}

function householdOf(row: HouseholdRow, members: readonly ResidentRow[], problems: Problems): Household {
  const at = (key: string) => ({ file: HOUSEHOLDS, line: row.line, key });
  const head = members.find((m) => m.residentId === row.headResidentId);
  if (members.length === 0) {
    problems.contradiction(at("householdId"), row.householdId, `a household with residents in ${RESIDENTS}`);
  } else if (!head) {
    problems.contradiction(at("headResidentId"), row.headResidentId, "a resident of this household");
  } else if (head.status !== "resident" && members.some((m) => m.status === "resident")) {
    problems.contradiction(at("headResidentId"), row.headResidentId, "a head who lives there, as others still do");
  }
  if (members.length > MAX_HOUSEHOLD) {
    problems.contradiction(at("householdId"), row.householdId, `at most ${MAX_HOUSEHOLD} residents in a household`);
  }
  const others = members.filter((m) => m !== head);
  return {
    householdId: row.householdId,
    address: row.address,
    headResidentId: row.headResidentId,
    residentIds: [...(head ? [head] : []), ...others].map((m) => m.residentId),
    movePending: row.movePending,
  };
}

function residentOf(row: ResidentRow, problems: Problems): Resident {
  const isForeign = row.nationality !== "";
  checkNationality(row, isForeign, problems);
  return {
    residentId: row.residentId,
    householdId: row.householdId,
    name: row.name,
    nameKana: row.nameKana,
    birthDate: row.birthDate,
    sex: row.sex,
    relationship: row.relationship,
    domicile: isForeign ? undefined : row.domicile,
    domicileHead: isForeign ? undefined : row.domicileHead,
    foreign: isForeign
      ? {
          nationality: row.nationality,
          residenceStatus: row.residenceStatus,
          residenceCardNumber: row.residenceCardNumber,
        }
      : undefined,
    myNumber: row.myNumber,
    becameResidentOn: row.becameResidentOn,
    movedFrom: row.movedFrom,
    status: row.status,
    protectiveMeasure: row.protectiveMeasure,
    seal: sealOf(row, problems),
  };
}

function checkNationality(row: ResidentRow, isForeign: boolean, problems: Problems): void {
  const at = (key: string) => ({ file: RESIDENTS, line: row.line, key });
  const must = (key: "domicile" | "domicileHead" | "residenceStatus" | "residenceCardNumber", filled: boolean) => {
    const who = isForeign ? "foreign residents (nationality is filled)" : "Japanese residents (nationality is empty)";
    if ((row[key] !== "") !== filled)
      problems.value(at(key), row[key], `${filled ? "filled" : "empty"} for ${who}`, true);
  };
  must("domicile", !isForeign);
  must("domicileHead", !isForeign);
  must("residenceStatus", isForeign);
  must("residenceCardNumber", isForeign);
  if (!isForeign && !/^[^\u3000]+\u3000[^\u3000]+$/u.test(row.name)) {
    problems.value(at("name"), row.name, "family and given name with one ideographic space (U+3000) between", true);
  }
  if (row.becameResidentOn < row.birthDate) {
    problems.value(at("becameResidentOn"), row.becameResidentOn, "not before the birth date");
  }
}

function sealOf(row: ResidentRow, problems: Problems): SealRegistration | undefined {
  const wanted = row.sealState !== "none";
  const at = (key: string) => ({ file: RESIDENTS, line: row.line, key });
  const parts = { sealNumber: row.sealNumber, sealRegisteredOn: row.sealRegisteredOn ?? "", sealText: row.sealText };
  for (const [key, value] of Object.entries(parts)) {
    if ((value !== "") !== wanted) {
      problems.value(at(key), value, `${wanted ? "filled" : "empty"} when sealState is ${row.sealState}`, true);
    }
  }
  if (row.sealState === "none") return undefined;
  return {
    number: row.sealNumber,
    registeredOn: row.sealRegisteredOn ?? "",
    impressionText: row.sealText,
    state: row.sealState,
  };
}

function checkUnique<K extends string>(
  rows: readonly (Readonly<Record<K, string>> & { readonly line: number })[],
  key: K,
  file: string,
  problems: Problems,
  personal = false,
): void {
  const firstLines = new Map<string, number>();
  for (const row of rows) {
    const first = firstLines.get(row[key]);
    if (first === undefined) firstLines.set(row[key], row.line);
    else problems.value({ file, line: row.line, key }, row[key], `used once; line ${first} has it already`, personal);
  }
}
