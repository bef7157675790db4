import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInstance } from "i18next";
import { z } from "zod";
import { messageOf } from "../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { type Language, languages } from "../protocol/panel.ts";

/** Sentences of `ui/locales` in the citizen's language: what the kiosk itself puts on paper. The panel words its own. */
export interface Words {
  /** Throws on a key that no language has: a bug, since every key is checked when the words are loaded. */
  say(language: Language, key: string, params?: Readonly<Record<string, string | number>>): string;
  has(key: string): boolean;
}

const sentences = z.record(z.string(), z.string().min(1));

/**
 * Loads `<folder>/<language>/panel.json` of every language. `K-CONF-101` a file cannot be read, `K-KIOSK-130` a sentence
 * is missing in a language.
 */
export function loadWords(folder: string): Result<Words> {
  const tables = new Map<Language, Readonly<Record<string, string>>>();
  for (const language of languages) {
    const file = join(folder, language, "panel.json");
    try {
      tables.set(language, sentences.parse(JSON.parse(readFileSync(file, "utf8"))));
    } catch (thrown) {
      return fail("K-CONF-101", { file, why: messageOf(thrown) });
    }
  }
  const keys = new Set([...tables.values()].flatMap((table) => Object.keys(table)));
  for (const [language, table] of tables) {
    for (const key of keys) {
      if (!Object.hasOwn(table, key)) return fail("K-KIOSK-130", { language, key });
    }
  }
  return ok(wordsOf(tables, keys));
}

function wordsOf(tables: ReadonlyMap<Language, Readonly<Record<string, string>>>, keys: ReadonlySet<string>): Words {
  const i18n = createInstance();
  void i18n.init({
    lng: languages[0],
    initAsync: false,
    // Keys are flat: a dot in them is a dot.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: Object.fromEntries([...tables].map(([language, panel]) => [language, { translation: { ...panel } }])),
  });
  return {
    say(language, key, params) {
      if (!keys.has(key)) throw new Error(`no such sentence: ${key}`);
      return i18n.t(key, { lng: language, ...params });
    },
    has: (key) => keys.has(key),
  };
}
