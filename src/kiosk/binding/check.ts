import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { type Failure, type FailureDetail, failure } from "../../kernel/errors/failure.ts";

/**
 * One check of the binding: what it is called, the code with which it refuses, and the check itself. Every check is needed:
 * for each one a test shows a lie that only this check stops (`checks.test.ts`).
 */
export interface BindingCheck<E> {
  readonly id: string;
  readonly code: ErrorCode;
  /** What does not fit, as details that are safe in a log; undefined when all is well. */
  readonly refutes: (evidence: E) => FailureDetail | undefined;
}

/** Runs checks in order; the first that refuses names the failure. */
export function firstRefusal<E>(checks: readonly BindingCheck<E>[], evidence: E): Failure | undefined {
  for (const check of checks) {
    const detail = check.refutes(evidence);
    if (detail) return failure(check.code, { check: check.id, ...detail });
  }
  return undefined;
}

/** The usual shape: a condition that must hold. */
export function mustHold<E>(id: string, code: ErrorCode, holds: (evidence: E) => boolean): BindingCheck<E> {
  return { id, code, refutes: (evidence) => (holds(evidence) ? undefined : {}) };
}

/** A condition that must hold for each of many; the refusal says for which (counted from 1). */
export function mustHoldForEach<E, T>(
  id: string,
  code: ErrorCode,
  each: (evidence: E) => readonly T[],
  holds: (one: T, evidence: E, index: number) => boolean,
): BindingCheck<E> {
  return {
    id,
    code,
    refutes: (evidence) => {
      const bad = each(evidence).findIndex((one, index) => !holds(one, evidence, index));
      return bad < 0 ? undefined : { which: bad + 1 };
    },
  };
}
