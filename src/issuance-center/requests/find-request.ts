import { fail, ok, type Result } from "../../kernel/result.ts";
import type { RequestRow } from "../store/requests.ts";
import type { RequestContext, Sender } from "./context.ts";

/** The sender's own request: `K-CENT-121` when there is none of this id, or it is another kiosk's. */
export async function findOwnRequest(
  context: RequestContext,
  sender: Sender,
  requestId: string,
): Promise<Result<RequestRow>> {
  const row = await context.requests.find(requestId);
  if (!row) return fail("K-CENT-121", { requestId });
  return row.kiosk === sender.kiosk ? ok(row) : fail("K-CENT-121", { requestId, why: "another kiosk's" });
}

/** As `findOwnRequest`, and the device certificate is the one that opened the request: A is bound to it. */
export async function findRequest(
  context: RequestContext,
  sender: Sender,
  requestId: string,
): Promise<Result<RequestRow>> {
  const row = await findOwnRequest(context, sender, requestId);
  if (!row.ok || row.value.kiosk_certificate_hash === sender.certificateHash) return row;
  return fail("K-CENT-121", { requestId, why: "another certificate's" });
}
