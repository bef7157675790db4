import { fail, ok, type Result } from "../../kernel/result.ts";
import type { FieldName, FormPages } from "../../protocol/forms/cells.ts";
import type { PageReading } from "../pages/reading.ts";
import { placeOf, textsOfCells } from "./chars.ts";
import { checkObjects } from "./objects.ts";
import { refuse } from "./refusal.ts";

/** One value as a page shows it. An empty cell has the text "". Personal data: use it and let it go. */
export interface ReadValue {
  /** From 0. */
  readonly page: number;
  readonly field: FieldName;
  readonly person?: number;
  readonly text: string;
}

/** What a document says: the text of every field cell, page by page in the order of the form. */
export interface FormReading {
  readonly values: readonly ReadValue[];
}

const A4_MM = { width: 210, height: 297, tolerance: 0.5 };

/**
 * Reads a document against its form (docs/binding.md 9). What comes back is everything that the pages say: whatever else
 * stands on them, and every word of the form that is not exactly there, refuses them. `K-BIND-122` when the number of
 * pages differs, `K-BIND-136` for anything outside the form. Pure; whether the values are the right ones is for the caller.
 */
export function readForm(pages: readonly PageReading[], form: FormPages): Result<FormReading> {
  if (pages.length !== form.length) return fail("K-BIND-122", { pages: pages.length, expected: form.length });
  const values: ReadValue[] = [];
  for (const [page, reading] of pages.entries()) {
    const cells = form[page] ?? [];
    const { width, height, tolerance } = A4_MM;
    if (Math.abs(reading.widthMm - width) > tolerance || Math.abs(reading.heightMm - height) > tolerance) {
      return refuse(page, "the page is not A4");
    }
    if (reading.annotations > 0) return refuse(page, "the page has annotations");
    const objects = checkObjects(reading, cells, page);
    if (!objects.ok) return objects;
    const texts = textsOfCells(reading, cells, page);
    if (!texts.ok) return texts;
    for (const [cell, text] of texts.value) {
      if (cell.cell === "fixed") {
        if (foldFixed(text) !== foldFixed(cell.text)) return refuse(page, "the form's own words differ", placeOf(cell));
      } else {
        values.push({ page, field: cell.field, ...(cell.person === undefined ? {} : { person: cell.person }), text });
      }
    }
  }
  return ok({ values });
}

/**
 * The form's own words without spaces and without the difference between a character and its compatibility twin: one
 * glyph may draw both 一 and the radical ⼀ (U+2F00), and the text layer can only name one of them.
 */
function foldFixed(text: string): string {
  return text
    .replace(/[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu, "")
    .normalize("NFKC")
    .replace(/\s/gu, "");
}
