import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Columns,
  oneOf,
  optionalText,
  pattern,
  type Row,
  readTable,
} from "../../issuing-server/town-folder/columns.ts";
import { parseCsv } from "../../issuing-server/town-folder/csv.ts";
import { Problems } from "../../issuing-server/town-folder/problems.ts";
import { ok, type Result } from "../../kernel/result.ts";

/** What is special about a resident's card. */
export const cardStates = [
  "ok",
  "pinLocked",
  "itemsPinDiffers",
  "expired",
  "revoked",
  "unlinked",
  "juki",
  "phone",
] as const;

const cardColumns = {
  residentId: pattern(/^[A-Za-z0-9-]{1,40}$/, "a resident id"),
  state: oneOf(...cardStates),
  pin: pattern(/^(\d{4})?$/, "four digits, or empty for the ordinary PIN"),
  note: optionalText(80),
} satisfies Columns;

/** The PIN of every card that `cards.csv` does not mention. */
export const ORDINARY_PIN = "1234";
const CARDS_FILE = "cards.csv";

/** A line of `cards.csv`; residents without one have an ordinary card. */
export type CardRow = Row<typeof cardColumns>;

/**
 * Reads `cards.csv` of a town folder, which only the embedded default knows: whose card is locked, revoked and so on. The
 * file may be absent. Errors name line, column, value and what is allowed.
 */
export function readCardTable(townFolder: string): Result<ReadonlyMap<string, CardRow>> {
  const file = join(townFolder, CARDS_FILE);
  if (!existsSync(file)) return ok(new Map());
  const records = parseCsv(file, readFileSync(file));
  if (!records.ok) return records;
  const problems = new Problems(townFolder);
  const rows = readTable(CARDS_FILE, records.value, cardColumns, problems);
  return problems.orElse(() => new Map(rows.map((row) => [row.residentId, row])));
}
