import { fail, ok, type Result } from "../../kernel/result.ts";
import { type Application, applicationHash, verifyApplication } from "../../protocol/application.ts";
import { toBase64Url } from "../../protocol/encoding.ts";
import type { ApplyReply } from "../../protocol/messages/kiosk.ts";
import type { RequestRow } from "../store/requests.ts";
import type { RequestContext, Sender } from "./context.ts";
import { findRequest } from "./find-request.ts";

/**
 * Binding 2 and 4: verifies A (nonce, time, kiosk, session, the card's signature), the electronic certificate's chain,
 * dates and OCSP, and asks the municipality what this person can have. The same A again gets the same answer; another A
 * for the request is refused (`K-BIND-118`). Errors: `K-CENT-121`, `K-CENT-122`, `K-BIND-110`, `K-BIND-115`,
 * `K-BIND-116`, `K-BIND-118`, `K-BIND-120`, `K-CENT-120`, those of the validity verification, and the municipality's own.
 */
export async function applyRequest(
  context: RequestContext,
  sender: Sender,
  { application }: { readonly application: Application },
): Promise<Result<ApplyReply>> {
  const { fields } = application;
  const row = await findRequest(context, sender, fields.requestId);
  if (!row.ok) return row;
  const hash = applicationHash(application);
  const meant = checkFields(application, row.value, sender);
  if (!meant.ok) return meant;
  if (context.clock.nowMs() > row.value.not_after_ms) return fail("K-CENT-122", { what: "nonce" });
  const server = context.routing.find(fields.municipality, fields.relation);
  if (!server.ok) return server;
  const certificate = verifyApplication(application);
  if (!certificate.ok) return certificate;
  const kept = context.recent.get<ApplyReply>(`apply ${hash}`);
  if (kept) return ok(kept);
  const validity = await context.validity.verify(certificate.value);
  if (!validity.ok) return validity;
  const bound = await context.requests.bindApplication(fields.requestId, {
    hash,
    municipality: fields.municipality,
    sessionKey: fields.sessionKey,
  });
  if (!bound) return fail("K-BIND-118", { what: "application" });
  const answer = await server.value.offer({ application, ocspResponse: toBase64Url(validity.value.ocspResponse) });
  if (!answer.ok) return answer;
  await context.requests.applied(fields.requestId, context.clock.nowMs());
  context.recent.put(`apply ${hash}`, answer.value);
  return answer;
}

/** That A is for this request, as it was opened, from this kiosk and this session. */
function checkFields({ fields }: Application, row: RequestRow, sender: Sender): Result<void> {
  if (fields.nonce !== row.nonce) return fail("K-BIND-110", { what: "nonce" });
  if (fields.notAfterMs !== row.not_after_ms) return fail("K-BIND-110", { what: "notAfterMs" });
  if (fields.kioskCertificateHash !== sender.certificateHash) return fail("K-BIND-115", { what: "application" });
  if (fields.sessionKey !== sender.replyTo) return fail("K-BIND-116", { what: "application" });
  return ok();
}
