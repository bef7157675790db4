import type { X509Certificate } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { findGeneration } from "./generations.ts";
import type { OcspClient } from "./ocsp/client.ts";
import { checkDates, checkProfile } from "./profile.ts";

/** ValidityVerification (有効性検証) of a citizen's certificate for user authentication (docs/binding.md 4). */
export interface ValidityVerification {
  /**
   * Chain by key identifier and signature, dates, profile, then OCSP; `ocspResponse` is the responder's DER. Errors:
   * `K-CENT-101` … `K-CENT-106`, and `K-CENT-110` … `K-CENT-115` when the responder cannot be believed: without a
   * verified "good" nobody gets anything.
   */
  verify(certificate: X509Certificate): Promise<Result<{ readonly generation: number; readonly ocspResponse: Buffer }>>;
}

/** The verification against pinned generations of the authority. */
export function createValidityVerification(options: {
  readonly authorities: readonly X509Certificate[];
  readonly ocsp: OcspClient;
  readonly clock: Pick<Clock, "nowMs">;
}): ValidityVerification {
  return {
    async verify(certificate) {
      const nowMs = options.clock.nowMs();
      const generation = findGeneration(certificate, options.authorities, nowMs);
      if (!generation.ok) return generation;
      const dates = checkDates(certificate, nowMs);
      if (!dates.ok) return dates;
      const profile = checkProfile(certificate);
      if (!profile.ok) return profile;
      const answer = await options.ocsp.check(certificate, generation.value.authority);
      return answer.ok ? ok({ generation: generation.value.index, ocspResponse: answer.value }) : answer;
    },
  };
}
