import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateSealingKeyPair, openSealed, type SealingPurpose, seal, sealingKeyPairFromRaw } from "./sealing.ts";

/**
 * A second implementation of RFC 9180 (base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256), from the text of the RFC and
 * node:crypto alone: the judge of ours. It is itself judged by the vector of appendix A.1.1.
 */
const hmac = (key: Uint8Array, ...data: Uint8Array[]) => createHmac("sha256", key).update(Buffer.concat(data)).digest();
const ascii = (text: string) => Buffer.from(text, "latin1");
const uint16 = (value: number) => Buffer.of(value >> 8, value & 0xff);
const KEM_SUITE = Buffer.concat([ascii("KEM"), uint16(0x0020)]);
const hpkeSuite = (aeadId: number) => Buffer.concat([ascii("HPKE"), uint16(0x0020), uint16(0x0001), uint16(aeadId)]);

function extract(suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  return hmac(salt, ascii("HPKE-v1"), suite, ascii(label), ikm);
}

function expand(suite: Buffer, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const labelled = Buffer.concat([uint16(length), ascii("HPKE-v1"), suite, ascii(label), info]);
  let out = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  for (let counter = 1; out.length < length; counter++) {
    last = hmac(prk, last, labelled, Buffer.of(counter));
    out = Buffer.concat([out, last]);
  }
  return out.subarray(0, length);
}

const rawOf = (key: KeyObject) => createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32);
const publicOf = (raw: Uint8Array) =>
  createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), raw]),
    format: "der",
    type: "spki",
  });
const privateOf = (raw: Uint8Array) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), raw]),
    format: "der",
    type: "pkcs8",
  });

function schedule(
  dh: Uint8Array,
  enc: Uint8Array,
  recipient: Uint8Array,
  info: Uint8Array,
  aeadId: number,
  keyBytes: number,
) {
  const eae = extract(KEM_SUITE, Buffer.alloc(0), "eae_prk", dh);
  const shared = expand(KEM_SUITE, eae, "shared_secret", Buffer.concat([enc, recipient]), 32);
  const suite = hpkeSuite(aeadId);
  const pskIdHash = extract(suite, Buffer.alloc(0), "psk_id_hash", Buffer.alloc(0));
  const infoHash = extract(suite, Buffer.alloc(0), "info_hash", info);
  const context = Buffer.concat([Buffer.of(0), pskIdHash, infoHash]);
  const secret = extract(suite, shared, "secret", Buffer.alloc(0));
  return {
    key: expand(suite, secret, "key", context, keyBytes),
    nonce: expand(suite, secret, "base_nonce", context, 12),
  };
}

const AEADS = { 1: "aes-128-gcm", 2: "aes-256-gcm" } as const;

function foreignSeal(
  aeadId: keyof typeof AEADS,
  ephemeral: KeyObject,
  recipient: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
) {
  const enc = rawOf(ephemeral);
  const dh = diffieHellman({ privateKey: ephemeral, publicKey: publicOf(recipient) });
  const { key, nonce } = schedule(dh, enc, recipient, info, aeadId, aeadId === 1 ? 16 : 32);
  const cipher = createCipheriv(AEADS[aeadId], key, nonce).setAAD(aad);
  return { enc, ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]) };
}

function foreignOpen(
  recipient: KeyObject,
  enc: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  ciphertext: Buffer,
): Buffer {
  const dh = diffieHellman({ privateKey: recipient, publicKey: publicOf(enc) });
  const { key, nonce } = schedule(dh, enc, rawOf(recipient), info, 2, 32);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(aad).setAuthTag(ciphertext.subarray(-16));
  return Buffer.concat([decipher.update(ciphertext.subarray(0, -16)), decipher.final()]);
}

/** RFC 9180 appendix A.1.1, encryption with sequence number 0. */
const A11 = {
  info: "4f6465206f6e2061204772656369616e2055726e",
  skEm: "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
  enc: "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
  ikmR: "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
  pkRm: "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
  aad: "436f756e742d30",
  pt: "4265617574792069732074727574682c20747275746820626561757479",
  ct: "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
};
const hex = (text: string) => Buffer.from(text, "hex");

const PURPOSE: SealingPurpose = "MDG-SEAL-CENTRE-TO-KIOSK-1";

describe("the judge", () => {
  it("agrees with RFC 9180, appendix A.1.1", () => {
    const sealed = foreignSeal(1, privateOf(hex(A11.skEm)), hex(A11.pkRm), hex(A11.info), hex(A11.aad), hex(A11.pt));
    expect(sealed.enc.toString("hex")).toBe(A11.enc);
    expect(sealed.ciphertext.toString("hex")).toBe(A11.ct);
  });
});

