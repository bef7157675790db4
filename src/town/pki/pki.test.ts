import { execFileSync } from "node:child_process";
import { createPrivateKey, sign, verify, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { unwrap } from "../../kernel/result.ts";
import { loadAuthorities, loadSealingKeyPair, loadSigner } from "../../protocol/identity-files.ts";
import { checkSigner, openStatement, signStatement } from "../../protocol/statement.ts";
import { makeCitizenCertificate, USER_AUTH_POLICY } from "./citizens.ts";
import { ensureTownPki, type TownPki } from "./town-pki.ts";

const folder = mkdtempSync(join(tmpdir(), "town-pki-"));
const town = { municipalities: ["131016", "141003"], kiosks: ["kiosk-1"] };
let pki: TownPki;
const nowMs = Date.UTC(2026, 10, 24);

beforeAll(async () => {
  pki = await ensureTownPki(folder, town);
});
afterAll(() => rmSync(folder, { recursive: true }));

const pem = (file: string) => new X509Certificate(readFileSync(file));

describe("ensureTownPki", () => {
  it("keeps what is there: a second call changes no byte", async () => {
    const before = readFileSync(pki.jpki[1].authority.certificate);
    const again = await ensureTownPki(folder, town);
    expect(again).toEqual(pki);
    expect(readFileSync(again.jpki[1].authority.certificate)).toEqual(before);
  });

  it("lets only the owner read private keys", () => {
    const secrets = [pki.jpki[0].authority.key, pki.kiosks["kiosk-1"]?.key, pki.issuanceCenter.sealing.privateKey];
    for (const file of secrets) expect(statSync(file ?? "").mode & 0o777).toBe(0o600);
  });

  it("makes three generations of one name with different keys", () => {
    const generations = pki.authorities.jpki.map(pem);
    expect(new Set(generations.map((ca) => ca.subject)).size).toBe(1);
    expect(generations[0]?.subject).toBe(
      "C=JP\nO=JPKI\nOU=JPKI for user authentication\nOU=Japan Agency for Local Authority Information Systems",
    );
    expect(new Set(generations.map((ca) => ca.publicKey.export({ type: "spki", format: "pem" }))).size).toBe(3);
  });

  it("gives every role a certificate that checkSigner accepts from its own domain and from no other", () => {
    const domains = {
      device: unwrap(loadAuthorities([pki.authorities.device])),
      centre: unwrap(loadAuthorities([pki.authorities.centre])),
      municipality: unwrap(loadAuthorities([pki.authorities.municipality])),
    };
    const city = pki.municipalities["131016"];
    if (!city) throw new Error("no such municipality");
    const members = [
      [pki.kiosks["kiosk-1"], "kiosk", "kiosk-1", "device"],
      [pki.operatorCenter.tls, "operator-center", "operator-center", "centre"],
      [pki.issuanceCenter.signer, "issuance-center", "issuance-center", "centre"],
      [pki.issuanceCenter.tls, "issuance-center", "issuance-center", "centre"],
      [city.attestor, "attestor", "131016", "municipality"],
      [city.renderer, "renderer", "131016", "municipality"],
      [city.gate, "gate", "131016", "municipality"],
      [city.issuingServer, "issuing-server", "131016", "municipality"],
    ] as const;
    for (const [files, role, party, home] of members) {
      const signer = unwrap(loadSigner(files ?? { certificate: "", key: "" }));
      for (const domain of ["device", "centre", "municipality"] as const) {
        const checked = checkSigner(signer.certificate, { role, party }, { authorities: domains[domain], nowMs });
        expect([role, domain, checked.ok]).toEqual([role, domain, domain === home]);
      }
    }
  });

  it("makes signers whose statements open", () => {
    const signer = unwrap(loadSigner(pki.municipalities["141003"]?.gate ?? { certificate: "", key: "" }));
    const signed = signStatement("MDG-RELEASE-1", { a: 1 }, signer);
    const opened = openStatement(
      signed,
      { tag: "MDG-RELEASE-1", schema: z.strictObject({ a: z.int() }), role: "gate", party: "141003" },
      { authorities: unwrap(loadAuthorities([pki.authorities.municipality])), nowMs },
    );
    expect(unwrap(opened).signer).toEqual({ role: "gate", party: "141003" });
  });

  it("publishes the public half of the sealing key", async () => {
    const pair = unwrap(await loadSealingKeyPair(pki.issuanceCenter.sealing.privateKey));
    expect(readFileSync(pki.issuanceCenter.sealing.publicKey, "utf8").trim()).toBe(pair.publicKey);
  });
});

describe("makeCitizenCertificate", () => {
  it("gives the same bytes for the same serial, and another certificate for another", async () => {
    const one = await makeCitizenCertificate(pki, { ca: 1, serial: "0a1b2c" });
    const same = await makeCitizenCertificate(pki, { ca: 1, serial: "0a1b2c" });
    const other = await makeCitizenCertificate(pki, { ca: 1, serial: "0a1b2d" });
    expect(same.certificate.raw).toEqual(one.certificate.raw);
    expect(other.certificate.raw).not.toEqual(one.certificate.raw);
  });

  it("uses one key although two ask for it at once", async () => {
    const [a, b] = await Promise.all([
      makeCitizenCertificate(pki, { ca: 1, serial: "0777" }),
      makeCitizenCertificate(pki, { ca: 1, serial: "0777" }),
    ]);
    expect(a?.certificate.raw).toEqual(b?.certificate.raw);
  });

  it("chains to its own generation only, and its key signs", async () => {
    const { certificate, keyPem } = await makeCitizenCertificate(pki, { ca: 2, serial: "ff00" });
    const verified = pki.authorities.jpki.map((file) => certificate.verify(pem(file).publicKey));
    expect(verified).toEqual([false, false, true]);
    const signature = sign("sha256", Buffer.from("a"), createPrivateKey(keyPem));
    expect(verify("sha256", Buffer.from("a"), certificate.publicKey, signature)).toBe(true);
  });

  it("is what openssl reads as the profile of user authentication", async () => {
    const { certificate } = await makeCitizenCertificate(pki, { ca: 0, serial: "01" });
    const file = join(folder, "citizen.pem");
    writeFileSync(file, certificate.toString());
    const text = execFileSync("openssl", ["x509", "-in", file, "-noout", "-text"], { encoding: "utf8" });
    expect(text).toMatch(/Signature Algorithm: sha256WithRSAEncryption/);
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text).toContain(`Policy: ${USER_AUTH_POLICY}`);
    const authority = pki.authorities.jpki[0];
    const verified = execFileSync("openssl", ["verify", "-CAfile", authority, file], { encoding: "utf8" });
    expect(verified).toContain("OK");
  });
});
