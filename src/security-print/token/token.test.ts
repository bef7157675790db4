import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pkcs11 from "pkcs11js";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createTestSoftHsm } from "../../../test/support/softhsm.ts";
import { unwrap } from "../../kernel/result.ts";
import { NONCE_BYTES, openGcm } from "../scramble/gcm.ts";
import { wrapDataKey } from "../scramble/keys.ts";
import type { TokenConfig } from "./config.ts";
import { createToken, type Token } from "./token.ts";

const hsm = createTestSoftHsm();
const config = hsm.token("centre");
const open: Token[] = [];
afterEach(() => {
  for (const token of open.splice(0)) token.close();
});
afterAll(() => hsm.destroy());

function tokenOf(change: Partial<TokenConfig> = {}, cryptoki = pkcs11): Token {
  const token = createToken(cryptoki, { ...config, ...change });
  open.push(token);
  return token;
}

/** The same module as another part of the process would use it, in the session that is logged in already. */
function otherPart<T>(work: (module: pkcs11.PKCS11, slot: pkcs11.Handle, session: pkcs11.Handle) => T): T {
  const module = new pkcs11.PKCS11();
  module.load(config.module);
  const slot = module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).label.trim() === config.label);
  if (!slot) throw new Error("the token is not there");
  return work(module, slot, module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION));
}

const keyIn = (module: pkcs11.PKCS11, session: pkcs11.Handle, keyId: string): pkcs11.Handle => {
  module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_ID, value: Buffer.from(keyId, "hex") }]);
  const [found] = module.C_FindObjects(session, 1);
  module.C_FindObjectsFinal(session);
  if (!found) throw new Error("the key is not there");
  return found;
};

const dataKey = randomBytes(32);
const aad = Buffer.from("MDG-WRAP-1 and a header");

