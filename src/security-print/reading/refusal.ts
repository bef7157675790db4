import type { Failure, FailureDetail } from "../../kernel/errors/failure.ts";
import type { Err } from "../../kernel/result.ts";
import { fail } from "../../kernel/result.ts";

/** The one answer to whatever a form does not know: `K-BIND-136` with the page (from 1) and why, never what it says. */
export function refuse(page: number, why: string, more: FailureDetail = {}): Err<Failure> {
  return fail("K-BIND-136", { page: page + 1, why, ...more });
}
