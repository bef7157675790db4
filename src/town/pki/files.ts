import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "../../kernel/clock.ts";
import type { SignerFiles } from "../../protocol/identity-files.ts";
import { sealingKeyPairFromRaw } from "../../protocol/sealing.ts";
import { imageKeyFile, inspectionKeysOf, newKeyStore } from "../../security-print/scramble/key-store.ts";

const generate = promisify(generateKeyPair);
const SECRET_MODE = 0o600;
const PUBLIC_MODE = 0o644;

/** Where a sealing key pair lies: the raw private key and the public key, 32 bytes each as base64url. */
export interface SealingKeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
}

/**
 * Writes a file whole or not at all, and never over another: a killed first start leaves no half key, and of two that
 * make the same file at once both go on with the one that is there.
 */
export function writeOnce(file: string, text: string, secret: boolean): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(4).toString("hex")}.new`;
  writeFileSync(draft, text, { mode: secret ? SECRET_MODE : PUBLIC_MODE });
  try {
    linkSync(draft, file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  } finally {
    unlinkSync(draft);
  }
}

/** The private key of a PEM file; made and written (mode 0600) when there is none. */
export async function ensureKey(file: string, kind: "rsa" | "ec"): Promise<KeyObject> {
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  const pair =
    kind === "rsa" ? await generate("rsa", { modulusLength: 2048 }) : await generate("ec", { namedCurve: "P-256" });
  writeOnce(file, pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), true);
  return createPrivateKey(readFileSync(file));
}

/** The certificate of a PEM file; made by `make` and written when there is none. */
export function ensureCertificate(file: string, make: () => X509Certificate): X509Certificate {
  if (existsSync(file)) return new X509Certificate(readFileSync(file));
  writeOnce(file, make().toString(), false);
  return new X509Certificate(readFileSync(file));
}

/** A sealing key pair's two files, made when there are none. */
export async function ensureSealingKey(files: SealingKeyFiles): Promise<void> {
  if (!existsSync(files.privateKey)) writeOnce(files.privateKey, `${randomBytes(32).toString("base64url")}\n`, true);
  const pair = await sealingKeyPairFromRaw(readFileSync(files.privateKey, "utf8").trim());
  if (!existsSync(files.publicKey)) writeOnce(files.publicKey, `${pair.publicKey}\n`, false);
}

/** The keys of the scrambled images, and what inspectors are given of them; made when there are none. */
export function ensureImageKeys(files: {
  readonly imageKeys: string;
  readonly inspectionKeys: string;
  readonly issuer: string;
}): void {
  const nowMs = systemClock.nowMs();
  if (!existsSync(files.imageKeys)) writeOnce(files.imageKeys, JSON.stringify(newKeyStore(files.issuer, nowMs)), true);
  if (existsSync(files.inspectionKeys)) return;
  const store = imageKeyFile(files.imageKeys);
  if (!store.ok) throw new Error(`${files.imageKeys}: ${store.error.code}`);
  writeOnce(files.inspectionKeys, JSON.stringify(inspectionKeysOf(store.value, nowMs)), true);
}

/** The two files of a certificate and its key: `BASE.pem` and `BASE.key.pem`. */
export function pairFiles(base: string): SignerFiles {
  return { certificate: `${base}.pem`, key: `${base}.key.pem` };
}
