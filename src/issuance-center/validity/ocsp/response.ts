import { createHash, verify, X509Certificate } from "node:crypto";
import {
  BasicOCSPResponse,
  type CertID,
  id_kp_OCSPSigning,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  OCSPResponse,
  OCSPResponseStatus,
  type ResponderID,
  type SingleResponse,
} from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { messageOf } from "../../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";
import { CLOCK_TOLERANCE_MS } from "../../../protocol/statement.ts";
import { sameBytes, sameCertId } from "./cert-id.ts";

/** What was asked, against which an answer is verified. */
export interface OcspExpectation {
  readonly certId: CertID;
  readonly authority: X509Certificate;
  readonly nonce: Uint8Array;
  readonly nowMs: number;
}

/** An answer without nextUpdate is believed for so long after its thisUpdate (RFC 6960 section 4.2.2.1). */
const MAX_AGE_WITHOUT_NEXT_UPDATE_MS = 10 * 60_000;
const MAX_CERTIFICATES = 4;

const signatureHashes: Readonly<Record<string, { hash: string; key: "rsa" | "ec" }>> = {
  "1.2.840.113549.1.1.11": { hash: "sha256", key: "rsa" },
  "1.2.840.113549.1.1.12": { hash: "sha384", key: "rsa" },
  "1.2.840.113549.1.1.13": { hash: "sha512", key: "rsa" },
  "1.2.840.10045.4.3.2": { hash: "sha256", key: "ec" },
  "1.2.840.10045.4.3.3": { hash: "sha384", key: "ec" },
  "1.2.840.10045.4.3.4": { hash: "sha512", key: "ec" },
};

/**
 * Verifies an OCSP answer (RFC 6960 section 3.2) and reads its verdict. `ok` means good. Errors: `K-CENT-115` not an
 * answer, `K-CENT-111` signer or signature, `K-CENT-113` nonce, `K-CENT-114` another certificate, `K-CENT-112` time,
 * `K-CENT-105` revoked, `K-CENT-106` unknown.
 */
export function verifyOcspResponse(der: Uint8Array, expected: OcspExpectation): Result<void> {
  const basic = parseBasic(der);
  if (!basic.ok) return basic;
  const signed = checkSignature(basic.value, expected);
  if (!signed.ok) return signed;
  const data = basic.value.tbsResponseData;
  if (!carriesNonce(basic.value, expected.nonce)) return fail("K-CENT-113");
  const single = data.responses.find((response) => sameCertId(response.certID, expected.certId));
  if (!single) return fail("K-CENT-114");
  const timely = checkTime(single, expected.nowMs);
  if (!timely.ok) return timely;
  if (single.certStatus.revoked) return fail("K-CENT-105");
  return single.certStatus.good === null ? ok() : fail("K-CENT-106");
}

function parseBasic(der: Uint8Array): Result<BasicOCSPResponse> {
  try {
    const response = AsnConvert.parse(der, OCSPResponse);
    if (response.responseStatus !== OCSPResponseStatus.successful) {
      return fail("K-CENT-115", { status: OCSPResponseStatus[response.responseStatus] ?? "unknown" });
    }
    const bytes = response.responseBytes;
    if (bytes?.responseType !== id_pkix_ocsp_basic) return fail("K-CENT-115", { why: "not a basic response" });
    return ok(AsnConvert.parse(bytes.response.buffer, BasicOCSPResponse));
  } catch (thrown) {
    return fail("K-CENT-115", { why: messageOf(thrown) });
  }
}

function checkSignature(basic: BasicOCSPResponse, expected: OcspExpectation): Result<void> {
  const algorithm = signatureHashes[basic.signatureAlgorithm.algorithm];
  const signed = basic.tbsResponseDataRaw;
  if (!algorithm || !signed) return fail("K-CENT-111", { why: "algorithm" });
  const responder = findResponder(basic, expected);
  if (!responder) return fail("K-CENT-111", { why: "no authorised responder" });
  if (responder.publicKey.asymmetricKeyType !== algorithm.key) return fail("K-CENT-111", { why: "algorithm" });
  const valid = verify(algorithm.hash, new Uint8Array(signed), responder.publicKey, new Uint8Array(basic.signature));
  return valid ? ok() : fail("K-CENT-111", { why: "signature" });
}

/**
 * The authority itself, or a certificate that the same authority (by its key) issued directly for OCSP signing
 * (RFC 6960 section 4.2.2.2), whichever the answer names as its responder.
 */
function findResponder(basic: BasicOCSPResponse, expected: OcspExpectation): X509Certificate | undefined {
  const { responderID } = basic.tbsResponseData;
  const candidates = [expected.authority];
  for (const one of (basic.certs ?? []).slice(0, MAX_CERTIFICATES)) {
    try {
      const certificate = new X509Certificate(Buffer.from(AsnConvert.serialize(one)));
      if (isDelegated(certificate, expected)) candidates.push(certificate);
    } catch {
      // A certificate that cannot be parsed vouches for nothing; the others still may.
    }
  }
  return candidates.find((certificate) => isNamedBy(certificate, responderID));
}

function isDelegated(certificate: X509Certificate, { authority, nowMs }: OcspExpectation): boolean {
  return (
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey) &&
    (certificate.keyUsage ?? []).includes(id_kp_OCSPSigning) &&
    nowMs >= certificate.validFromDate.getTime() &&
    nowMs <= certificate.validToDate.getTime()
  );
}

function isNamedBy(certificate: X509Certificate, id: ResponderID): boolean {
  const { subject, subjectPublicKeyInfo } = AsnConvert.parse(certificate.raw, Certificate).tbsCertificate;
  if (id.byKey) {
    const keyHash = createHash("sha1").update(new Uint8Array(subjectPublicKeyInfo.subjectPublicKey)).digest();
    return keyHash.equals(Buffer.from(id.byKey.buffer));
  }
  return id.byName ? sameBytes(AsnConvert.serialize(subject), AsnConvert.serialize(id.byName)) : false;
}

function carriesNonce(basic: BasicOCSPResponse, nonce: Uint8Array): boolean {
  const extension = basic.tbsResponseData.responseExtensions?.find((e) => e.extnID === id_pkix_ocsp_nonce);
  if (!extension) return false;
  try {
    return Buffer.from(AsnConvert.parse(extension.extnValue.buffer, OctetString).buffer).equals(nonce);
  } catch {
    return false;
  }
}

function checkTime(single: SingleResponse, nowMs: number): Result<void> {
  const thisUpdateMs = single.thisUpdate.getTime();
  const lastMs = single.nextUpdate?.getTime() ?? thisUpdateMs + MAX_AGE_WITHOUT_NEXT_UPDATE_MS;
  if (thisUpdateMs > nowMs + CLOCK_TOLERANCE_MS) return fail("K-CENT-112", { why: "thisUpdate is in the future" });
  if (lastMs < nowMs - CLOCK_TOLERANCE_MS) return fail("K-CENT-112", { why: "nextUpdate is over" });
  return ok();
}