describe("a sealed message", () => {
  it("has the key pair that RFC 9180 derives from the key material (appendix A.1.1)", async () => {
    const pair = await sealingKeyPairFromRaw(hex(A11.ikmR).toString("base64url"));
    expect(Buffer.from(pair.publicKey, "base64url").toString("hex")).toBe(A11.pkRm);
  });

  it("that another implementation sealed is opened", async () => {
    const pair = await generateSealingKeyPair();
    const { privateKey: ephemeral } = generateKeyPairSync("x25519");
    const recipient = Buffer.from(pair.publicKey, "base64url");
    const { enc, ciphertext } = foreignSeal(2, ephemeral, recipient, ascii(PURPOSE), ascii("id"), ascii("hello"));
    const message = {
      version: 1,
      enc: enc.toString("base64url"),
      ciphertext: ciphertext.toString("base64url"),
    } as const;
    expect(await openSealed(pair, PURPOSE, message, "id")).toMatchObject({ ok: true, value: ascii("hello") });
  });

  it("is opened by another implementation", async () => {
    const { privateKey } = generateKeyPairSync("x25519");
    const message = await seal(rawOf(privateKey).toString("base64url"), PURPOSE, ascii("hello"), "id");
    const enc = Buffer.from(message.enc, "base64url");
    const ciphertext = Buffer.from(message.ciphertext, "base64url");
    expect(foreignOpen(privateKey, enc, ascii(PURPOSE), ascii("id"), ciphertext).toString()).toBe("hello");
  });

  it("comes back whole, whatever it holds", async () => {
    const pair = await generateSealingKeyPair();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.string({ maxLength: 40 }), async (plain, aad) => {
        const opened = await openSealed(pair, PURPOSE, await seal(pair.publicKey, PURPOSE, plain, aad), aad);
        expect(opened).toMatchObject({ ok: true });
        if (opened.ok) expect(new Uint8Array(opened.value)).toEqual(plain);
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  it("is not opened with another key, for another purpose, or as another message", async () => {
    const pair = await generateSealingKeyPair();
    const message = await seal(pair.publicKey, PURPOSE, ascii("hello"), "id");
    const codeOf = async (attempt: ReturnType<typeof openSealed>) => {
      const opened = await attempt;
      return opened.ok ? "opened" : opened.error.code;
    };
    expect(await codeOf(openSealed(pair, PURPOSE, message, "id"))).toBe("opened");
    expect(await codeOf(openSealed(await generateSealingKeyPair(), PURPOSE, message, "id"))).toBe("K-BIND-105");
    expect(await codeOf(openSealed(pair, "MDG-SEAL-KIOSK-TO-CENTRE-1", message, "id"))).toBe("K-BIND-105");
    expect(await codeOf(openSealed(pair, PURPOSE, message, "another"))).toBe("K-BIND-105");
    expect(await codeOf(openSealed(pair, PURPOSE, message))).toBe("K-BIND-105");
  });

  it("is not opened after any bit of it changed", async () => {
    const pair = await generateSealingKeyPair();
    const message = await seal(pair.publicKey, PURPOSE, ascii("hello"), "id");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("enc", "ciphertext"), fc.nat(), async (part, at) => {
        const bytes = Buffer.from(message[part], "base64url");
        // The top bit of an X25519 point is ignored (RFC 7748 section 5), and the encapsulated key is hashed as it came.
        const bit = at % (bytes.length * 8);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const opened = await openSealed(pair, PURPOSE, { ...message, [part]: bytes.toString("base64url") }, "id");
        expect(opened).toMatchObject({ ok: false, error: { code: "K-BIND-105" } });
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  it("is refused, not thrown at, when its key is no key", async () => {
    const pair = await generateSealingKeyPair();
    for (const enc of ["", "AA", Buffer.alloc(32).toString("base64url")]) {
      const opened = await openSealed(pair, PURPOSE, { version: 1, enc, ciphertext: "AAAA" });
      expect(opened).toMatchObject({ ok: false, error: { code: "K-BIND-105" } });
    }
  });

  it("never looks the same twice", async () => {
    const pair = await generateSealingKeyPair();
    const [a, b] = [await seal(pair.publicKey, PURPOSE, ascii("x")), await seal(pair.publicKey, PURPOSE, ascii("x"))];
    expect(a.ciphertext).not.toBe(b.ciphertext);
    expect(a.enc).not.toBe(b.enc);
  });
});
