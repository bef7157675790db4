import type { Failure } from "../../../src/kernel/errors/failure.ts";
import { failure } from "./outcome.ts";

/** The name of the chosen reader, or why none is. */
export type ReaderChoice = { readonly name: string } | { readonly refusal: Failure };

/**
 * Which of the readers that are there is meant by a part of its name. Exactly one must fit, or be called exactly so: the
 * order in which readers are found changes from start to start, and a citizen's card on the wrong reader is not an accident
 * to be risked. `K-CARD-114` none fits (the detail says which readers are there), `K-CARD-115` several do. An empty part fits
 * every reader, so it chooses only where there is one.
 */
export function chooseReader(there: readonly string[], part: string): ReaderChoice {
  if (there.includes(part)) return { name: part };
  const fitting = there.filter((name) => name.includes(part));
  const [name] = fitting;
  if (name === undefined) return { refusal: failure("K-CARD-114", { wanted: part, readers: listOf(there) }) };
  return fitting.length === 1
    ? { name }
    : { refusal: failure("K-CARD-115", { wanted: part, fitting: listOf(fitting) }) };
}

/** Names of readers as a person reads them, always in the same order. */
export function listOf(names: readonly string[]): string {
  return names.length === 0 ? "none" : [...names].sort().join(", ");
}
