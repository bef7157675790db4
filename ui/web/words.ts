import { createInstance, type i18n } from "i18next";

/** Sentences by flat keys: a dot in a key is a dot, as in `src/kiosk/words.ts`. */
export type Sentences = Readonly<Record<string, string>>;

/** Words of one page in every language it has. `ui/locales` is the only place of sentences. */
export function loadWords(tables: Readonly<Record<string, Sentences>>, language: string): i18n {
  const words = createInstance();
  void words.init({
    lng: language,
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, { translation: { ...table } }])),
    // A missing sentence is a bug that a test finds; a citizen would rather read the key's language than nothing.
    returnEmptyString: false,
  });
  return words;
}
