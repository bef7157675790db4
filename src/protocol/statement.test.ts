import { sign, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createAuthority, TLS_USAGE } from "../../test/support/signing-parties.ts";
import { joinFields } from "./encoding.ts";
import { tags } from "./roles.ts";
import {
  CLOCK_TOLERANCE_MS,
  openStatement,
  parseJson,
  type SignedStatement,
  type Signer,
  signStatement,
  statementHash,
  subjectOf,
  verifySignature,
} from "./statement.ts";

const NOW_MS = Date.UTC(2026, 10, 24);
const body = z.strictObject({ requestId: z.string(), yen: z.int() });
const BODY = { requestId: "r1", yen: 300 };
const authority = createAuthority("municipality authority");
const gate = authority.signer("gate", "131016");
const trust = { authorities: [authority.certificate], nowMs: NOW_MS };
const expected = { tag: tags.release, schema: body, role: "gate", party: "131016" } as const;
const open = (signed: SignedStatement, nowMs = NOW_MS) => openStatement(signed, expected, { ...trust, nowMs });
const codeOf = (signed: SignedStatement, nowMs = NOW_MS) => {
  const opened = open(signed, nowMs);
  return opened.ok ? "believed" : opened.error.code;
};

/** Made by openssl: `openssl dgst -sha256 -sign` over the joined bytes, DER turned into r ‖ s. */
const GOLDEN: SignedStatement = {
  statement: "eyJyZXF1ZXN0SWQiOiJyMSIsInllbiI6MzAwfQ",
  signature: "bFsH4UOaer1h5XQruEZ7FDfc4hL5zkqnDZq-7kbXWaqFvOnRIhxIHtLMXd526-BSUaAp_nbODEyL1zDy9ShcEA",
  certificate:
    "MIIBtzCCAV2gAwIBAgIUAY0LKDQ8_lwAfB2MFIQbhWdU7WkwCgYIKoZIzj0EAwIwMTEPMA0GA1UECgwGMTMxMDE2MQ0wCwYDVQQLDARnYXRlMQ8wDQYDVQQDDAZnb2xkZW4wHhcNMjYxMTIzMTgzNDM0WhcNNDYxMTE4MTgzNDM0WjAxMQ8wDQYDVQQKDAYxMzEwMTYxDTALBgNVBAsMBGdhdGUxDzANBgNVBAMMBmdvbGRlbjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJuzn5eai9yJ6nLQEouo4zRNFu5S8I8uHuRQXv8_MiHaFFI1sD7wcW4yU3QqrPEQT2epIbEB6EIQGEj2Oj-CaW6jUzBRMB0GA1UdDgQWBBSF6lcepGrSQUZ_jFvaPZtqqHVa3DAfBgNVHSMEGDAWgBSF6lcepGrSQUZ_jFvaPZtqqHVa3DAPBgNVHRMBAf8EBTADAQH_MAoGCCqGSM49BAMCA0gAMEUCIQDQ_3V-pDWWD4PrVy7HACdIUNpOvWTmO0CC3auEFiP68wIgbWp2hQqxadQz-Zyqjoh5R9Y1LRi3H7QP9BceE_dghG8",
};

