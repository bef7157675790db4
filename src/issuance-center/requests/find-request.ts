import { fail, ok, type Result } from "../../kernel/result.ts";
import type { RequestRow } from "../store/requests.ts";
import type { RequestContext, Sender } from "./context.ts";

/** The sender's own request: `K-CENT-121` when there is none of this id, or it is another kiosk's. */
export async function findRequest(
  context: RequestContext,
  sender: Sender,
  requestId: string,
): Promise<Result<RequestRow>> {
  const row = await context.requests.find(requestId);
  if (!row) return fail("K-CENT-121", { requestId });
  if (row.kiosk !== sender.kiosk || row.kiosk_certificate_hash !== sender.certificateHash) {
    return fail("K-CENT-121", { requestId, why: "another kiosk's" });
  }
  return ok(row);
}
