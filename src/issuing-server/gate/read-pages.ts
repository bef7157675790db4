import { fail, ok, type Result } from "../../kernel/result.ts";
import type { FormPages } from "../../protocol/forms/cells.ts";
import type { PageReading } from "../../security-print/pages/reading.ts";
import { readForm } from "../../security-print/reading/read-form.ts";

/**
 * Reads the pages that want to leave against the form (`readForm`: `K-BIND-122`, `136`) and finds on each its document id
 * (`K-BIND-132`) and its number n/N (`K-BIND-133`). Answers each page's text, for the glyph check.
 */
export function checkPages(pages: readonly PageReading[], form: FormPages, documentId: string): Result<string[]> {
  const reading = readForm(pages, form);
  if (!reading.ok) return reading;
  for (const page of form.keys()) {
    const says = (field: "documentId" | "pageOfPages", expected: string) => {
      const found = reading.value.values.filter((v) => v.page === page && v.field === field);
      return found.length > 0 && found.every((v) => v.text.replace(/\s/gu, "") === expected);
    };
    if (!says("documentId", documentId)) return fail("K-BIND-132", { page: page + 1 });
    if (!says("pageOfPages", `${page + 1}/${form.length}`)) return fail("K-BIND-133", { page: page + 1 });
  }
  return ok(pages.map((page) => page.chars.map((char) => char.text).join("")));
}
