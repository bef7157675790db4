import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { type Failure, failure } from "../../kernel/errors/failure.ts";

/** Return values (PKCS #11 v2.40, 5.1 and pkcs11t.h) about the PIN. */
const ABOUT_THE_PIN: ReadonlySet<number> = new Set([
  0xa0, // CKR_PIN_INCORRECT
  0xa1, // CKR_PIN_INVALID
  0xa2, // CKR_PIN_LEN_RANGE
  0xa3, // CKR_PIN_EXPIRED
  0xa4, // CKR_PIN_LOCKED
  0x102, // CKR_USER_PIN_NOT_INITIALIZED
]);

/** About what the token can do or allows: asking again would change nothing. */
const ABOUT_THE_REQUEST: ReadonlySet<number> = new Set([
  0x07, // CKR_ARGUMENTS_BAD
  0x10, // CKR_ATTRIBUTE_READ_ONLY
  0x12, // CKR_ATTRIBUTE_TYPE_INVALID
  0x13, // CKR_ATTRIBUTE_VALUE_INVALID
  0x54, // CKR_FUNCTION_NOT_SUPPORTED
  0x62, // CKR_KEY_SIZE_RANGE
  0x63, // CKR_KEY_TYPE_INCONSISTENT
  0x68, // CKR_KEY_FUNCTION_NOT_PERMITTED
  0x70, // CKR_MECHANISM_INVALID
  0x71, // CKR_MECHANISM_PARAM_INVALID
  0xd0, // CKR_TEMPLATE_INCOMPLETE
  0xd1, // CKR_TEMPLATE_INCONSISTENT
  0xe2, // CKR_TOKEN_WRITE_PROTECTED
]);

/** What C_Decrypt says of bytes that were not sealed under this key with this AAD; the token is well. */
const ABOUT_THE_BYTES: ReadonlySet<number> = new Set([
  0x20, // CKR_DATA_INVALID
  0x40, // CKR_ENCRYPTED_DATA_INVALID
  0x41, // CKR_ENCRYPTED_DATA_LEN_RANGE
  0x42, // CKR_AEAD_DECRYPT_FAILED (v3.0)
  0xc0, // CKR_SIGNATURE_INVALID
  // SoftHSM says the first of a false tag, and both may mean that the token is not well.
  0x05, // CKR_GENERAL_ERROR
  0x06, // CKR_FUNCTION_FAILED
]);

/** CKR_USER_ALREADY_LOGGED_IN and CKR_CRYPTOKI_ALREADY_INITIALIZED: what was asked for is so already. */
export const ALREADY: ReadonlySet<number> = new Set([0x100, 0x191]);

/** What a function of the module returned instead of CKR_OK. */
export interface Returned {
  readonly code: number;
  /** Its name in pkcs11t.h. */
  readonly said: string;
}

/** The return value in an error of the add-on; undefined for any other throw. */
export function returned(thrown: unknown): Returned | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (thrown.name === "Pkcs11Error" && "code" in thrown) return { code: Number(thrown.code), said: thrown.message };
  // C_FindObjects throws what lies below.
  const [, said, code] = /^(CKR_\w+):(\d+)$/.exec(thrown.message) ?? [];
  return said === undefined ? undefined : { code: Number(code), said };
}

/** Whether C_Decrypt's error may be about the bytes that it was given. */
export function mayBeAboutTheBytes(thrown: unknown): boolean {
  const code = returned(thrown)?.code;
  return code !== undefined && ABOUT_THE_BYTES.has(code);
}

/**
 * A module's error as a failure: `K-IMAGE-122` the PIN, `K-IMAGE-126` a request that the token will never fulfil,
 * `K-IMAGE-123` anything else (session, device, token gone). Throws what the module did not return: that is a bug of ours.
 */
export function tokenFailure(thrown: unknown): Failure {
  const error = returned(thrown);
  if (!error) throw thrown;
  const code: ErrorCode = ABOUT_THE_PIN.has(error.code)
    ? "K-IMAGE-122"
    : ABOUT_THE_REQUEST.has(error.code)
      ? "K-IMAGE-126"
      : "K-IMAGE-123";
  return failure(code, { said: error.said });
}
