import { fail, ok, type Result } from "../../kernel/result.ts";

/** A record of a CSV file with the line on which it begins, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Bounds of a CSV file: a town folder cannot make the importer hold much. */
export const CSV_BOUNDS = { maxBytes: 64 * 1024 * 1024, maxRecords: 500_000, maxFields: 64, maxFieldLength: 2000 };

/**
 * Reads CSV as RFC 4180 has it: comma, CRLF or LF, fields in double quotes may hold commas, line breaks and doubled
 * quotes. UTF-8, with or without a byte order mark; bytes that are not UTF-8 are refused. Nothing is trimmed. Blank lines
 * are no records. `K-CONF-106` names file, line and what is wrong.
 */
export function parseCsv(file: string, bytes: Uint8Array): Result<CsvRecord[]> {
  if (bytes.length > CSV_BOUNDS.maxBytes) return wrong(file, 1, `at most ${CSV_BOUNDS.maxBytes} bytes`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return wrong(file, 1, "UTF-8");
  }
  const records: CsvRecord[] = [];
  const state = { at: 0, line: 1 };
  while (state.at < text.length) {
    const start = state.line;
    const fields = readRecord(file, text, state);
    if (!fields.ok) return fields;
    if (fields.value.length === 1 && fields.value[0] === "") continue;
    if (records.length >= CSV_BOUNDS.maxRecords) return wrong(file, start, `at most ${CSV_BOUNDS.maxRecords} records`);
    records.push({ line: start, fields: fields.value });
  }
  return ok(records);
}

interface Cursor {
  at: number;
  line: number;
}

function readRecord(file: string, text: string, cursor: Cursor): Result<string[]> {
  const fields: string[] = [];
  for (;;) {
    const field = text[cursor.at] === '"' ? readQuoted(file, text, cursor) : readPlain(file, text, cursor);
    if (!field.ok) return field;
    if (field.value.length > CSV_BOUNDS.maxFieldLength) {
      return wrong(file, cursor.line, `at most ${CSV_BOUNDS.maxFieldLength} characters in a field`);
    }
    fields.push(field.value);
    if (fields.length > CSV_BOUNDS.maxFields) return wrong(file, cursor.line, `at most ${CSV_BOUNDS.maxFields} fields`);
    if (text[cursor.at] === ",") {
      cursor.at += 1;
      continue;
    }
    const breakLength = lineBreakAt(text, cursor.at);
    if (breakLength === 0 && cursor.at < text.length) {
      return wrong(file, cursor.line, "a comma or the end of the line after a closing quote");
    }
    cursor.at += breakLength;
    cursor.line += 1;
    return ok(fields);
  }
}

function readQuoted(file: string, text: string, cursor: Cursor): Result<string> {
  const opened = cursor.line;
  const parts: string[] = [];
  let from = cursor.at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return wrong(file, opened, "a closing quote for the quote that opens here");
    parts.push(text.slice(from, quote));
    if (text[quote + 1] !== '"') {
      cursor.at = quote + 1;
      const value = parts.join('"');
      cursor.line += value.split(/\r\n|\n/).length - 1;
      return ok(value);
    }
    from = quote + 2;
  }
}

const PLAIN_END = /[,\r\n"]/g;

function readPlain(file: string, text: string, cursor: Cursor): Result<string> {
  PLAIN_END.lastIndex = cursor.at;
  const end = PLAIN_END.exec(text)?.index ?? text.length;
  const value = text.slice(cursor.at, end);
  if (text[end] === '"') return wrong(file, cursor.line, "quotes around the whole field, doubled inside it");
  if (text[end] === "\r" && lineBreakAt(text, end) === 0) return wrong(file, cursor.line, "LF after CR");
  cursor.at = end;
  return ok(value);
}

function lineBreakAt(text: string, at: number): number {
  if (text[at] === "\n") return 1;
  return text[at] === "\r" && text[at + 1] === "\n" ? 2 : 0;
}

function wrong(file: string, line: number, allowed: string): Result<never> {
  return fail("K-CONF-106", { file, line, key: "(csv)", allowed });
}
