import type { X509Certificate } from "node:crypto";
import { fail, ok, type Result } from "../kernel/result.ts";
import type { TlsIdentity } from "../protocol/http/server.ts";
import { loadAuthorities, loadSealingKeyPair, loadSigner, loadTlsIdentity } from "../protocol/identity-files.ts";
import type { SealingKeyPair } from "../protocol/sealing.ts";
import type { Signer } from "../protocol/statement.ts";
import { imageKeyFile, keysInUse, tokenKeyInUse } from "../security-print/scramble/key-store.ts";
import type { KeyToken } from "../security-print/scramble/keys.ts";
import type { ScrambleKeys } from "../security-print/scramble/make-payload.ts";
import { checkToken } from "../security-print/token/check-token.ts";
import type { IssuanceCenterConfig } from "./config.ts";

/** The centre's own keys and everybody whom it pins. */
export interface IssuanceCenterKeys {
  /** For its server: the operator's side is checked against `operatorAuthorities`. */
  readonly server: TlsIdentity;
  /** For its connections to issuing servers. */
  readonly client: TlsIdentity;
  readonly signer: Signer;
  readonly sealing: SealingKeyPair;
  readonly imageKeys: ScrambleKeys;
  readonly operatorAuthorities: readonly X509Certificate[];
  readonly kioskAuthorities: readonly X509Certificate[];
  readonly municipalityAuthorities: readonly X509Certificate[];
  readonly jpkiAuthorities: readonly X509Certificate[];
}

/**
 * Reads every file of keys that the configuration names, and looks whether `token` has the key of the scrambled images when
 * that is not in a file. `K-CONF-101` names the file that cannot be used; `K-IMAGE-123` when the token does not answer.
 */
export async function loadKeys(config: IssuanceCenterConfig, token?: KeyToken): Promise<Result<IssuanceCenterKeys>> {
  const server = loadTlsIdentity(config.tls);
  if (!server.ok) return server;
  const client = loadTlsIdentity({ ...config.tls, authorities: config.municipalityAuthorities });
  if (!client.ok) return client;
  const signer = loadSigner(config.signer);
  if (!signer.ok) return signer;
  const sealing = await loadSealingKeyPair(config.sealingKey);
  if (!sealing.ok) return sealing;
  const imageKeys = await loadImageKeys(config.imageKeys, token);
  if (!imageKeys.ok) return imageKeys;
  const operatorAuthorities = loadAuthorities(config.tls.authorities);
  if (!operatorAuthorities.ok) return operatorAuthorities;
  const kioskAuthorities = loadAuthorities(config.kioskAuthorities);
  if (!kioskAuthorities.ok) return kioskAuthorities;
  const municipalityAuthorities = loadAuthorities(config.municipalityAuthorities);
  if (!municipalityAuthorities.ok) return municipalityAuthorities;
  const jpkiAuthorities = loadAuthorities(config.jpkiAuthorities);
  if (!jpkiAuthorities.ok) return jpkiAuthorities;
  return ok({
    server: server.value,
    client: client.value,
    signer: signer.value,
    sealing: sealing.value,
    imageKeys: imageKeys.value,
    operatorAuthorities: operatorAuthorities.value,
    kioskAuthorities: kioskAuthorities.value,
    municipalityAuthorities: municipalityAuthorities.value,
    jpkiAuthorities: jpkiAuthorities.value,
  });
}

async function loadImageKeys(file: string, token: KeyToken | undefined): Promise<Result<ScrambleKeys>> {
  const keys = await imageKeysIn(file, token);
  // A token that is away is nobody's mistake in a file: whoever watches over the process starts it again.
  if (keys.ok || keys.error.code === "K-IMAGE-123") return keys;
  return fail("K-CONF-101", { file }, keys.error);
}

async function imageKeysIn(file: string, token: KeyToken | undefined): Promise<Result<ScrambleKeys>> {
  const store = imageKeyFile(file);
  if (!store.ok) return store;
  const keyId = tokenKeyInUse(store.value);
  const checked = await checkToken(keyId === undefined ? [] : [keyId], token);
  return checked.ok ? keysInUse(store.value, token) : checked;
}
