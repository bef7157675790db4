import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { type OpensslOcsp, startOpensslOcsp } from "../../../test/support/openssl-ocsp.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { unwrap } from "../../kernel/result.ts";
import { type OcspMisbehaviour, ocspAnswer } from "../../town/ocsp/answer.ts";
import { type OcspResponder, ocspGenerations, startOcspResponder } from "../../town/ocsp/responder.ts";
import { makeCertificate } from "../../town/pki/certificate-maker.ts";
import { makeCitizenCertificate, USER_AUTH_POLICY } from "../../town/pki/citizens.ts";
import { ensureTownPki, JPKI_AUTHORITY_NAME, type TownPki } from "../../town/pki/town-pki.ts";
import { certIdOf } from "./ocsp/cert-id.ts";
import { createOcspClient } from "./ocsp/client.ts";
import { ocspRequest } from "./ocsp/request.ts";
import { verifyOcspResponse } from "./ocsp/response.ts";
import { createValidityVerification, type ValidityVerification } from "./validity.ts";

const folder = mkdtempSync(join(tmpdir(), "validity-"));
const clock = createFakeClock();
let pki: TownPki;
let authorities: X509Certificate[];
let responder: OcspResponder;
let validity: ValidityVerification;

function verifier(url: string, nowClock = clock): ValidityVerification {
  const ocsp = createOcspClient({ url, timeoutMs: 5_000, clock: nowClock });
  return createValidityVerification({ authorities, ocsp, clock: nowClock });
}

