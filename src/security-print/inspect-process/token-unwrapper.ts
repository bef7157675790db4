import { ok, type Result } from "../../kernel/result.ts";
import type { BackReading } from "../inspect/read-back.ts";
import { type InspectionKeys, type KeyUnwrapper, keyUnwrapper, tokenKeyIds } from "../scramble/keys.ts";
import { wrapAad } from "../scramble/make-payload.ts";
import type { UnwrapAsk } from "./messages.ts";

/**
 * An unwrapper for these backs: with the keys in memory, and for each back whose key lies in a token with the answer that
 * `ask` gets. What `ask` fails with, because then nothing is known about that back.
 */
export async function unwrapperFor(
  readings: readonly BackReading[],
  keys: InspectionKeys,
  ask: (asked: UnwrapAsk) => Promise<Result<Buffer | undefined>>,
): Promise<Result<KeyUnwrapper>> {
  const inMemory = keyUnwrapper(keys);
  const inToken = new Set(tokenKeyIds(keys));
  const answers = new Map<string, Buffer | undefined>();
  for (const reading of readings) {
    if (reading.kind !== "read" || !inToken.has(reading.frame.keyId)) continue;
    const { keyId, wrapped, headerBytes } = reading.frame;
    const asked = { keyId, wrapped, aad: wrapAad(headerBytes) };
    const answer = await ask(asked);
    if (!answer.ok) return answer;
    answers.set(nameOf(asked), answer.value);
  }
  return ok({
    knows: (keyId) => inToken.has(keyId) || inMemory.knows(keyId),
    unwrap: (keyId, wrapped, aad) =>
      inToken.has(keyId) ? answers.get(nameOf({ keyId, wrapped, aad })) : inMemory.unwrap(keyId, wrapped, aad),
  });
}

const nameOf = ({ keyId, wrapped, aad }: UnwrapAsk): string =>
  [keyId, Buffer.from(wrapped).toString("hex"), Buffer.from(aad).toString("hex")].join(" ");
