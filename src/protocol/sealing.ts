import type { webcrypto } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { z } from "zod";
import { fail, ok, type Result } from "../kernel/result.ts";
import { fromBase64Url, toBase64Url } from "./encoding.ts";
import { base64Url } from "./schema.ts";

/**
 * Sealing to a public key: HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message
 * per encapsulated key. `info` names what is sealed, so that a message cannot be opened as one of another kind.
 */
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

export const sealedMessage = z.strictObject({
  version: z.literal(1),
  enc: base64Url(32),
  ciphertext: base64Url(24_000_000),
});
export type SealedMessage = z.infer<typeof sealedMessage>;

/** A key pair that messages are sealed to. E of docs/binding.md is one, made for each session and dropped with it. */
export interface SealingKeyPair {
  readonly privateKey: webcrypto.CryptoKey;
  /** Raw X25519 public key, 32 bytes, as base64url. */
  readonly publicKey: string;
}

/** What a sealed message carries; part of the key schedule (RFC 9180 section 5.1, `info`). */
export type SealingPurpose =
  | "MDG-SEAL-KIOSK-TO-CENTRE-1"
  | "MDG-SEAL-CENTRE-TO-KIOSK-1"
  | "MDG-SEAL-MUNICIPALITY-TO-CENTRE-1"
  | "MDG-SEAL-PERSON-KEY-1";

export async function generateSealingKeyPair(): Promise<SealingKeyPair> {
  const pair = await suite.kem.generateKeyPair();
  return {
    privateKey: pair.privateKey,
    publicKey: toBase64Url(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey))),
  };
}

/** A key pair from a raw private key (32 bytes, base64url), as the processes keep it in a file. */
export async function sealingKeyPairFromRaw(rawPrivateKey: string): Promise<SealingKeyPair> {
  const raw = fromBase64Url(rawPrivateKey);
  const pair = await suite.kem.deriveKeyPair(new Uint8Array(raw).buffer);
  return {
    privateKey: pair.privateKey,
    publicKey: toBase64Url(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey))),
  };
}

/** Seals bytes to a raw public key (base64url). `aad` is authenticated but not hidden, e.g. a request id. */
export async function seal(
  publicKey: string,
  purpose: SealingPurpose,
  plaintext: Uint8Array,
  aad = "",
): Promise<SealedMessage> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(new Uint8Array(fromBase64Url(publicKey)).buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: text(purpose) });
  const ciphertext = await sender.seal(new Uint8Array(plaintext).buffer, text(aad));
  return {
    version: 1,
    enc: toBase64Url(new Uint8Array(sender.enc)),
    ciphertext: toBase64Url(new Uint8Array(ciphertext)),
  };
}

/** Opens what was sealed to the key pair. `K-BIND-105` when it was sealed to another key, for another purpose, or altered. */
export async function openSealed(
  pair: SealingKeyPair,
  purpose: SealingPurpose,
  message: SealedMessage,
  aad = "",
): Promise<Result<Buffer>> {
  try {
    const enc = new Uint8Array(fromBase64Url(message.enc)).buffer;
    const recipient = await suite.createRecipientContext({ recipientKey: pair.privateKey, enc, info: text(purpose) });
    const plain = await recipient.open(new Uint8Array(fromBase64Url(message.ciphertext)).buffer, text(aad));
    return ok(Buffer.from(plain));
  } catch {
    return fail("K-BIND-105", { purpose });
  }
}

function text(value: string): ArrayBuffer {
  return new TextEncoder().encode(value).buffer;
}
