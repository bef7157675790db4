import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../kernel/config.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { DayClosure } from "../calendar/service-calendar.ts";
import { type Fee, overlappingFees } from "../fees/fees.ts";
import { generatePeople } from "../generator/generate.ts";
import { type Columns, type Row, readTable } from "./columns.ts";
import { parseCsv } from "./csv.ts";
import { assemblePeople, type People } from "./people.ts";
import { Problems } from "./problems.ts";
import { calendarColumns, type FeeRow, feeColumns, householdColumns, residentColumns } from "./tables.ts";
import { type TownYaml, townYaml } from "./town-yaml.ts";

/** What a municipality is and how it serves: everything of a town folder but its people. */
export interface TownPolicy {
  readonly town: TownYaml;
  readonly fees: readonly Fee[];
  readonly closures: readonly DayClosure[];
}

const FILES = ["town.yaml", "residents.csv", "households.csv", "fees.csv", "calendar.csv"] as const;
type TownFile = (typeof FILES)[number];

/** A town folder that was read but not yet understood, with a digest over its files. */
export interface TownFolder {
  readonly folder: string;
  readonly files: Readonly<Record<TownFile, Uint8Array>>;
  /** SHA-256 over all files, hex: another digest, another town. */
  readonly digest: string;
}

/** Reads the five files of a town folder. `K-CONF-101` names the one that cannot be read. */
export function readTownFolder(folder: string): Result<TownFolder> {
  const digest = createHash("sha256");
  const files: Partial<Record<TownFile, Uint8Array>> = {};
  for (const file of FILES) {
    try {
      const bytes = readFileSync(join(folder, file));
      files[file] = bytes;
      digest.update(`${file}\0${bytes.length}\0`).update(bytes);
    } catch (thrown) {
      return fail("K-CONF-101", { file: join(folder, file), why: messageOf(thrown) });
    }
  }
  return ok({ folder, files: files as Record<TownFile, Uint8Array>, digest: digest.digest("hex") });
}

/** Understands `town.yaml`, `fees.csv` and `calendar.csv`. Every error names file, line, key, value and what is allowed. */
export function loadTownPolicy(read: TownFolder): Result<TownPolicy> {
  const yaml = parseConfig(join(read.folder, "town.yaml"), Buffer.from(read.files["town.yaml"]).toString(), townYaml);
  if (!yaml.ok) return yaml;
  const problems = new Problems(read.folder);
  const feeRows = table(read, "fees.csv", feeColumns, problems);
  const calendarRows = table(read, "calendar.csv", calendarColumns, problems);
  if (!feeRows.ok) return feeRows;
  if (!calendarRows.ok) return calendarRows;
  checkFees(feeRows.value, problems);
  return problems.orElse(() => ({
    town: yaml.value,
    fees: feeRows.value.map(({ line: _, ...fee }) => fee),
    closures: calendarRows.value.map((c) => ({
      date: c.date,
      certificate: c.certificate,
      reason: { ja: c.reasonJa, en: c.reasonEn },
    })),
  }));
}

/**
 * Understands `residents.csv` and `households.csv` and adds the made-up people that `town.yaml` asks for. People of the
 * files come first; ids, numbers and addresses of made-up people cannot collide with theirs.
 */
export function loadTownPeople(read: TownFolder, town: TownYaml): Result<People> {
  const problems = new Problems(read.folder);
  const residentRows = table(read, "residents.csv", residentColumns, problems);
  const householdRows = table(read, "households.csv", householdColumns, problems);
  if (!residentRows.ok) return residentRows;
  if (!householdRows.ok) return householdRows;
  // Rows that were left out would only make others look wrong.
  const readable = problems.orElse(() => {});
  if (!readable.ok) return readable;
  const written = assemblePeople(residentRows.value, householdRows.value, problems);
  return problems.orElse(() => {
    if (town.generator === "none") return written;
    const made = generatePeople({ settings: town.generator, town, taken: written.residents });
    return {
      residents: [...written.residents, ...made.residents],
      households: [...written.households, ...made.households],
    };
  });
}

/** Reads and understands a whole town folder. */
export function loadTown(folder: string): Result<TownPolicy & People & { readonly digest: string }> {
  const read = readTownFolder(folder);
  if (!read.ok) return read;
  const policy = loadTownPolicy(read.value);
  if (!policy.ok) return policy;
  const people = loadTownPeople(read.value, policy.value.town);
  if (!people.ok) return people;
  return ok({ ...policy.value, ...people.value, digest: read.value.digest });
}

function table<C extends Columns>(read: TownFolder, file: TownFile, columns: C, problems: Problems): Result<Row<C>[]> {
  const records = parseCsv(join(read.folder, file), read.files[file]);
  return records.ok ? ok(readTable(file, records.value, columns, problems)) : records;
}

function checkFees(rows: readonly FeeRow[], problems: Problems): void {
  for (const row of rows) {
    if (row.validTo !== undefined && row.validTo < row.validFrom) {
      problems.value({ file: "fees.csv", line: row.line, key: "validTo" }, row.validTo, `not before ${row.validFrom}`);
    }
  }
  const overlap = overlappingFees(rows);
  if (overlap) {
    const [first, second] = [rows[overlap[0]], rows[overlap[1]]];
    problems.contradiction(
      { file: "fees.csv", line: second?.line ?? 0, key: "validFrom" },
      second?.validFrom ?? "",
      `one fee a day for ${second?.certificate}; line ${first?.line} holds on the same day`,
    );
  }
}
