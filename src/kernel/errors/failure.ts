import { type ErrorCode, errorCatalogue } from "./catalogue.ts";

/** What a failure may tell about itself: plain values that are safe in a log. Never personal data. */
export type FailureDetail = Readonly<Record<string, string | number | boolean>>;

/** An expected failure: a stable code of the catalogue, safe details and, if there is one, the failure below it. */
export interface Failure {
  readonly code: ErrorCode;
  readonly detail?: FailureDetail;
  readonly cause?: Failure;
}

/** Builds a failure. `cause` keeps the chain, so that a fault never loses what it came from. */
export function failure(code: ErrorCode, detail?: FailureDetail, cause?: Failure): Failure {
  return { code, ...(detail ? { detail } : {}), ...(cause ? { cause } : {}) };
}

/** One line for a terminal or a log: code, cause as the catalogue states it, details, and the chain below. */
export function describeFailure(f: Failure): string {
  const detail = f.detail
    ? ` (${Object.entries(f.detail)
        .map(([k, v]) => `${k}=${v}`)
        .join(", ")})`
    : "";
  const below = f.cause ? `; because ${describeFailure(f.cause)}` : "";
  return `${f.code} ${errorCatalogue[f.code].cause}${detail}${below}`;
}

/** Text of an unknown thrown value, for a failure's detail. Only for errors of the platform, never of personal data. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
