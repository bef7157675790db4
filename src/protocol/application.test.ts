import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority } from "../../test/support/signing-parties.ts";
import {
  type Application,
  type ApplicationFields,
  application,
  applicationBytes,
  applicationDigest,
  applicationHash,
  verifyApplication,
} from "./application.ts";

const b64 = (byte: number) => Buffer.alloc(32, byte).toString("base64url");
const FIELDS: ApplicationFields = {
  requestId: "0193c5a0-0000-7000-8000-000000000001",
  nonce: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString("base64url"),
  municipality: "131016",
  relation: "residence",
  kioskCertificateHash: b64(9),
  sessionKey: b64(7),
  notAfterMs: 1_764_000_000_000,
};
const authority = createAuthority("JPKI");
const card = authority.card();
const signedBy = (key = card.key, fields = FIELDS): Application => ({
  fields,
  authCertificate: card.certificate.raw.toString("base64url"),
  signature: sign("sha256", applicationBytes(fields), key).toString("base64url"),
});

describe("A, the application that the card signs", () => {
  it("has the agreed bytes", () => {
    // Golden: computed from the definition by another program (Python, hashlib and struct).
    expect(applicationDigest(FIELDS).toString("hex")).toBe(
      "2a2bbd4e9465c3b02f79b73004fb7077b18fb3bab2bae195a9302b53c7230140",
    );
    const certificate = Buffer.from("certificate").toString("base64url");
    expect(applicationHash({ fields: FIELDS, authCertificate: certificate, signature: "" })).toBe(
      "vbU_GEPWpe57ZDyNb0_OClVQdhTnqbCZwIEFTtjp42Y",
    );
  });

  it("verifies with the certificate that it carries", () => {
    expect(verifyApplication(signedBy())).toMatchObject({ ok: true });
    expect(application.safeParse(signedBy()).success).toBe(true);
  });

  it.each([
    ["request", { requestId: "0193c5a0-0000-7000-8000-000000000002" }],
    ["nonce", { nonce: b64(1) }],
    ["municipality", { municipality: "271004" }],
    ["relation", { relation: "domicile" }],
    ["kiosk", { kioskCertificateHash: b64(1) }],
    ["session key", { sessionKey: b64(1) }],
    ["end", { notAfterMs: FIELDS.notAfterMs + 1 }],
  ] as const)("does not verify with another %s, and has another hash", (_what, change) => {
    const honest = signedBy();
    const changed = { ...honest, fields: { ...FIELDS, ...change } };
    expect(verifyApplication(changed)).toMatchObject({ ok: false, error: { code: "K-BIND-120" } });
    expect(applicationHash(changed)).not.toBe(applicationHash(honest));
  });

  it("does not verify when another card signed", () => {
    expect(verifyApplication(signedBy(authority.card().key))).toMatchObject({ error: { code: "K-BIND-120" } });
  });

  it("is no RSA signature when the certificate has an EC key", () => {
    const kiosk = authority.signer("kiosk", "kiosk-1");
    const fake = { ...signedBy(), authCertificate: kiosk.certificate.raw.toString("base64url") };
    expect(verifyApplication(fake)).toMatchObject({ ok: false, error: { code: "K-BIND-120" } });
  });

  it("is refused with something that is no certificate", () => {
    expect(verifyApplication({ ...signedBy(), authCertificate: "AAAA" })).toMatchObject({
      error: { code: "K-BIND-103" },
    });
  });

  it("is refused, not thrown at, with a certificate whose key nobody knows", () => {
    const der = Buffer.from(card.certificate.raw);
    // The last byte of the object identifier rsaEncryption in the certificate's SubjectPublicKeyInfo.
    const rsaEncryption = Buffer.from("2a864886f70d010101", "hex");
    der[der.lastIndexOf(rsaEncryption) + rsaEncryption.length - 1] = 0x7f;
    expect(verifyApplication({ ...signedBy(), authCertificate: der.toString("base64url") })).toMatchObject({
      error: { code: "K-BIND-103" },
    });
  });

  it("names its certificate in its hash, not its signature's bytes", () => {
    const honest = signedBy();
    expect(applicationHash({ ...honest, signature: b64(1) })).toBe(applicationHash(honest));
    const other = authority.card().certificate.raw.toString("base64url");
    expect(applicationHash({ ...honest, authCertificate: other })).not.toBe(applicationHash(honest));
  });
});
