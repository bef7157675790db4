import type { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Certificate,
  CertificatePolicies,
  type Extension,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
} from "@peculiar/asn1-x509";
import { type Failure, messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** The policy of electronic certificates for user authentication; one for signatures has another. */
export const USER_AUTH_POLICY = "1.2.392.200149.8.5.1.3.30";

const MIN_RSA_BITS = 2048;
/** Critical extensions that this check understands (RFC 5280 section 4.2: any other critical one must refuse). */
const understood: ReadonlySet<string> = new Set([
  id_ce_keyUsage,
  id_ce_certificatePolicies,
  id_ce_basicConstraints,
  id_ce_subjectAltName,
]);

/** Dates of a citizen's certificate, exactly: `K-CENT-102` expired, `K-CENT-103` not valid yet. */
export function checkDates(certificate: X509Certificate, nowMs: number): Result<void> {
  if (nowMs < certificate.validFromDate.getTime()) return fail("K-CENT-103");
  if (nowMs > certificate.validToDate.getTime()) return fail("K-CENT-102");
  return ok();
}

/**
 * The profile of certificates for user authentication: an RSA key of 2048 bits or more, key usage digitalSignature and
 * nothing else, the policy above, no authority. `K-CENT-104` names what differs.
 */
export function checkProfile(certificate: X509Certificate): Result<void> {
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (certificate.publicKey.asymmetricKeyType !== "rsa" || bits < MIN_RSA_BITS) return otherwise("key");
  if (certificate.ca) return otherwise("an authority's certificate");
  try {
    return checkExtensions(AsnConvert.parse(certificate.raw, Certificate).tbsCertificate.extensions ?? []);
  } catch (thrown) {
    return otherwise(messageOf(thrown));
  }
}

function checkExtensions(extensions: readonly Extension[]): Result<void> {
  const unknown = extensions.find((e) => e.critical && !understood.has(e.extnID));
  if (unknown) return otherwise(`critical extension ${unknown.extnID}`);
  const value = (oid: string) => extensions.find((e) => e.extnID === oid)?.extnValue.buffer;
  const usage = value(id_ce_keyUsage);
  const uses = usage ? AsnConvert.parse(usage, KeyUsage).toJSON() : [];
  if (uses.length !== 1 || uses[0] !== "digitalSignature") return otherwise("key usage");
  const policies = value(id_ce_certificatePolicies);
  const known = policies
    ? AsnConvert.parse(policies, CertificatePolicies).some((p) => p.policyIdentifier === USER_AUTH_POLICY)
    : false;
  return known ? ok() : otherwise("policy");
}

function otherwise(why: string): { readonly ok: false; readonly error: Failure } {
  return fail("K-CENT-104", { why });
}
