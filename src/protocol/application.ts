import { type KeyObject, verify, X509Certificate } from "node:crypto";
import { z } from "zod";
import { fail, ok, type Result } from "../kernel/result.ts";
import { fromBase64Url, hashText, joinFields, sha256 } from "./encoding.ts";
import { tags } from "./roles.ts";
import { base64Url, hash256, municipalityCode, timeMs, uuid } from "./schema.ts";

/** Where the certificate is asked for: at the place of residence (住所地) or of the registered domicile (本籍地). */
export const relation = z.enum(["residence", "domicile"]);
export type Relation = z.infer<typeof relation>;

/** What the card signs (A, docs/binding.md 2), apart from the tag. */
export const applicationFields = z.strictObject({
  requestId: uuid,
  nonce: base64Url(32),
  municipality: municipalityCode,
  relation,
  /** H of the kiosk's device certificate. */
  kioskCertificateHash: hash256,
  /** E.pub: the session's sealing key. */
  sessionKey: base64Url(32),
  notAfterMs: timeMs,
});
export type ApplicationFields = z.infer<typeof applicationFields>;

/** A: the fields, the card's user-authentication certificate (DER) and its RSA PKCS#1 v1.5 SHA-256 signature. */
export const application = z.strictObject({
  fields: applicationFields,
  authCertificate: base64Url(4096),
  signature: base64Url(512),
});
export type Application = z.infer<typeof application>;

/** The bytes behind A. The card is given their SHA-256. */
export function applicationBytes(fields: ApplicationFields): Buffer {
  return joinFields(
    tags.application,
    fields.requestId,
    fromBase64Url(fields.nonce),
    fields.municipality,
    fields.relation,
    fromBase64Url(fields.kioskCertificateHash),
    fromBase64Url(fields.sessionKey),
    String(fields.notAfterMs),
  );
}

/** The 32 bytes that go to the card's SIGN command inside a DigestInfo. */
export function applicationDigest(fields: ApplicationFields): Buffer {
  return sha256(applicationBytes(fields));
}

/** H(A), by which S and M refer to the application. Covers the fields and the certificate, not the signature's bytes. */
export function applicationHash(a: Application): string {
  return hashText(joinFields(applicationBytes(a.fields), fromBase64Url(a.authCertificate)));
}

/** H(electronic certificate): the key of the municipality's link table. */
export function authCertificateHash(a: Application): string {
  return hashText(fromBase64Url(a.authCertificate));
}

/**
 * Verifies the card's signature of A. Chain and revocation are the issuance centre's to check (OCSP); this is what every
 * party repeats. Errors: `K-BIND-103` the certificate is not X.509 or its key unknown, `K-BIND-120` the signature does not verify.
 */
export function verifyApplication(a: Application): Result<X509Certificate> {
  let certificate: X509Certificate;
  let publicKey: KeyObject;
  try {
    certificate = new X509Certificate(fromBase64Url(a.authCertificate));
    // The key is decoded only now, and that throws by itself when its kind is unknown.
    publicKey = certificate.publicKey;
  } catch {
    return fail("K-BIND-103", { tag: tags.application });
  }
  if (publicKey.asymmetricKeyType !== "rsa") return fail("K-BIND-120", { why: "not an RSA key" });
  const valid = verify("sha256", applicationBytes(a.fields), publicKey, fromBase64Url(a.signature));
  return valid ? ok(certificate) : fail("K-BIND-120");
}
