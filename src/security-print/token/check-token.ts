import { fail, ok, type Result } from "../../kernel/result.ts";
import type { KeyToken } from "../scramble/keys.ts";

/**
 * At the start of whoever needs keys that lie in a token: whether the token answers and is the one. `K-IMAGE-125` when keys
 * are needed and no token was named, `K-IMAGE-124` when it has none of them (it is another token), and why it does not
 * answer: `K-IMAGE-120` … `K-IMAGE-123`. Without such keys nothing is asked.
 */
export async function checkToken(keyIds: readonly string[], token: KeyToken | undefined): Promise<Result<void>> {
  const [keyId] = keyIds;
  if (keyId === undefined) return ok();
  if (!token) return fail("K-IMAGE-125", { keyId });
  const present = await token.present(keyIds);
  if (!present.ok) return present;
  return present.value.length > 0 ? ok() : fail("K-IMAGE-124", { keyId });
}