describe("a key-encryption key in a token", () => {
  test("opens what it sealed, in the sixty bytes of a key in a file", () => {
    const token = tokenOf();
    const keyId = unwrap(token.generate());
    expect(keyId).toMatch(/^[0-9a-f]{16}$/);
    const wrapped = unwrap(token.wrap(keyId, dataKey, aad));
    expect(wrapped).toHaveLength(60);
    expect(wrapped.equals(unwrap(token.wrap(keyId, dataKey, aad)))).toBe(false);
    expect(unwrap(token.unwrap(keyId, wrapped, aad))).toEqual(dataKey);
    expect(unwrap(token.present([keyId, "0".repeat(16)]))).toEqual([keyId]);
  });

  test("opens nothing else: no other header, key, bit or length", () => {
    const token = tokenOf();
    const [keyId, other] = [unwrap(token.generate()), unwrap(token.generate())];
    const wrapped = unwrap(token.wrap(keyId, dataKey, aad));
    expect(token.unwrap(keyId, wrapped, Buffer.from("another header"))).toEqual({ ok: true, value: undefined });
    expect(token.unwrap(other, wrapped, aad)).toEqual({ ok: true, value: undefined });
    for (const at of [0, 11, 12, 43, 44, 59]) {
      const bent = Buffer.from(wrapped);
      bent.writeUInt8(bent.readUInt8(at) ^ 1, at);
      expect(token.unwrap(keyId, bent, aad)).toEqual({ ok: true, value: undefined });
    }
    for (const length of [0, 12, 59]) {
      expect(token.unwrap(keyId, wrapped.subarray(0, length), aad)).toEqual({ ok: true, value: undefined });
    }
    expect(unwrap(token.unwrap(keyId, wrapped, aad))).toEqual(dataKey);
  });

  test("does the same AES-256-GCM as OpenSSL, with a key that both know", () => {
    const token = tokenOf();
    unwrap(token.present([]));
    const [key, id] = [randomBytes(32), randomBytes(8)];
    otherPart((module, _, session) => {
      module.C_CreateObject(session, [
        { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
        { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
        { type: pkcs11.CKA_VALUE, value: key },
        { type: pkcs11.CKA_ID, value: id },
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_ENCRYPT, value: true },
        { type: pkcs11.CKA_DECRYPT, value: true },
      ]);
    });
    const keyId = id.toString("hex");
    const byToken = unwrap(token.wrap(keyId, dataKey, aad));
    const nonce = byToken.subarray(0, NONCE_BYTES);
    expect(openGcm(key, nonce, aad, byToken.subarray(NONCE_BYTES))).toEqual(dataKey);
    expect(wrapDataKey(key, dataKey, aad, () => nonce)).toEqual(byToken);
    expect(unwrap(token.unwrap(keyId, wrapDataKey(key, dataKey, aad), aad))).toEqual(dataKey);
  });

  test("is given away by no one: the token refuses its value, and OpenSC reads that it never could", () => {
    const token = tokenOf();
    const keyId = unwrap(token.generate());
    otherPart((module, _, session) => {
      const key = keyIn(module, session, keyId);
      const value = () => module.C_GetAttributeValue(session, key, [{ type: pkcs11.CKA_VALUE }]);
      expect(value).toThrow("CKR_ATTRIBUTE_SENSITIVE");
      const wrapped = () =>
        module.C_WrapKey(session, { mechanism: pkcs11.CKM_AES_KEY_WRAP }, key, key, Buffer.alloc(99));
      expect(wrapped).toThrow(/CKR_/);
    });
    const listed = hsm.pkcs11Tool("centre", "--list-objects", "--type", "secrkey");
    const entry = listed.split("Secret Key Object").find((one) => one.includes(keyId)) ?? "";
    expect(entry).toMatch(/AES length 32/);
    expect(entry).toMatch(/label: +madoguchi image key/);
    expect(entry).toMatch(/Usage: +encrypt, decrypt\n/);
    expect(entry).toMatch(/Access: +sensitive, always sensitive, never extractable, local/);
  });
});

describe("a session that was lost", () => {
  test.each([
    ["closed", (module: pkcs11.PKCS11, slot: pkcs11.Handle) => module.C_CloseAllSessions(slot)],
    ["ended with Cryptoki itself", (module: pkcs11.PKCS11) => module.C_Finalize()],
  ])("because it was %s elsewhere in the process is opened again, once, unseen", (_, lose) => {
    const token = tokenOf();
    const keyId = unwrap(token.generate());
    const wrapped = unwrap(token.wrap(keyId, dataKey, aad));
    otherPart(lose);
    expect(unwrap(token.unwrap(keyId, wrapped, aad))).toEqual(dataKey);
    otherPart(lose);
    expect(unwrap(token.wrap(keyId, dataKey, aad))).toHaveLength(60);
  });

  test("with a token that was pulled is told as that, and everything goes on when the token is back", () => {
    const token = tokenOf();
    const keyId = unwrap(token.generate());
    const wrapped = unwrap(token.wrap(keyId, dataKey, aad));
    hsm.pull();
    try {
      for (let asked = 0; asked < 3; asked++) {
        expect(token.wrap(keyId, dataKey, aad)).toMatchObject({ ok: false, error: { code: "K-IMAGE-123" } });
      }
      expect(token.unwrap(keyId, wrapped, aad)).toMatchObject({ ok: false, error: { code: "K-IMAGE-123" } });
    } finally {
      hsm.plugIn();
    }
    expect(unwrap(token.unwrap(keyId, wrapped, aad))).toEqual(dataKey);
  });
});

describe("a token that cannot be used is told with a code", () => {
  test("when a key was deleted", () => {
    const token = tokenOf();
    const keyId = unwrap(token.generate());
    const wrapped = unwrap(token.wrap(keyId, dataKey, aad));
    otherPart((module, _, session) => module.C_DestroyObject(session, keyIn(module, session, keyId)));
    const gone = { ok: false, error: { code: "K-IMAGE-124", detail: { keyId } } };
    expect(token.wrap(keyId, dataKey, aad)).toEqual(gone);
    expect(token.unwrap(keyId, wrapped, aad)).toEqual(gone);
    expect(unwrap(token.present([keyId]))).toEqual([]);
    expect(token.generate().ok).toBe(true);
  });

  test.each([
    ["a module that is not there", { module: "/nowhere/module.so" }, "K-IMAGE-121"],
    ["a module that is a text", { module: "/etc/passwd" }, "K-IMAGE-121"],
    ["a library that is no module", { module: "/usr/lib/pcsc/drivers/serial/libifdvpcd.so" }, "K-IMAGE-121"],
    ["a label that no token has", { label: "another" }, "K-IMAGE-123"],
    ["a file with the PIN that is not there", { pinFile: join(hsm.folder, "none") }, "K-IMAGE-122"],
  ])("for %s", (_, change, code) => {
    expect(tokenOf(change).generate()).toMatchObject({ ok: false, error: { code } });
  });

  test("when two tokens have its label", () => {
    hsm.token("twin");
    expect(tokenOf({ label: "twin" }, createTwin()).generate()).toMatchObject({
      ok: false,
      error: { code: "K-IMAGE-123", detail: { why: "several tokens have this label" } },
    });
  });

  test("when the PIN is wrong, which is offered once and not again before its file is written anew", () => {
    const pinFile = join(hsm.folder, "wrong-pin");
    writeFileSync(pinFile, "5555");
    const counted = createCounting();
    const token = tokenOf({ pinFile }, counted.cryptoki);
    for (let asked = 0; asked < 3; asked++) {
      const refused = token.generate();
      expect(refused).toMatchObject({ ok: false, error: { code: "K-IMAGE-122" } });
      expect(JSON.stringify(refused)).not.toContain("5555");
    }
    expect(counted.logins()).toBe(1);
    writeFileSync(pinFile, hsm.pin);
    expect(token.generate().ok).toBe(true);
  });

  test("when its file with the PIN is empty", () => {
    const pinFile = join(hsm.folder, "empty-pin");
    writeFileSync(pinFile, "\n");
    expect(tokenOf({ pinFile }).generate()).toMatchObject({ ok: false, error: { code: "K-IMAGE-122" } });
  });

  test("when it opens nothing at all: then it is not well, and no back is accused", () => {
    const token = tokenOf({}, createUnwell());
    const keyId = unwrap(tokenOf().generate());
    const wrapped = unwrap(token.wrap(keyId, dataKey, aad));
    expect(token.unwrap(keyId, wrapped, aad)).toMatchObject({ ok: false, error: { code: "K-IMAGE-123" } });
  });
});

/** The add-on with other behaviour on top. */
const withModule = (PKCS11: typeof pkcs11.PKCS11): typeof pkcs11 => Object.assign(Object.create(pkcs11), { PKCS11 });

function createCounting() {
  let logins = 0;
  class Counting extends pkcs11.PKCS11 {
    override C_Login(...login: Parameters<pkcs11.PKCS11["C_Login"]>): void {
      logins += 1;
      super.C_Login(...login);
    }
  }
  return { cryptoki: withModule(Counting), logins: () => logins };
}

function createTwin(): typeof pkcs11 {
  class Twin extends pkcs11.PKCS11 {
    override C_GetTokenInfo(slot: pkcs11.Handle): pkcs11.TokenInfo {
      return { ...super.C_GetTokenInfo(slot), label: "twin".padEnd(32) };
    }
  }
  return withModule(Twin);
}

function createUnwell(): typeof pkcs11 {
  class Unwell extends pkcs11.PKCS11 {
    override C_Decrypt(): never {
      throw new pkcs11.Pkcs11Error("CKR_GENERAL_ERROR:5");
    }
  }
  return withModule(Unwell);
}
