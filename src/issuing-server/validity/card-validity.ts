import { X509Certificate } from "node:crypto";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Application } from "../../protocol/application.ts";
import { fromBase64Url } from "../../protocol/encoding.ts";
import type { Trust } from "../../protocol/statement.ts";
import { verdictOf } from "./ocsp-answer.ts";

/**
 * The municipality's own look at the card's electronic certificate, since by law it is the verifier (docs/binding.md 4):
 * issued by a pinned generation of the authority (all have one name, so the key decides), in its dates, and good by an OCSP
 * answer of that generation, which the issuance centre forwards. The centre's word alone is worth nothing here.
 * `K-CERT-130` the certificate is not valid, `K-CERT-131` the answer cannot be believed.
 */
export function checkCardValidity(application: Application, ocspResponse: string, trust: Trust): Result<void> {
  const certificate = new X509Certificate(fromBase64Url(application.authCertificate));
  const authority = trust.authorities.find((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
  if (!authority) return fail("K-CERT-131", { why: "no pinned authority issued the certificate" });
  for (const link of [certificate, authority]) {
    if (trust.nowMs < link.validFromDate.getTime() || trust.nowMs > link.validToDate.getTime()) {
      return fail("K-CERT-130", { why: "outside its dates" });
    }
  }
  const verdict = verdictOf(fromBase64Url(ocspResponse), { certificate, authority, nowMs: trust.nowMs });
  if (!verdict.ok) return verdict;
  return verdict.value === "good" ? ok() : fail("K-CERT-130", { why: verdict.value });
}
