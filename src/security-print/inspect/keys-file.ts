import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { parseJson } from "../../protocol/statement.ts";
import { type InspectionKeys, inspectionKeys, keyUnwrapper, signingKey } from "../scramble/keys.ts";

/**
 * The keys of an inspector from the bytes of a file: JSON as `inspectionKeys` has it. `K-IMAGE-105` when it is not that,
 * or when a key in it is broken or is not the one its id names: it would make genuine backs look unknown.
 */
export function readInspectionKeys(bytes: Uint8Array): Result<InspectionKeys> {
  const parsed = parseJson(bytes, inspectionKeys);
  if (!parsed.ok) return fail("K-IMAGE-105", { why: "not a file of inspection keys" }, parsed.error);
  const keys = parsed.value;
  const unwrapper = keyUnwrapper(keys);
  const stranger = keys.encryption.find((one) => "key" in one && !unwrapper.knows(one.keyId));
  if (stranger)
    return fail("K-IMAGE-105", { why: "an encryption key that its id does not name", keyId: stranger.keyId });
  for (const { keyId } of keys.signing) {
    try {
      if (!signingKey(keys, keyId)) {
        return fail("K-IMAGE-105", { why: "a signing key that its id does not name", keyId });
      }
    } catch (thrown) {
      return fail("K-IMAGE-105", { why: "a signing key that is no public key", keyId, said: messageOf(thrown) });
    }
  }
  return ok(keys);
}
