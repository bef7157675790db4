import type { i18n } from "i18next";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export type Language = "ja" | "en";

interface Spoken {
  readonly t: i18n["t"];
  readonly language: Language;
}

const context = createContext<Spoken | undefined>(undefined);
/** Gives the words of the chosen language to everything inside. */
export const Words = context.Provider;

export function useWords(): Spoken {
  const spoken = useContext(context);
  if (!spoken) throw new Error("a part of the page stands outside of its words");
  return spoken;
}
