import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { base64Url, timeMs, uuid } from "../../protocol/schema.ts";
import { parseJson } from "../../protocol/statement.ts";
import { KEY_BYTES } from "./gcm.ts";
import { encryptionKeyId, type InspectionKeys, imageSigner, type KeyToken, keyId, keyWrapper } from "./keys.ts";
import type { ScrambleKeys } from "./make-payload.ts";

const madeAtMs = timeMs;
const revokedFromMs = timeMs.optional();
/** An AES-256 key that wraps data keys: the key itself, or the id under which a token keeps it. */
const encryptionEntry = z.union([
  z.strictObject({ madeAtMs, key: base64Url(KEY_BYTES), revokedFromMs }),
  z.strictObject({ madeAtMs, token: z.strictObject({ keyId }), revokedFromMs }),
]);
type EncryptionEntry = z.infer<typeof encryptionEntry>;

/**
 * Every key of a centre's scrambled images, old ones too, in one secret file: a certificate must be readable long after
 * its keys were replaced. The last key of each list is the one in use.
 */
export const imageKeyStore = z.strictObject({
  version: z.literal(1),
  /** As it stands in the fields and the 2-D code, whose parts stand between slashes. */
  issuer: z.string().regex(/^[A-Za-z0-9.-]{1,40}$/, "letters, digits, dots and hyphens"),
  encryption: z.array(encryptionEntry).min(1).max(1000),
  /** Ed25519 private keys, PKCS#8 in DER. */
  signing: z
    .array(z.strictObject({ madeAtMs, privateKey: base64Url(100), revokedFromMs }))
    .min(1)
    .max(1000),
  voided: z.array(z.strictObject({ documentId: uuid, fromMs: timeMs })).max(1_000_000),
});
export type ImageKeyStore = z.infer<typeof imageKeyStore>;

/** A store with one pair of new keys; the encryption key is the token's of this id when one is given. */
export function newKeyStore(issuer: string, nowMs: number, tokenKeyId?: string): ImageKeyStore {
  const encryption = [newEncryption(nowMs, tokenKeyId)];
  return { version: 1, issuer, encryption, signing: [newSigning(nowMs)], voided: [] };
}

/** The store with a new pair of keys in use, as `newKeyStore` makes them; those before stay for reading. */
export function rotated(store: ImageKeyStore, nowMs: number, tokenKeyId?: string): ImageKeyStore {
  return {
    ...store,
    encryption: [...store.encryption, newEncryption(nowMs, tokenKeyId)],
    signing: [...store.signing, newSigning(nowMs)],
  };
}

/**
 * The store in which nothing under this key is believed that says to be issued at `fromMs` or later; an earlier time that
 * stands there already stays. Undefined when no key has this id.
 */
export function revoked(store: ImageKeyStore, keyId: string, fromMs: number): ImageKeyStore | undefined {
  let found = false;
  const revoke = <K extends { readonly revokedFromMs?: number | undefined }>(key: K, id: string): K => {
    if (id !== keyId) return key;
    found = true;
    return { ...key, revokedFromMs: Math.min(fromMs, key.revokedFromMs ?? fromMs) };
  };
  const encryption = store.encryption.map((one) => revoke(one, keyIdOf(one)));
  const signing = store.signing.map((one) => revoke(one, imageSigner(privateKeyOf(one.privateKey)).keyId));
  return found ? { ...store, encryption, signing } : undefined;
}

/** The store in which a document is void from this time on; an earlier time that stands there already stays. */
export function voided(store: ImageKeyStore, documentId: string, fromMs: number): ImageKeyStore {
  const earlier = store.voided.find((one) => one.documentId === documentId);
  if (earlier && earlier.fromMs <= fromMs) return store;
  return { ...store, voided: [...store.voided.filter((one) => one !== earlier), { documentId, fromMs }] };
}