beforeAll(async () => {
  pki = await ensureTownPki(folder, { municipalities: [], kiosks: [] });
  authorities = pki.authorities.jpki.map((file) => new X509Certificate(readFileSync(file)));
  const options = { unlisted: "unknown", port: 0, clock, logger: silentLogger } as const;
  responder = unwrap(await startOcspResponder({ generations: ocspGenerations(pki), ...options }));
  validity = verifier(responder.url);
});
afterAll(async () => {
  await responder.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => responder.misbehave(undefined));

async function citizen(ca: 0 | 1 | 2, serial: string, more: { notAfterMs?: number; notBeforeMs?: number } = {}) {
  responder.setStatus({ generation: ca, serial }, "good");
  return (await makeCitizenCertificate(pki, { ca, serial, ...more })).certificate;
}

async function codeOf(certificate: X509Certificate, by = validity): Promise<string> {
  const verified = await by.verify(certificate);
  return verified.ok ? "good" : verified.error.code;
}

describe("the certificate's own checks", () => {
  it.each([0, 1, 2] as const)("accepts generation %i, found by its key", async (ca) => {
    const verified = unwrap(await validity.verify(await citizen(ca, `10${ca}0`)));
    expect(verified.generation).toBe(ca);
    expect(verified.ocspResponse.length).toBeGreaterThan(100);
  });

  it("refuses an expired certificate and one that is not valid yet", async () => {
    const notAfterMs = clock.nowMs() - 1_000;
    expect(await codeOf(await citizen(0, "1101", { notAfterMs }))).toBe("K-CENT-102");
    const notBeforeMs = clock.nowMs() + 1_000;
    expect(await codeOf(await citizen(0, "1102", { notBeforeMs }))).toBe("K-CENT-103");
  });

  it("refuses another policy, another key usage, and an authority", async () => {
    const signing = await makeCitizenCertificate(pki, {
      ca: 0,
      serial: "1201",
      policies: ["1.2.392.200149.8.5.1.1.30"],
    });
    expect(await codeOf(signing.certificate)).toBe("K-CENT-104");
    const authority = await makeCitizenCertificate(pki, { ca: 0, serial: "1202", usage: "authority" });
    expect(await codeOf(authority.certificate)).toBe("K-CENT-104");
  });

  it("refuses a foreign authority of the same name", async () => {
    const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const life = { notBeforeMs: Date.UTC(2025, 0, 1), notAfterMs: Date.UTC(2040, 0, 1) };
    const profile = { ...life, serial: Buffer.of(0x13), subject: JPKI_AUTHORITY_NAME, usage: "authority" } as const;
    const authority = makeCertificate(profile, foreign.publicKey, { selfKey: foreign.privateKey });
    const subject = [["CN", "OPAQUE"]] as const;
    const leaf = {
      ...life,
      serial: Buffer.of(0x14),
      subject,
      usage: "signature",
      policies: [USER_AUTH_POLICY],
    } as const;
    const key = createPublicKey(readFileSync(join(folder, "citizens", readAnyPoolKey())));
    const certificate = makeCertificate(leaf, key, { certificate: authority, key: foreign.privateKey });
    expect(certificate.issuer).toBe(authorities[0]?.subject);
    expect(await codeOf(certificate)).toBe("K-CENT-101");
  });

  it("refuses a foreign signature that claims a pinned generation's key identifier", async () => {
    const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const [pinned] = authorities;
    if (!pinned) throw new Error("no generation");
    const life = { notBeforeMs: Date.UTC(2025, 0, 1), notAfterMs: Date.UTC(2040, 0, 1) };
    const subject = [["CN", "OPAQUE"]] as const;
    const leaf = {
      ...life,
      serial: Buffer.of(0x15),
      subject,
      usage: "signature",
      policies: [USER_AUTH_POLICY],
    } as const;
    const key = createPublicKey(readFileSync(join(folder, "citizens", readAnyPoolKey())));
    const certificate = makeCertificate(leaf, key, { certificate: pinned, key: foreign.privateKey });
    expect(certificate.checkIssued(pinned)).toBe(true);
    const verified = await validity.verify(certificate);
    expect(verified).toMatchObject({ ok: false, error: { code: "K-CENT-101", detail: { why: "signature" } } });
  });
});

/** One key file of the town's pool; some test before has made it. */
function readAnyPoolKey(): string {
  const all = Array.from({ length: 8 }, (_, i) => `${i}.key.pem`);
  const found = all.find((name) => {
    try {
      createPrivateKey(readFileSync(join(folder, "citizens", name)));
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error("no key in the pool");
  return found;
}

describe("OCSP", () => {
  it("refuses revoked and unknown certificates, each by its own code", async () => {
    const revoked = await citizen(1, "2001");
    responder.setStatus({ generation: 1, serial: "2001" }, "revoked");
    expect(await codeOf(revoked)).toBe("K-CENT-105");
    expect(await codeOf((await makeCitizenCertificate(pki, { ca: 1, serial: "2002" })).certificate)).toBe("K-CENT-106");
  });

  it("keeps generations apart: a serial revoked under one is good under another", async () => {
    const old = await citizen(0, "2003");
    const young = await citizen(2, "2003");
    responder.setStatus({ generation: 0, serial: "2003" }, "revoked");
    expect([await codeOf(old), await codeOf(young)]).toEqual(["K-CENT-105", "good"]);
  });

  it.each([
    ["unreachable", "K-CENT-110"],
    ["wrongSigner", "K-CENT-111"],
    ["brokenSignature", "K-CENT-111"],
    ["stale", "K-CENT-112"],
    ["fromTheFuture", "K-CENT-112"],
    ["wrongNonce", "K-CENT-113"],
    ["noNonce", "K-CENT-113"],
    ["otherCertificate", "K-CENT-114"],
    ["tryLater", "K-CENT-115"],
    ["notAsn1", "K-CENT-115"],
  ] satisfies [OcspMisbehaviour, string][])("fails closed when the responder is %s", async (how, code) => {
    const certificate = await citizen(2, "2100");
    responder.misbehave(how);
    expect(await codeOf(certificate)).toBe(code);
  });

  it("fails closed when nothing listens", async () => {
    expect(await codeOf(await citizen(0, "2200"), verifier("http://127.0.0.1:9/"))).toBe("K-CENT-110");
  });
});

describe("byte soup", () => {
  it("never makes the verifier or the responder throw", async () => {
    const certificate = await citizen(0, "2300");
    const [authority] = authorities;
    if (!authority) throw new Error("no generation");
    const certId = certIdOf(certificate, authority);
    const expected = { certId, authority, nonce: Buffer.alloc(32), nowMs: clock.nowMs() };
    const request = ocspRequest(certId, Buffer.alloc(32));
    const context = { generations: ocspGenerations(pki), nowMs: clock.nowMs(), misbehaviour: undefined };
    const answer = ocspAnswer(request, { ...context, statusOf: () => "good" });
    expect(verifyOcspResponse(answer, expected).ok).toBe(true);
    const bent = (bytes: Buffer) =>
      fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const copy = Buffer.from(bytes);
        copy.writeUInt8((copy.readUInt8(at) + by) % 256, at);
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), bent(answer)), (bytes) => {
        verifyOcspResponse(bytes, expected);
      }),
      { numRuns: 300, seed: 1 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), bent(request)), (bytes) => {
        expect(ocspAnswer(bytes, { ...context, statusOf: () => "good" }).length).toBeLessThan(4_096);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it("no altered byte turns a revoked certificate into a good one", async () => {
    const certificate = await citizen(0, "2301");
    const [authority] = authorities;
    if (!authority) throw new Error("no generation");
    const certId = certIdOf(certificate, authority);
    const expected = { certId, authority, nonce: Buffer.alloc(32), nowMs: clock.nowMs() };
    const context = { generations: ocspGenerations(pki), nowMs: clock.nowMs(), misbehaviour: undefined };
    const answer = ocspAnswer(ocspRequest(certId, Buffer.alloc(32)), { ...context, statusOf: () => "revoked" });
    fc.assert(
      fc.property(fc.nat(answer.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const copy = Buffer.from(answer);
        copy.writeUInt8((copy.readUInt8(at) + by) % 256, at);
        expect(verifyOcspResponse(copy, expected).ok).toBe(false);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe("against openssl's own responder", () => {
  const real = createFakeClock(Date.now());
  let foreign: OpensslOcsp;
  let good: X509Certificate;
  let revoked: X509Certificate;
  let unlisted: X509Certificate;

  beforeAll(async () => {
    good = await citizen(1, "31A0");
    revoked = await citizen(1, "31A1");
    unlisted = await citizen(1, "31A2");
    foreign = await startOpensslOcsp(pki.jpki[1], [
      { serial: "31A0", status: "good" },
      { serial: "31A1", status: "revoked" },
    ]);
  });
  afterAll(() => foreign.stop());

  it("reads good, revoked and unknown from its bytes", async () => {
    const codes = [];
    for (const one of [good, revoked, unlisted]) codes.push(await codeOf(one, verifier(foreign.url, real)));
    expect(codes).toEqual(["good", "K-CENT-105", "K-CENT-106"]);
  });

  it("does not believe it about another generation of the same name", async () => {
    expect(await codeOf(await citizen(2, "31A0"), verifier(foreign.url, real))).toBe("K-CENT-111");
  });

  it("believes the authority itself, and nobody whom it did not delegate to", async () => {
    const index = [{ serial: "31A0", status: "good" }] as const;
    const own = await startOpensslOcsp(pki.jpki[1], index, pki.jpki[1].authority);
    const somebody = await makeCitizenCertificate(pki, { ca: 1, serial: "31A3" });
    const files = { certificate: join(folder, "somebody.pem"), key: join(folder, "somebody.key.pem") };
    writeFileSync(files.certificate, somebody.certificate.toString());
    writeFileSync(files.key, somebody.keyPem);
    const pretender = await startOpensslOcsp(pki.jpki[1], index, files);
    const codes = [await codeOf(good, verifier(own.url, real)), await codeOf(good, verifier(pretender.url, real))];
    await Promise.all([own.stop(), pretender.stop()]);
    expect(codes).toEqual(["good", "K-CENT-111"]);
  });

  it("fails closed when the machine's clock is a day off", async () => {
    const early = createFakeClock(Date.now() - 24 * 3_600_000);
    expect(await codeOf(good, verifier(foreign.url, early))).toBe("K-CENT-112");
  });
});
