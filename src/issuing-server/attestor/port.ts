import type { Result } from "../../kernel/result.ts";
import type { Application } from "../../protocol/application.ts";
import type { SignedStatement } from "../../protocol/statement.ts";
import type { Attested, Identified } from "./messages.ts";

/**
 * The register attestor (docs/binding.md 6) as the issuing server sees it: in a process of its own behind a unix socket,
 * or in the same process in a test.
 */
export interface Attestor {
  /**
   * Finds the resident of a card by H(electronic certificate) in the attestor's own link table, never by anything that the
   * request says. Asking again with the same A gives the same answer; with another A of the same request `K-BIND-118`.
   * `K-CERT-114` nobody by this card, `K-CERT-121` stale register, and what `checkApplication` and `isApplicable` refuse.
   */
  identify(application: Application): Promise<Result<Identified>>;
  /**
   * Checks A and S again, eligibility and freshness now, and signs R. Another S of the same request: `K-BIND-118`; a
   * household or link that changed since `identify`: `K-CERT-119`; refusals by the rules: `K-CERT-110` … `112`.
   */
  attest(application: Application, choice: SignedStatement): Promise<Result<Attested>>;
}