/** What an inspector is given of the store: no private key. */
export function inspectionKeysOf(store: ImageKeyStore, asOfMs: number): InspectionKeys {
  const revocation = (fromMs: number | undefined) => (fromMs === undefined ? {} : { revokedFromMs: fromMs });
  return {
    version: 1,
    asOfMs,
    encryption: store.encryption.map((one) => ({
      keyId: keyIdOf(one),
      ...("key" in one ? { key: one.key } : { token: true as const }),
      ...revocation(one.revokedFromMs),
    })),
    signing: store.signing.map(({ privateKey, revokedFromMs: from }) => {
      const key = privateKeyOf(privateKey);
      const publicKey = createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64url");
      return { keyId: imageSigner(key).keyId, publicKey, issuer: store.issuer, ...revocation(from) };
    }),
    voided: store.voided,
  };
}

/** The id of the encryption key in use when that lies in a token. */
export function tokenKeyInUse(store: ImageKeyStore): string | undefined {
  const encryption = store.encryption.at(-1);
  return encryption && "token" in encryption ? encryption.token.keyId : undefined;
}

/**
 * The keys in use. `K-IMAGE-108` when one of them is revoked: nobody would believe what it makes. `K-IMAGE-125` when the
 * encryption key lies in a token and none is given.
 */
export function keysInUse(store: ImageKeyStore, token?: Pick<KeyToken, "wrapper">): Result<ScrambleKeys> {
  const [encryption, signing] = [store.encryption.at(-1), store.signing.at(-1)];
  if (!encryption || !signing || encryption.revokedFromMs !== undefined || signing.revokedFromMs !== undefined) {
    return fail("K-IMAGE-108", { why: "a key in use is revoked; rotate the keys" });
  }
  const wrapper = "key" in encryption ? keyWrapper(rawOf(encryption.key)) : token?.wrapper(encryption.token.keyId);
  if (!wrapper) return fail("K-IMAGE-125", { keyId: keyIdOf(encryption) });
  return ok({
    issuer: store.issuer,
    wrapper,
    signer: imageSigner(privateKeyOf(signing.privateKey)),
  });
}

/** A store from the bytes of its file. `K-IMAGE-108` when it is none, or a key in it is none. */
export function readKeyStore(bytes: Uint8Array): Result<ImageKeyStore> {
  const parsed = parseJson(bytes, imageKeyStore);
  if (!parsed.ok) return fail("K-IMAGE-108", { why: "not a file of image keys" }, parsed.error);
  const store = parsed.value;
  if (store.encryption.some((one) => "key" in one && rawOf(one.key).length !== KEY_BYTES)) {
    return fail("K-IMAGE-108", { why: `an encryption key that is not of ${KEY_BYTES} bytes` });
  }
  for (const { privateKey } of store.signing) {
    try {
      if (privateKeyOf(privateKey).asymmetricKeyType !== "ed25519") throw new Error("not an Ed25519 key");
    } catch (thrown) {
      return fail("K-IMAGE-108", { why: "a signing key that cannot be used", said: messageOf(thrown) });
    }
  }
  return ok(store);
}

/** A store from its file. `K-IMAGE-108` as `readKeyStore`, and when it cannot be read. */
export function imageKeyFile(file: string): Result<ImageKeyStore> {
  try {
    return readKeyStore(readFileSync(file));
  } catch (thrown) {
    return fail("K-IMAGE-108", { file, why: messageOf(thrown) });
  }
}

function newEncryption(madeAt: number, tokenKeyId: string | undefined): EncryptionEntry {
  if (tokenKeyId !== undefined) return { madeAtMs: madeAt, token: { keyId: tokenKeyId } };
  return { madeAtMs: madeAt, key: randomBytes(KEY_BYTES).toString("base64url") };
}

const keyIdOf = (one: EncryptionEntry): string => ("key" in one ? encryptionKeyId(rawOf(one.key)) : one.token.keyId);

function newSigning(madeAt: number) {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { madeAtMs: madeAt, privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64url") };
}

const rawOf = (key: string): Buffer => Buffer.from(key, "base64url");

function privateKeyOf(key: string): KeyObject {
  return createPrivateKey({ key: rawOf(key), type: "pkcs8", format: "der" });
}
