import { join } from "node:path";
import { type Failure, failure } from "../../kernel/errors/failure.ts";
import { err, ok, type Result } from "../../kernel/result.ts";

/** Where something is wrong in a town folder. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly key: string;
}

/** How many problems of a folder are told at once. */
const TOLD_AT_ONCE = 20;

/**
 * Collects what is wrong with a town folder, so that it can be mended in one go. Values of personal columns are withheld:
 * file, line and column lead to them, and an error text may end up in a log.
 */
export class Problems {
  readonly #folder: string;
  readonly #found: Failure[] = [];

  /** `folder` goes before the file names in the errors. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A value that is not allowed (`K-CONF-103`). */
  value(place: Place, value: string, allowed: string, personal = false): void {
    const shown = personal ? `(withheld, ${[...value].length} characters)` : value === "" ? "(empty)" : value;
    this.#found.push(failure("K-CONF-103", { ...this.#placed(place), value: shown, allowed }));
  }

  /** Two places that contradict each other (`K-CONF-107`). */
  contradiction(place: Place, value: string, allowed: string): void {
    this.#found.push(failure("K-CONF-107", { ...this.#placed(place), value, allowed }));
  }

  #placed(place: Place) {
    return { file: join(this.#folder, place.file), line: place.line, key: place.key };
  }

  /** How many problems were found so far. */
  get count(): number {
    return this.#found.length;
  }

  /** The first problems as a chain of causes, or `value` when there are none. */
  orElse<T>(value: () => T): Result<T> {
    if (this.#found.length === 0) return ok(value());
    const told = this.#found.slice(0, TOLD_AT_ONCE);
    return err(told.reduceRight((below, f) => ({ ...f, cause: below })));
  }
}
