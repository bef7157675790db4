import { createPublicKey, type KeyObject, randomBytes, sign, verify } from "node:crypto";
import { z } from "zod";
import { ok, type Result } from "../../kernel/result.ts";
import { hashText, joinFields, sha256 } from "../../protocol/encoding.ts";
import { base64Url, shortText, timeMs, uuid } from "../../protocol/schema.ts";
import { KEY_ID_BYTES } from "./frame.ts";
import { KEY_BYTES, NONCE_BYTES, openGcm, sealGcm } from "./gcm.ts";

/** Wraps data keys under a key-encryption key that never leaves its keeper: a file, or a token. */
export interface KeyWrapper {
  /** 16 hexadecimal digits. */
  readonly keyId: string;
  /** Nonce (12 bytes, random), sealed key, tag: 60 bytes. `K-IMAGE-120` … `K-IMAGE-126` when the keeper is a token. */
  wrap(dataKey: Uint8Array, aad: Uint8Array): Promise<Result<Buffer>>;
}

/** Unwraps data keys under any key-encryption key it knows. */
export interface KeyUnwrapper {
  knows(keyId: string): boolean;
  /** Undefined when it was not wrapped under this key with this AAD. */
  unwrap(keyId: string, wrapped: Uint8Array, aad: Uint8Array): Buffer | undefined;
}

/** Key-encryption keys that never leave a token. Errors of all: `K-IMAGE-120` … `K-IMAGE-126`. */
export interface KeyToken {
  /** Which of these keys it has. */
  present(keyIds: readonly string[]): Promise<Result<readonly string[]>>;
  /** Makes a key; its id, 16 hexadecimal digits. */
  generate(): Promise<Result<string>>;
  wrapper(keyId: string): KeyWrapper;
  /** Undefined when it was not wrapped under this key with this AAD. */
  unwrap(keyId: string, wrapped: Uint8Array, aad: Uint8Array): Promise<Result<Buffer | undefined>>;
}

/** Signs the fields and the readable line's code (Ed25519, RFC 8032). */
export interface ImageSigner {
  readonly keyId: string;
  sign(bytes: Uint8Array): Buffer;
}

/** The key id of a key-encryption key: the first eight bytes of a hash of it under a tag. */
export function encryptionKeyId(key: Uint8Array): string {
  return sha256(joinFields("MDG-SCRAMBLE-KEY-1", key)).toString("hex", 0, KEY_ID_BYTES);
}

/** The key id of a signing key: the first eight bytes of the hash of its public key's SubjectPublicKeyInfo. */
export function signingKeyId(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: "spki", format: "der" })).toString("hex", 0, KEY_ID_BYTES);
}

/** Nonce, sealed data key and tag (60 bytes) under a key that lies in memory. */
export function wrapDataKey(
  key: Uint8Array,
  dataKey: Uint8Array,
  aad: Uint8Array,
  random: (bytes: number) => Uint8Array = randomBytes,
): Buffer {
  const nonce = random(NONCE_BYTES);
  return Buffer.concat([nonce, sealGcm(key, nonce, aad, dataKey)]);
}

/** A wrapper around a key that lies in memory. Throws a RangeError on a key that is not of 32 bytes. */
export function keyWrapper(key: Uint8Array): KeyWrapper {
  if (key.length !== KEY_BYTES) throw new RangeError("a key-encryption key has 32 bytes");
  return { keyId: encryptionKeyId(key), wrap: async (dataKey, aad) => ok(wrapDataKey(key, dataKey, aad)) };
}

/** An Ed25519 private key as a signer. */
export function imageSigner(privateKey: KeyObject): ImageSigner {
  return {
    keyId: signingKeyId(createPublicKey(privateKey)),
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}

/** The id of a key in a file. */
export const keyId = z.string().regex(/^[0-9a-f]{16}$/, "a key id: 16 hexadecimal digits");
/** Nothing that was issued at this time or later is believed. 0 when the key was stolen: then nothing is. */
const revokedFromMs = timeMs.optional();

/** A key-encryption key of an inspector: the key itself, or only its id when it lies in a token. */
const inspectionEncryption = z.union([
  z.strictObject({ keyId, key: base64Url(KEY_BYTES), revokedFromMs }),
  z.strictObject({ keyId, token: z.literal(true), revokedFromMs }),
]);

/** What an inspector holds: every key that was ever used, what is revoked from when, and which documents are void from when. */
export const inspectionKeys = z.strictObject({
  version: z.literal(1),
  asOfMs: timeMs,
  encryption: z.array(inspectionEncryption).max(1000),
  signing: z.array(z.strictObject({ keyId, publicKey: base64Url(100), issuer: shortText, revokedFromMs })).max(1000),
  voided: z.array(z.strictObject({ documentId: uuid, fromMs: timeMs })).max(1_000_000),
});
export type InspectionKeys = z.infer<typeof inspectionKeys>;

/** The ids of the keys that lie in a token. */
export function tokenKeyIds(keys: InspectionKeys): string[] {
  return keys.encryption.flatMap((one) => ("token" in one ? [one.keyId] : []));
}

/** The keys of a status list, ready for use. A key whose id does not fit it is left out, and one that lies in a token. */
export function keyUnwrapper(keys: InspectionKeys): KeyUnwrapper {
  const known = new Map(
    keys.encryption
      .flatMap((one) => ("key" in one ? [[one.keyId, Buffer.from(one.key, "base64url")] as const] : []))
      .filter(([id, key]) => key.length === KEY_BYTES && encryptionKeyId(key) === id),
  );
  return {
    knows: (id) => known.has(id),
    unwrap(id, wrapped, aad) {
      const key = known.get(id);
      return key && openGcm(key, wrapped.subarray(0, NONCE_BYTES), aad, wrapped.subarray(NONCE_BYTES));
    },
  };
}

/** A known signing key of a status list by its id. */
export function signingKey(keys: InspectionKeys, id: string) {
  const entry = keys.signing.find((one) => one.keyId === id);
  if (!entry) return undefined;
  const publicKey = createPublicKey({ key: Buffer.from(entry.publicKey, "base64url"), type: "spki", format: "der" });
  if (publicKey.asymmetricKeyType !== "ed25519" || signingKeyId(publicKey) !== id) return undefined;
  return {
    issuer: entry.issuer,
    revokedFromMs: entry.revokedFromMs,
    verify: (bytes: Uint8Array, signature: Uint8Array) => verify(null, bytes, publicKey, signature),
  };
}

/** H(payload) as it stands in C. */
export function payloadHash(payload: Uint8Array): string {
  return hashText(joinFields("MDG-PAYLOAD-1", payload));
}
