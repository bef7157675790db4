import { ok, type Result } from "../../kernel/result.ts";
import { toBase64Url } from "../../protocol/encoding.ts";
import type { OpenReply } from "../../protocol/messages/kiosk.ts";
import type { RequestContext, Sender } from "./context.ts";

const NONCE_BYTES = 32;

/** Binding 1: a request id and a nonce for this device, good for at most 120 s. */
export async function openRequest(context: RequestContext, sender: Sender): Promise<Result<OpenReply>> {
  const nowMs = context.clock.nowMs();
  const opened = {
    requestId: context.ids(),
    nonce: toBase64Url(context.random(NONCE_BYTES)),
    notAfterMs: nowMs + context.nonceLifeMs,
  };
  await context.requests.open({
    request_id: opened.requestId,
    kiosk: sender.kiosk,
    kiosk_certificate_hash: sender.certificateHash,
    nonce: opened.nonce,
    not_after_ms: opened.notAfterMs,
    opened_at_ms: nowMs,
  });
  return ok(opened);
}
