import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthority, tlsOf } from "../../test/support/signing-parties.ts";
import { loadAuthorities, loadSealingKeyPair, loadSigner, loadTlsIdentity } from "./identity-files.ts";
import { sealingKeyPairFromRaw } from "./sealing.ts";

describe("keys and certificates from files", () => {
  const authority = createAuthority("centre authority");
  const one = tlsOf(authority.signer("gate", "131016"), authority);
  const other = tlsOf(authority.signer("gate", "131016"), authority);
  let folder: string;
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "madoguchi-identity-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("are a signer when they belong together", () => {
    const files = { certificate: write("a.pem", one.certificate), key: write("a.key", one.key) };
    expect(loadSigner(files)).toMatchObject({ ok: true });
  });

  it("are named by their file when they do not", () => {
    const files = { certificate: write("a.pem", one.certificate), key: write("b.key", other.key) };
    expect(loadSigner(files)).toMatchObject({
      ok: false,
      error: { code: "K-CONF-101", detail: { file: files.certificate } },
    });
  });

  it("are named by their file when they are missing or are something else", () => {
    const missing = join(folder, "missing.pem");
    expect(loadAuthorities([missing])).toMatchObject({ error: { code: "K-CONF-101", detail: { file: missing } } });
    expect(loadAuthorities([write("x.pem", "no certificate")])).toMatchObject({ error: { code: "K-CONF-101" } });
    expect(loadTlsIdentity({ certificate: missing, key: missing, authorities: [missing] })).toMatchObject({
      error: { code: "K-CONF-101" },
    });
  });

  it("give the sealing key pair of the key material that lies there", async () => {
    const raw = Buffer.alloc(32, 3).toString("base64url");
    const loaded = await loadSealingKeyPair(write("sealing", `${raw}\n`));
    expect(loaded).toMatchObject({ ok: true, value: { publicKey: (await sealingKeyPairFromRaw(raw)).publicKey } });
    expect(await loadSealingKeyPair(join(folder, "none"))).toMatchObject({ error: { code: "K-CONF-101" } });
  });
});
