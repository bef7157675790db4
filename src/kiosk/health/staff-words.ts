import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { errorCatalogue } from "../../kernel/errors/catalogue.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Language } from "../../protocol/panel.ts";

/** Sentences for staff in one language, by key. A code without a sentence of its own has the catalogue's, in English. */
export type StaffWords = (key: string) => string;

const sentences = z.record(z.string(), z.string().min(1));

/** What the clerk does about each code: the error catalogue says it in English, `ja/staff.json` in Japanese. */
const clerkInEnglish: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(errorCatalogue).map(([code, { clerk }]) => [`clerk.${code}`, clerk]),
);

/** Loads `<folder>/<language>/staff.json`. `K-CONF-101` when it cannot be read. The words throw on a key that is none. */
export function loadStaffWords(folder: string, language: Language): Result<StaffWords> {
  const file = join(folder, language, "staff.json");
  let own: Readonly<Record<string, string>>;
  try {
    own = sentences.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (thrown) {
    return fail("K-CONF-101", { file, why: messageOf(thrown) });
  }
  return ok((key) => {
    const sentence = own[key] ?? clerkInEnglish[key];
    if (sentence === undefined) throw new Error(`no such sentence for staff: ${key}`);
    return sentence;
  });
}
