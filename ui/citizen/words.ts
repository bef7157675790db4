import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Language, Message } from "../../src/protocol/panel.ts";
import en from "../locales/en/panel.json";
import ja from "../locales/ja/panel.json";
import { loadWords } from "../web/words.ts";

const words = loadWords({ ja, en }, "ja");

/** What a screen says, in one language. */
export interface Say {
  (key: string, params?: Message["params"]): string;
  message(message: Message): string;
  /** Yen with grouped digits, as people write them. */
  yen(yen: number): string;
  readonly language: Language;
}

/** The sentences of one language. */
export function sayIn(language: Language): Say {
  const say = (key: string, params?: Message["params"]) => words.t(key, { lng: language, ...params });
  const grouped = new Intl.NumberFormat(language);
  return Object.assign(say, {
    message: ({ key, params }: Message) => say(key, params),
    yen: (yen: number) => say("screen.yen", { yen: grouped.format(yen) }),
    language,
  });
}

export const WordsContext = createContext<Say>(sayIn("ja"));

/** The sentences of the citizen's language. */
export function useWords(): Say {
  return useContext(WordsContext);
}
