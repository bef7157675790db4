import { randomBytes } from "node:crypto";
import type pkcs11 from "pkcs11js";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import { KEY_ID_BYTES } from "../scramble/frame.ts";
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES } from "../scramble/gcm.ts";
import type { TokenConfig } from "./config.ts";
import { mayBeAboutTheBytes, tokenFailure } from "./cryptoki-errors.ts";
import { type Cryptoki, createSessions, type Session } from "./session.ts";

/**
 * Key-encryption keys in a PKCS#11 token, in this process; every call waits for the token. Errors of all: `K-IMAGE-121` the
 * module, `K-IMAGE-122` the PIN, `K-IMAGE-123` the token does not answer, `K-IMAGE-126` it refuses.
 */
export interface Token {
  /** Which of these keys are there. */
  present(keyIds: readonly string[]): Result<readonly string[]>;
  /** Makes a key that never leaves the token; its id, 16 hexadecimal digits. */
  generate(): Result<string>;
  /** Nonce (12 bytes, random), sealed key, tag (128 bits): 60 bytes. `K-IMAGE-124` when there is no such key. */
  wrap(keyId: string, dataKey: Uint8Array, aad: Uint8Array): Result<Buffer>;
  /** Undefined when it was not wrapped under this key with this AAD. `K-IMAGE-124` when there is no such key. */
  unwrap(keyId: string, wrapped: Uint8Array, aad: Uint8Array): Result<Buffer | undefined>;
  /** Ends the session; the next call opens another. */
  close(): void;
}

const KEY_LABEL = "madoguchi image key";
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
/** Room for what a module may ask for beyond the result (PKCS #11 v2.40, 5.2). */
const OUT_BYTES = 2 * WRAPPED_BYTES;

/** The token that `config` names, through the add-on. Nothing is opened before the first call. */
export function createToken(cryptoki: Cryptoki, config: TokenConfig): Token {
  const sessions = createSessions(cryptoki, config);
  return {
    present: (keyIds) =>
      sessions.within((session) => {
        // What was found before may be gone: this asks what is there now.
        session.keys.clear();
        return ok(keyIds.filter((id) => find(cryptoki, session, id)));
      }),
    generate: () => sessions.within((session) => generate(cryptoki, session)),
    wrap: (keyId, dataKey, aad) =>
      sessions.within((session) => {
        const key = need(cryptoki, session, keyId);
        return key.ok ? seal(cryptoki, session, key.value, dataKey, aad) : key;
      }),
    unwrap: (keyId, wrapped, aad) =>
      sessions.within((session) => {
        if (wrapped.length !== WRAPPED_BYTES) return ok(undefined);
        const key = need(cryptoki, session, keyId);
        return key.ok ? open(cryptoki, session, key.value, wrapped, aad) : key;
      }),
    close: () => sessions.end(),
  };
}

/** C_FindObjects (PKCS #11 v2.40, 5.7.9) by CKA_ID. */
function find(cryptoki: Cryptoki, { module, handle, keys }: Session, keyId: string): pkcs11.Handle | undefined {
  const known = keys.get(keyId);
  if (known) return known;
  module.C_FindObjectsInit(handle, [
    { type: cryptoki.CKA_CLASS, value: cryptoki.CKO_SECRET_KEY },
    { type: cryptoki.CKA_KEY_TYPE, value: cryptoki.CKK_AES },
    { type: cryptoki.CKA_ID, value: Buffer.from(keyId, "hex") },
  ]);
  const [found] = module.C_FindObjects(handle, 1);
  module.C_FindObjectsFinal(handle);
  if (found) keys.set(keyId, found);
  return found;
}

function need(cryptoki: Cryptoki, session: Session, keyId: string): Result<pkcs11.Handle> {
  const key = find(cryptoki, session, keyId);
  return key ? ok(key) : fail("K-IMAGE-124", { keyId });
}

/** CKM_AES_GCM with the structure of v2.40 (mechanisms, 2.11.2 with errata 01, which gives it `ulIvBits`). */
function gcm(cryptoki: Cryptoki, nonce: Uint8Array, aad: Uint8Array): pkcs11.Mechanism {
  const parameter = {
    type: cryptoki.CK_PARAMS_AES_GCM_v240,
    iv: Buffer.from(nonce),
    ivBits: NONCE_BYTES * 8,
    aad: Buffer.from(aad),
    tagBits: TAG_BYTES * 8,
  };
  return { mechanism: cryptoki.CKM_AES_GCM, parameter };
}

