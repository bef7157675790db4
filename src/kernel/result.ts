import type { ErrorCode } from "./errors/catalogue.ts";
import { type Failure, type FailureDetail, failure } from "./errors/failure.ts";

/** A value that was expected to be able to fail: either `ok` with a value or an error. Expected failures never throw. */
export type Result<T, E = Failure> = Ok<T> | Err<E>;
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

/** Wraps a value as a success. `ok()` without an argument is a success that carries nothing. */
export function ok(): Ok<void>;
export function ok<T>(value: T): Ok<T>;
export function ok<T>(value?: T): Ok<T | undefined> {
  return { ok: true, value };
}

/** Wraps an error as a failure. */
export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}

/** `err(failure(…))` in one word: the usual way to leave a function with an expected failure. */
export function fail(code: ErrorCode, detail?: FailureDetail, cause?: Failure): Err<Failure> {
  return err(failure(code, detail, cause));
}

/** The value of a result that can only be a failure by a bug or in a test: throws with the code and the detail. */
export function unwrap<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value;
  throw new Error(`unexpected failure: ${JSON.stringify(result.error)}`);
}