describe("a signed statement", () => {
  it("that openssl signed is believed here", () => {
    const certificate = new X509Certificate(Buffer.from(GOLDEN.certificate, "base64url"));
    expect(verifySignature(GOLDEN, tags.release, certificate).ok).toBe(true);
    expect(verifySignature(GOLDEN, tags.centre, certificate).ok).toBe(false);
    expect(statementHash(GOLDEN)).toBe("BjJc00Og-lbx9VfrVM6P_FJIR4AlcPxcIGtPCjdgNkc");
    const whole = openStatement(GOLDEN, expected, { authorities: [certificate], nowMs: NOW_MS });
    expect(whole).toMatchObject({ ok: true, value: { body: BODY, signer: { role: "gate", party: "131016" } } });
  });

  it("comes back with its body, its signer and its hash", () => {
    const signed = signStatement(tags.release, BODY, gate);
    expect(open(signed)).toMatchObject({
      ok: true,
      value: { body: BODY, signer: { role: "gate", party: "131016" }, hash: statementHash(signed) },
    });
  });

  it("has a hash of what was said, not of the signature", () => {
    const [a, b] = [signStatement(tags.release, BODY, gate), signStatement(tags.release, BODY, gate)];
    expect(a.signature).not.toBe(b.signature);
    expect(statementHash(a)).toBe(statementHash(b));
  });

  it("is worth nothing under another tag", () => {
    expect(codeOf(signStatement(tags.centre, BODY, gate))).toBe("K-BIND-101");
  });

  it("is worth nothing from another role, another party or another authority", () => {
    const by = (signer: Signer) => codeOf(signStatement(tags.release, BODY, signer));
    expect(by(authority.signer("attestor", "131016"))).toBe("K-BIND-102");
    expect(by(authority.signer("gate", "271004"))).toBe("K-BIND-102");
    expect(by(createAuthority("municipality authority").signer("gate", "131016"))).toBe("K-BIND-102");
  });

  it("is worth nothing from the key of a server's connections, whatever role its certificate names", () => {
    const server = authority.signer("gate", "131016", { extendedKeyUsage: TLS_USAGE });
    expect(codeOf(signStatement(tags.release, BODY, server))).toBe("K-BIND-102");
  });

  it("is worth nothing from a signer that another signer vouches for", () => {
    const leaf = createAuthority("leaf");
    const viaGate = authority.signer("gate", "131016");
    expect(
      openStatement(signStatement(tags.release, BODY, leaf.signer("gate", "131016")), expected, {
        authorities: [authority.certificate, viaGate.certificate],
        nowMs: NOW_MS,
      }).ok,
    ).toBe(false);
  });

  it("is worth nothing with another key behind the same certificate", () => {
    const thief = authority.signer("gate", "131016");
    expect(codeOf(signStatement(tags.release, BODY, { ...gate, key: thief.key }))).toBe("K-BIND-101");
  });

  it("needs a key on P-256, and does not throw on another", () => {
    const rsa = authority.card();
    const statement = Buffer.from(JSON.stringify(BODY));
    const signed: SignedStatement = {
      statement: statement.toString("base64url"),
      signature: sign("sha256", joinFields(tags.release, statement), rsa.key).subarray(0, 64).toString("base64url"),
      certificate: rsa.certificate.raw.toString("base64url"),
    };
    expect(verifySignature(signed, tags.release, rsa.certificate)).toMatchObject({ error: { code: "K-BIND-101" } });
  });

  it("is worth nothing outside its certificate's dates, some minutes of two clocks aside", () => {
    const notBeforeMs = NOW_MS;
    const notAfterMs = NOW_MS + 3_600_000;
    const signed = signStatement(tags.release, BODY, authority.signer("gate", "131016", { notBeforeMs, notAfterMs }));
    expect(codeOf(signed, notBeforeMs - CLOCK_TOLERANCE_MS)).toBe("believed");
    expect(codeOf(signed, notBeforeMs - CLOCK_TOLERANCE_MS - 1)).toBe("K-BIND-104");
    expect(codeOf(signed, notAfterMs + CLOCK_TOLERANCE_MS)).toBe("believed");
    expect(codeOf(signed, notAfterMs + CLOCK_TOLERANCE_MS + 1)).toBe("K-BIND-104");
  });

  it("must have the agreed form, nothing more and nothing less", () => {
    for (const other of [{ requestId: "r1" }, { ...BODY, more: 1 }, { ...BODY, yen: 1.5 }, [], "text", null]) {
      expect(codeOf(signStatement(tags.release, other, gate))).toBe("K-BIND-103");
    }
  });

  it("is refused, not thrown at, when its parts are garbage", () => {
    const honest = signStatement(tags.release, BODY, gate);
    fc.assert(
      fc.property(
        fc.constantFrom("statement", "signature", "certificate"),
        fc.uint8Array({ maxLength: 200 }),
        (part, bytes) => {
          expect(open({ ...honest, [part]: Buffer.from(bytes).toString("base64url") }).ok).toBe(false);
        },
      ),
      { seed: 3 },
    );
  });

  it("says what is wrong with a body without saying the body", () => {
    const parsed = parseJson(Buffer.from('{"requestId":"r1","yen":"緑野花子"}'), body);
    expect(JSON.stringify(parsed)).not.toContain("緑野");
    expect(parsed).toMatchObject({ error: { code: "K-NET-104", detail: { key: "yen" } } });
  });
});

describe("a certificate's subject", () => {
  it("is read by the short names of its attributes", () => {
    expect(subjectOf(gate.certificate)).toMatchObject({ O: "131016", OU: "gate" });
  });
});
