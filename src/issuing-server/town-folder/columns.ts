import { isCivilDate } from "../calendar/civil-time.ts";
import { myNumberCheckDigit } from "../registry/numbers.ts";
import type { CsvRecord } from "./csv.ts";
import type { Place, Problems } from "./problems.ts";

/** One column of a table: what may stand in it, and what it becomes. */
export interface Column<T> {
  /** In words, for the error text. */
  readonly allowed: string;
  /** Whether a wrong value must not be repeated in an error text. */
  readonly personal: boolean;
  /** The value, or undefined when the text is not allowed. */
  parse(text: string): { readonly value: T } | undefined;
}

/** Columns by their names in the header. */
export type Columns = Readonly<Record<string, Column<unknown>>>;

/** A row as its columns parse it, with its line. */
export type Row<C extends Columns> = {
  readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never;
} & { readonly line: number };

function column<T>(allowed: string, parse: (text: string) => { value: T } | undefined, personal = false): Column<T> {
  return { allowed, parse, personal };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/u;

function isCleanText(text: string, maxLength: number): boolean {
  return text.isWellFormed() && text.length <= maxLength && !CONTROL.test(text) && text.trim() === text;
}

/** Text that must be there; kept as it is, code point by code point. */
export function text(maxLength: number, personal = true): Column<string> {
  const allowed = `1 to ${maxLength} characters, no control characters, no space at either end`;
  return column(allowed, (t) => (t !== "" && isCleanText(t, maxLength) ? { value: t } : undefined), personal);
}

/** Text that may be empty. */
export function optionalText(maxLength: number): Column<string> {
  const allowed = `at most ${maxLength} characters, no control characters, no space at either end`;
  return column(allowed, (t) => (isCleanText(t, maxLength) ? { value: t } : undefined), true);
}

/** Text of a pattern; `allowed` says it in words. */
export function pattern(regex: RegExp, allowed: string, personal = false): Column<string> {
  return column(allowed, (t) => (regex.test(t) ? { value: t } : undefined), personal);
}

/** A day `YYYY-MM-DD`. */
export const date: Column<string> = column("a day of the calendar as YYYY-MM-DD", (t) =>
  isCivilDate(t) ? { value: t } : undefined,
);

/** A column that may be empty: undefined then. */
export function optional<T>(inner: Column<T>): Column<T | undefined> {
  return column(
    `${inner.allowed}, or empty`,
    (t): { value: T | undefined } | undefined => (t === "" ? { value: undefined } : inner.parse(t)),
    inner.personal,
  );
}

/** One of some words. */
export function oneOf<const W extends readonly string[]>(...words: W): Column<W[number]> {
  return column(words.join(" | "), (t) => (words.includes(t) ? { value: t as W[number] } : undefined));
}

/** `yes` or `no`. */
export const yesNo: Column<boolean> = column("yes | no", (t) =>
  t === "yes" || t === "no" ? { value: t === "yes" } : undefined,
);

/** A whole number of yen that the kiosk's coins can pay. */
export const feeYen: Column<number> = column("10 to 800 yen in steps of 10", (t) => {
  const amount = /^[1-9]\d{1,2}$/.test(t) ? Number(t) : 0;
  return amount >= 10 && amount <= 800 && amount % 10 === 0 ? { value: amount } : undefined;
});

/** 個人番号: eleven digits and a check digit (総務省令). */
export const myNumber: Column<string> = column(
  "twelve digits, the last of which is the check digit",
  (t) => (/^\d{12}$/.test(t) && myNumberCheckDigit(t.slice(0, 11)) === Number(t[11]) ? { value: t } : undefined),
  true,
);

/**
 * Reads a table: the header must name exactly the columns, in any order; every field of every row is checked. Rows with a
 * problem are left out; the problems say which.
 */
export function readTable<C extends Columns>(
  file: string,
  records: readonly CsvRecord[],
  columns: C,
  problems: Problems,
): Row<C>[] {
  const [header, ...body] = records;
  const names = Object.keys(columns);
  const before = problems.count;
  if (!header) {
    problems.value({ file, line: 1, key: "(header)" }, "", `a header: ${names.join(",")}`);
    return [];
  }
  for (const [i, name] of header.fields.entries()) {
    const place = { file, line: header.line, key: name };
    if (!names.includes(name)) problems.value(place, name, `no such column; columns: ${names.join(",")}`);
    else if (header.fields.indexOf(name) !== i) problems.value(place, name, "each column once");
  }
  for (const name of names.filter((n) => !header.fields.includes(n))) {
    problems.value({ file, line: header.line, key: name }, "(missing)", `a column ${name}`);
  }
  if (problems.count > before) return [];
  return body.flatMap((record) => readRow(file, record, header.fields, columns, problems) ?? []);
}

function readRow<C extends Columns>(
  file: string,
  record: CsvRecord,
  names: readonly string[],
  columns: C,
  problems: Problems,
): Row<C> | undefined {
  const at = (key: string): Place => ({ file, line: record.line, key });
  if (record.fields.length !== names.length) {
    problems.value(at("(row)"), `${record.fields.length} fields`, `${names.length} fields, as in the header`);
    return undefined;
  }
  const before = problems.count;
  const row: Record<string, unknown> = { line: record.line };
  for (const [i, name] of names.entries()) {
    const field = record.fields[i] ?? "";
    const parsed = columns[name]?.parse(field);
    if (parsed) row[name] = parsed.value;
    else problems.value(at(name), field, columns[name]?.allowed ?? "", columns[name]?.personal ?? true);
  }
  return problems.count > before ? undefined : (row as Row<C>);
}
