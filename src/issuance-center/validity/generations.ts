import type { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AuthorityKeyIdentifier,
  Certificate,
  id_ce_authorityKeyIdentifier,
  id_ce_subjectKeyIdentifier,
  SubjectKeyIdentifier,
} from "@peculiar/asn1-x509";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** A pinned generation of the certificate authority for user authentication. */
export interface Generation {
  /** Its place in the configuration, from 0. */
  readonly index: number;
  readonly authority: X509Certificate;
}

/**
 * The generation that issued a certificate. All generations have one name, so the name is not even looked at: the
 * authority key identifier chooses, and the signature decides. `K-CENT-101` when there is none, or the generation itself
 * is outside its dates.
 */
export function findGeneration(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  nowMs: number,
): Result<Generation> {
  const wanted = authorityKeyId(certificate);
  if (!wanted) return fail("K-CENT-101", { why: "no authority key identifier" });
  const index = authorities.findIndex((authority) => subjectKeyId(authority)?.equals(wanted));
  const authority = authorities[index];
  if (!authority) return fail("K-CENT-101", { why: "unknown authority key" });
  if (!certificate.verify(authority.publicKey)) return fail("K-CENT-101", { why: "signature", generation: index });
  if (nowMs < authority.validFromDate.getTime() || nowMs > authority.validToDate.getTime()) {
    return fail("K-CENT-101", { why: "the generation is outside its dates", generation: index });
  }
  return ok({ index, authority });
}

function authorityKeyId(certificate: X509Certificate): Buffer | undefined {
  const value = extensionValue(certificate, id_ce_authorityKeyIdentifier);
  if (!value) return undefined;
  try {
    const id = AsnConvert.parse(value, AuthorityKeyIdentifier).keyIdentifier;
    return id ? Buffer.from(id.buffer) : undefined;
  } catch {
    return undefined;
  }
}

function subjectKeyId(authority: X509Certificate): Buffer | undefined {
  const value = extensionValue(authority, id_ce_subjectKeyIdentifier);
  return value ? Buffer.from(AsnConvert.parse(value, SubjectKeyIdentifier).buffer) : undefined;
}

function extensionValue(certificate: X509Certificate, oid: string): ArrayBuffer | undefined {
  try {
    const { extensions } = AsnConvert.parse(certificate.raw, Certificate).tbsCertificate;
    return extensions?.find((e) => e.extnID === oid)?.extnValue.buffer;
  } catch {
    return undefined;
  }
}
