import { createPrivateKey, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CitizenCertificate, makeCitizenCertificate } from "./citizens.ts";
import { ensureTownPki, type TownPki } from "./town-pki.ts";

/** node-forge, which shares no code with what made them, reads and judges the certificates of the town. */
const folder = mkdtempSync(join(tmpdir(), "forge-judge-"));
let pki: TownPki;
let citizen: CitizenCertificate;

beforeAll(async () => {
  pki = await ensureTownPki(folder, { municipalities: [], kiosks: [] });
  citizen = await makeCitizenCertificate(pki, { ca: 1, serial: "0a0b0c" });
});
afterAll(() => rmSync(folder, { recursive: true }));

const authority = (generation: 0 | 1 | 2) =>
  forge.pki.certificateFromPem(readFileSync(pki.jpki[generation].authority.certificate, "utf8"));
const certificate = () => forge.pki.certificateFromPem(citizen.certificate.toString());

describe("node-forge as judge", () => {
  it("finds that only the right generation of the authority issued a citizen's certificate", () => {
    expect(authority(1).verify(certificate())).toBe(true);
    for (const other of [0, 2] as const) expect(() => authority(other).verify(certificate())).toThrow();
  });

  it("reads the profile: digitalSignature only, and a subject that says nothing about the person", () => {
    const usage = certificate().getExtension("keyUsage") as Record<string, unknown>;
    expect(usage).toMatchObject({ critical: true, digitalSignature: true, keyEncipherment: false, keyCertSign: false });
    expect(certificate().subject.attributes.map((a) => a.shortName)).toEqual(["C", "CN"]);
    expect(certificate().signatureOid).toBe(forge.pki.oids.sha256WithRSAEncryption);
  });

  it("verifies a signature of the card's key, and refuses it over other bytes", () => {
    const signature = sign("sha256", Buffer.from("to be signed"), createPrivateKey(citizen.keyPem)).toString("latin1");
    const key = certificate().publicKey as forge.pki.rsa.PublicKey;
    const digest = (text: string) => forge.md.sha256.create().update(text).digest().bytes();
    expect(key.verify(digest("to be signed"), signature)).toBe(true);
    expect(() => key.verify(digest("something else"), signature)).not.toThrow();
    expect(key.verify(digest("something else"), signature)).toBe(false);
  });
});
