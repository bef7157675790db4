import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Failure, messageOf } from "../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import type { TlsIdentity } from "./http/server.ts";
import { type SealingKeyPair, sealingKeyPairFromRaw } from "./sealing.ts";
import { type Signer, signerFromPem } from "./statement.ts";

/** How configuration files name keys and certificates: paths of PEM files. */
export const signerFiles = z.strictObject({ certificate: z.string(), key: z.string() });
export type SignerFiles = z.infer<typeof signerFiles>;

/** A side of a mutual TLS connection: its own pair and the authorities of the other side. */
export const tlsFiles = z.strictObject({
  certificate: z.string(),
  key: z.string(),
  authorities: z.array(z.string()).min(1),
});
export type TlsFiles = z.infer<typeof tlsFiles>;

/** `K-CONF-101` names the file that cannot be read or used. */
export function loadSigner(files: SignerFiles): Result<Signer> {
  return guarded(files.certificate, () => signerFromPem(read(files.certificate), read(files.key)));
}

/** PEM texts for `startJsonServer` and `createJsonClient`. */
export function loadTlsIdentity(files: TlsFiles): Result<TlsIdentity> {
  return guarded(files.certificate, () => ({
    certificate: read(files.certificate),
    key: read(files.key),
    authorities: files.authorities.map(read),
  }));
}

/** Pinned authorities, one certificate a file. */
export function loadAuthorities(files: readonly string[]): Result<X509Certificate[]> {
  return guarded(files.join(" "), () => files.map((file) => new X509Certificate(read(file))));
}

/** A sealing key pair from a file that holds the raw key material as base64url (32 bytes). */
export async function loadSealingKeyPair(file: string): Promise<Result<SealingKeyPair>> {
  const raw = guarded(file, () => read(file).trim());
  return raw.ok ? ok(await sealingKeyPairFromRaw(raw.value)) : raw;
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function guarded<T>(file: string, work: () => T): Result<T, Failure> {
  try {
    return ok(work());
  } catch (thrown) {
    return fail("K-CONF-101", { file, why: messageOf(thrown) });
  }
}
