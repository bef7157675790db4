import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from "node:crypto";
import { z } from "zod";
import { messageOf } from "../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { fromBase64Url, hashText, joinFields, toBase64Url } from "./encoding.ts";
import type { SignerIdentity, SignerRole, StatementTag } from "./roles.ts";
import { base64Url } from "./schema.ts";

/**
 * A signed statement (S, R, M, C, P and every message's envelope): the exact bytes of a JSON text, an ECDSA P-256 /
 * SHA-256 signature (IEEE P1363 form) over `tag ‖ bytes`, and the signer's X.509 certificate. The bytes that were signed
 * are the bytes that are parsed, so there is no canonical form to disagree about.
 */
export const signedStatement = z.strictObject({
  statement: base64Url(16_000_000),
  signature: base64Url(64),
  certificate: base64Url(4096),
});
export type SignedStatement = z.infer<typeof signedStatement>;

/** A private key with the certificate that vouches for it. */
export interface Signer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** A signer from PEM texts. Throws when they do not belong together: a bug of the installation. */
export function signerFromPem(certificatePem: string, keyPem: string): Signer {
  const certificate = new X509Certificate(certificatePem);
  const key = createPrivateKey(keyPem);
  if (!certificate.checkPrivateKey(key)) throw new Error("the private key does not belong to the certificate");
  return { certificate, key };
}

/** Signs a body under a tag. */
export function signStatement(tag: StatementTag, body: unknown, signer: Signer): SignedStatement {
  const statement = Buffer.from(JSON.stringify(body), "utf8");
  const signature = sign("sha256", joinFields(tag, statement), { key: signer.key, dsaEncoding: "ieee-p1363" });
  return {
    statement: toBase64Url(statement),
    signature: toBase64Url(signature),
    certificate: toBase64Url(signer.certificate.raw),
  };
}

/** Which signers a verifier accepts, and since when it believes certificates to be valid. */
export interface Trust {
  /** Certificate authorities pinned in the verifier's own configuration, never supplied by a peer. */
  readonly authorities: readonly X509Certificate[];
  readonly nowMs: number;
}

/** How far two clocks may differ before a certificate's dates are doubted. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** A statement that was verified: its body, who signed it, and its hash H(·) for the statements that refer to it. */
export interface OpenedStatement<T> {
  readonly body: T;
  readonly signer: SignerIdentity;
  readonly certificate: X509Certificate;
  readonly hash: string;
}

/** H(·) of a signed statement: over the signed bytes, not over the signature (ECDSA signatures are malleable). */
export function statementHash(signed: SignedStatement): string {
  return hashText(fromBase64Url(signed.statement));
}

/**
 * Verifies a statement: `checkStatementSigner` (chain to a pinned authority, dates, role, and party if given), signature
 * under the tag, and the form of the body. Errors: `K-BIND-101` signature, `K-BIND-102` signer, `K-BIND-103` form,
 * `K-BIND-104` dates.
 */
export function openStatement<S extends z.ZodType>(
  signed: SignedStatement,
  expected: { tag: StatementTag; schema: S; role: SignerRole; party?: string },
  trust: Trust,
): Result<OpenedStatement<z.output<S>>> {
  const what = { tag: expected.tag };
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(fromBase64Url(signed.certificate));
  } catch (thrown) {
    return fail("K-BIND-103", { ...what, why: messageOf(thrown) });
  }
  const identity = checkStatementSigner(certificate, expected, trust);
  if (!identity.ok) return identity;
  const genuine = verifySignature(signed, expected.tag, certificate);
  if (!genuine.ok) return genuine;
  const bytes = fromBase64Url(signed.statement);
  const body = parseJson(bytes, expected.schema);
  if (!body.ok) return fail("K-BIND-103", what, body.error);
  return ok({ body: body.value, signer: identity.value, certificate, hash: hashText(bytes) });
}

/** Verifies the signature under a tag with the key of a certificate, whoever that is. `K-BIND-101`. */
export function verifySignature(
  signed: SignedStatement,
  tag: StatementTag,
  certificate: X509Certificate,
): Result<void> {
  const { publicKey: key } = certificate;
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") return fail("K-BIND-101", { tag, why: "not a P-256 key" });
  const valid = verify(
    "sha256",
    joinFields(tag, fromBase64Url(signed.statement)),
    { key, dsaEncoding: "ieee-p1363" },
    fromBase64Url(signed.signature),
  );
  return valid ? ok() : fail("K-BIND-101", { tag });
}

/** Checks that a certificate chains to a pinned authority, is in its dates, and has the expected role and party. */
export function checkSigner(
  certificate: X509Certificate,
  expected: { role: SignerRole; party?: string },
  trust: Trust,
): Result<SignerIdentity> {
  const what = { role: expected.role };
  const issuer = trust.authorities.find((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
  if (!issuer) return fail("K-BIND-102", { ...what, why: "no pinned authority issued the certificate" });
  for (const link of [certificate, issuer]) {
    if (trust.nowMs < link.validFromDate.getTime() - CLOCK_TOLERANCE_MS) return fail("K-BIND-104", what);
    if (trust.nowMs > link.validToDate.getTime() + CLOCK_TOLERANCE_MS) return fail("K-BIND-104", what);
  }
  const subject = subjectOf(certificate);
  if (subject.OU !== expected.role || !subject.O) return fail("K-BIND-102", { ...what, why: "another role" });
  if (expected.party !== undefined && subject.O !== expected.party) {
    return fail("K-BIND-102", { ...what, why: "another party" });
  }
  return ok({ role: expected.role, party: subject.O });
}

/** id-kp-serverAuth (RFC 5280, section 4.2.1.12). */
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

/**
 * `checkSigner`, and that the certificate is not one of a server's connections: a centre's TLS key lies on more machines
 * than the key that signs C, and its certificate names the same role.
 */
export function checkStatementSigner(
  certificate: X509Certificate,
  expected: { role: SignerRole; party?: string },
  trust: Trust,
): Result<SignerIdentity> {
  if (certificate.keyUsage?.includes(SERVER_AUTHENTICATION)) {
    return fail("K-BIND-102", { role: expected.role, why: "a certificate of a server's connections" });
  }
  return checkSigner(certificate, expected, trust);
}

/** The attributes of a certificate's subject by their short names; of a repeated attribute the last. */
export function subjectOf(certificate: X509Certificate): Readonly<Record<string, string>> {
  return Object.fromEntries(
    certificate.subject
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** Parses JSON bytes against a schema: `K-NET-104` names the first thing that is wrong, never the value. */
export function parseJson<S extends z.ZodType>(bytes: Uint8Array, schema: S): Result<z.output<S>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return fail("K-NET-104", { why: "not JSON" });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return fail("K-NET-104", { key: issue?.path.join(".") ?? "", allowed: issue?.message ?? "" });
}

/** H(certificate): SHA-256 over its DER, as base64url. */
export function certificateHash(certificate: X509Certificate): string {
  return hashText(certificate.raw);
}
