import type { RateLimit } from "../../kernel/rate-limit.ts";
import { fail, type Result } from "../../kernel/result.ts";
import type { JsonClient } from "../../protocol/http/client.ts";
import { relayReply } from "../../protocol/messages/kiosk.ts";
import type { SealedMessage } from "../../protocol/sealing.ts";

/** Longer than a municipality may take to issue, a little shorter than a server waits for a request. */
export const RELAY_TIMEOUT_MS = 28_000;

/**
 * Passes a sealed message on to the issuance centre and its sealed reply back; the operator has no key to either.
 * Errors: `K-CENT-130` the kiosk sends too much, `K-TUNNEL-102` the issuance centre cannot be reached, `K-NET-102`,
 * `K-NET-105`, and what the issuance centre says in the open.
 */
export function createRelay(
  issuanceCenter: JsonClient,
  allowed: RateLimit,
): (kiosk: string, message: SealedMessage) => Promise<Result<{ message: SealedMessage }>> {
  return async (kiosk, message) => {
    if (!allowed(kiosk)) return fail("K-CENT-130", { kiosk });
    const reply = await issuanceCenter.call("POST", "/v1/sealed", { message }, relayReply);
    return !reply.ok && reply.error.code === "K-NET-101" ? fail("K-TUNNEL-102", undefined, reply.error) : reply;
  };
}