/** C_EncryptInit and C_Encrypt (PKCS #11 v2.40, 5.8.1 and 5.8.2). */
function seal(
  cryptoki: Cryptoki,
  { module, handle }: Session,
  key: pkcs11.Handle,
  dataKey: Uint8Array,
  aad: Uint8Array,
): Result<Buffer> {
  const nonce = randomBytes(NONCE_BYTES);
  module.C_EncryptInit(handle, gcm(cryptoki, nonce, aad), key);
  const sealed = module.C_Encrypt(handle, Buffer.from(dataKey), Buffer.alloc(OUT_BYTES));
  const wrapped = Buffer.concat([nonce, sealed]);
  if (wrapped.length === WRAPPED_BYTES) return ok(wrapped);
  return fail("K-IMAGE-126", { why: "what it sealed has another length", bytes: sealed.length });
}

/** C_DecryptInit and C_Decrypt (PKCS #11 v2.40, 5.9.1 and 5.9.2). */
function open(
  cryptoki: Cryptoki,
  session: Session,
  key: pkcs11.Handle,
  wrapped: Uint8Array,
  aad: Uint8Array,
): Result<Buffer | undefined> {
  try {
    return ok(decrypt(cryptoki, session, key, wrapped, aad));
  } catch (thrown) {
    if (!mayBeAboutTheBytes(thrown)) throw thrown;
  }
  // Modules say the same of a false tag and of a token that is not well. What opens its own seal is well.
  const tried = trial(cryptoki, session, key);
  return tried.ok ? ok(undefined) : tried;
}

function decrypt(
  cryptoki: Cryptoki,
  { module, handle }: Session,
  key: pkcs11.Handle,
  wrapped: Uint8Array,
  aad: Uint8Array,
): Buffer {
  module.C_DecryptInit(handle, gcm(cryptoki, wrapped.subarray(0, NONCE_BYTES), aad), key);
  return module.C_Decrypt(handle, Buffer.from(wrapped.subarray(NONCE_BYTES)), Buffer.alloc(OUT_BYTES));
}

/** The key opens what it seals, and not with another AAD. `K-IMAGE-126` when it does not. */
function trial(cryptoki: Cryptoki, session: Session, key: pkcs11.Handle): Result<void> {
  const [block, aad] = [randomBytes(KEY_BYTES), randomBytes(KEY_BYTES)];
  const sealed = seal(cryptoki, session, key, block, aad);
  if (!sealed.ok) return sealed;
  if (!decrypt(cryptoki, session, key, sealed.value, aad).equals(block)) {
    return fail("K-IMAGE-126", { why: "the key does not open what it sealed" });
  }
  try {
    decrypt(cryptoki, session, key, sealed.value, randomBytes(KEY_BYTES));
  } catch (thrown) {
    return mayBeAboutTheBytes(thrown) ? ok() : err(tokenFailure(thrown));
  }
  return fail("K-IMAGE-126", { why: "the key opens what was sealed with another AAD" });
}

/**
 * C_GenerateKey (PKCS #11 v2.40, 5.13.1) of a 256-bit AES key that is sensitive from its first moment, never extractable,
 * and of use for nothing but C_Encrypt and C_Decrypt: with CKA_WRAP besides, C_Decrypt would give away the token's other keys.
 */
function generate(cryptoki: Cryptoki, session: Session): Result<string> {
  const { module, slot } = session;
  const id = randomBytes(KEY_ID_BYTES);
  const writing = module.C_OpenSession(slot, cryptoki.CKF_SERIAL_SESSION | cryptoki.CKF_RW_SESSION);
  try {
    const key = module.C_GenerateKey(writing, { mechanism: cryptoki.CKM_AES_KEY_GEN }, [
      { type: cryptoki.CKA_CLASS, value: cryptoki.CKO_SECRET_KEY },
      { type: cryptoki.CKA_KEY_TYPE, value: cryptoki.CKK_AES },
      { type: cryptoki.CKA_VALUE_LEN, value: KEY_BYTES },
      { type: cryptoki.CKA_LABEL, value: KEY_LABEL },
      { type: cryptoki.CKA_ID, value: id },
      { type: cryptoki.CKA_TOKEN, value: true },
      { type: cryptoki.CKA_PRIVATE, value: true },
      { type: cryptoki.CKA_SENSITIVE, value: true },
      { type: cryptoki.CKA_EXTRACTABLE, value: false },
      { type: cryptoki.CKA_ENCRYPT, value: true },
      { type: cryptoki.CKA_DECRYPT, value: true },
      { type: cryptoki.CKA_SIGN, value: false },
      { type: cryptoki.CKA_VERIFY, value: false },
      { type: cryptoki.CKA_WRAP, value: false },
      { type: cryptoki.CKA_UNWRAP, value: false },
    ]);
    const tried = trial(cryptoki, session, key);
    if (tried.ok) return ok(id.toString("hex"));
    module.C_DestroyObject(writing, key);
    return tried;
  } finally {
    module.C_CloseSession(writing);
  }
}
