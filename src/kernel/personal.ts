import { inspect } from "node:util";

const MASK = "[personal]";

/**
 * A value about a person (name, address, PIN, page). It cannot be printed, logged or serialised by accident: every way
 * of turning it into text gives `[personal]`. Only `reveal()` gives the value, and `wipe()` overwrites bytes and forgets.
 */
export class Personal<T> {
  #value: T | undefined;
  #wiped = false;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Throws after `wipe()`: using data of a finished session is a bug. */
  reveal(): T {
    if (this.#wiped) throw new Error("personal data was used after it was wiped");
    return this.#value as T;
  }

  /** Overwrites a byte array with zeros and drops the value. Idempotent. */
  wipe(): void {
    if (this.#value instanceof Uint8Array) this.#value.fill(0);
    this.#value = undefined;
    this.#wiped = true;
  }

  get wiped(): boolean {
    return this.#wiped;
  }

  toString(): string {
    return MASK;
  }
  toJSON(): string {
    return MASK;
  }
  [Symbol.toPrimitive](): string {
    return MASK;
  }
  [inspect.custom](): string {
    return MASK;
  }
}
