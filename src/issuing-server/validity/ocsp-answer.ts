import { createHash, verify, X509Certificate } from "node:crypto";
import {
  BasicOCSPResponse,
  type CertID,
  id_kp_OCSPSigning,
  id_pkix_ocsp_basic,
  OCSPResponse,
  OCSPResponseStatus,
  type SingleResponse,
} from "@peculiar/asn1-ocsp";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { CLOCK_TOLERANCE_MS } from "../../protocol/statement.ts";

/** Which certificate the answer must speak of, and when. */
export interface OcspQuestion {
  readonly certificate: X509Certificate;
  readonly authority: X509Certificate;
  readonly nowMs: number;
}

/** RFC 6960 section 2.2. */
export type OcspVerdict = "good" | "revoked" | "unknown";

/** An answer without nextUpdate is believed for so long. */
const MAX_AGE_MS = 10 * 60_000;
const MAX_DELEGATES = 4;
const SIGNATURE_HASHES: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
};
const ID_HASHES: Readonly<Record<string, string>> = { "1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256" };

/**
 * Verifies a forwarded OCSP answer (RFC 6960 section 3.2) and reads what it says of a certificate. The nonce is the asking
 * centre's affair; a forwarded answer is judged by its times. `K-CERT-131` names what makes it worthless.
 */
export function verdictOf(der: Uint8Array, question: OcspQuestion): Result<OcspVerdict> {
  const basic = parse(der);
  if (!basic.ok) return basic;
  const signature = checkSignature(basic.value, question);
  if (!signature.ok) return signature;
  const single = basic.value.tbsResponseData.responses.find((r) => isAbout(r.certID, question));
  if (!single) return unbelievable("it speaks of another certificate");
  const timely = checkTime(single, question.nowMs);
  if (!timely.ok) return timely;
  if (single.certStatus.revoked) return ok("revoked");
  return ok(single.certStatus.good === null ? "good" : "unknown");
}

function unbelievable(why: string): Result<never> {
  return fail("K-CERT-131", { why });
}

function parse(der: Uint8Array): Result<BasicOCSPResponse> {
  try {
    const response = AsnConvert.parse(der, OCSPResponse);
    if (response.responseStatus !== OCSPResponseStatus.successful) return unbelievable("it is no answer");
    if (response.responseBytes?.responseType !== id_pkix_ocsp_basic) return unbelievable("it is no basic answer");
    return ok(AsnConvert.parse(response.responseBytes.response.buffer, BasicOCSPResponse));
  } catch (thrown) {
    return unbelievable(messageOf(thrown));
  }
}

/** The signer is the authority or whom it delegated to; which of them, the signature itself tells. */
function checkSignature(basic: BasicOCSPResponse, question: OcspQuestion): Result<void> {
  const hash = SIGNATURE_HASHES[basic.signatureAlgorithm.algorithm];
  const signed = basic.tbsResponseDataRaw;
  if (!hash || !signed) return unbelievable("its signature is of an unknown kind");
  const signers = [question.authority, ...delegates(basic, question)];
  const valid = signers.some((s) => {
    try {
      return verify(hash, new Uint8Array(signed), s.publicKey, new Uint8Array(basic.signature));
    } catch {
      // A key of another kind than the signature's: not its signer.
      return false;
    }
  });
  return valid ? ok() : unbelievable("nobody whom the authority delegated to signed it");
}

/** Certificates in the answer that the same authority issued for OCSP signing (RFC 6960 section 4.2.2.2). */
function delegates(basic: BasicOCSPResponse, { authority, nowMs }: OcspQuestion): X509Certificate[] {
  return (basic.certs ?? []).slice(0, MAX_DELEGATES).flatMap((one) => {
    try {
      const certificate = new X509Certificate(Buffer.from(AsnConvert.serialize(one)));
      const delegated =
        certificate.checkIssued(authority) &&
        certificate.verify(authority.publicKey) &&
        (certificate.keyUsage ?? []).includes(id_kp_OCSPSigning) &&
        nowMs >= certificate.validFromDate.getTime() &&
        nowMs <= certificate.validToDate.getTime();
      return delegated ? [certificate] : [];
    } catch {
      return [];
    }
  });
}

function isAbout(id: CertID, { certificate, authority }: OcspQuestion): boolean {
  const hashName = ID_HASHES[id.hashAlgorithm.algorithm];
  if (!hashName) return false;
  const { serialNumber } = AsnConvert.parse(certificate.raw, Certificate).tbsCertificate;
  const { subject, subjectPublicKeyInfo } = AsnConvert.parse(authority.raw, Certificate).tbsCertificate;
  const digest = (bytes: ArrayBuffer) => createHash(hashName).update(new Uint8Array(bytes)).digest();
  return (
    Buffer.from(id.serialNumber).equals(Buffer.from(serialNumber)) &&
    digest(AsnConvert.serialize(subject)).equals(Buffer.from(id.issuerNameHash.buffer)) &&
    digest(subjectPublicKeyInfo.subjectPublicKey).equals(Buffer.from(id.issuerKeyHash.buffer))
  );
}

function checkTime(single: SingleResponse, nowMs: number): Result<void> {
  const thisUpdateMs = single.thisUpdate.getTime();
  const lastMs = single.nextUpdate?.getTime() ?? thisUpdateMs + MAX_AGE_MS;
  if (thisUpdateMs > nowMs + CLOCK_TOLERANCE_MS) return unbelievable("it is of the future");
  if (nowMs > lastMs + CLOCK_TOLERANCE_MS) return unbelievable("it is out of date");
  return ok();
}
