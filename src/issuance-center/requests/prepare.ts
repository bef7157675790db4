import { fail, ok, type Result } from "../../kernel/result.ts";
import type { PrepareReply } from "../../protocol/messages/kiosk.ts";
import { type SignedStatement, statementHash } from "../../protocol/statement.ts";
import type { ChoiceStatement } from "../../protocol/statements.ts";
import type { DrawnPage } from "../../security-print/page-process/messages.ts";
import { protectPages, signCentreStatement, valuesOf } from "../anti-forgery/anti-forgery.ts";
import type { PreparedRow, RequestRow } from "../store/requests.ts";
import { type CheckedAnswer, type CheckedDocument, checkAnswer, checkChoice } from "./check-answer.ts";
import type { RequestContext, Sender } from "./context.ts";
import { findRequest } from "./find-request.ts";

/** A request whose A was verified. */
type AppliedRow = RequestRow & {
  readonly application_hash: string;
  readonly municipality: string;
  readonly session_key: string;
  readonly applied_at_ms: number;
};

/**
 * Binding 5–8: verifies S, has the municipality issue, checks its R and every M, draws every page again and compares,
 * and signs C for each document. The same S again gets the same documents; another S for the request is refused
 * (`K-BIND-118`). Errors: `K-CENT-121`, `K-CENT-122`, `K-CENT-124`, `K-CENT-125`, `K-BIND-116`, `K-BIND-118`, those of
 * `checkChoice` and `checkAnswer`, `K-BIND-123`, `K-BIND-138`, `K-IMAGE-102`, those of a token, and the municipality's own.
 */
export async function prepareRequest(
  context: RequestContext,
  sender: Sender,
  { requestId, choice }: { readonly requestId: string; readonly choice: SignedStatement },
): Promise<Result<PrepareReply>> {
  const found = await findRequest(context, sender, requestId);
  if (!found.ok) return found;
  const row = found.value;
  if (!isApplied(row)) return fail("K-CENT-125", { what: "prepare before apply" });
  if (row.session_key !== sender.replyTo) return fail("K-BIND-116", { what: "choice" });
  const choiceHash = statementHash(choice);
  if (row.choice_hash !== null && row.choice_hash !== choiceHash) return fail("K-BIND-118", { what: "choice" });
  const nowMs = context.clock.nowMs();
  if (nowMs > row.applied_at_ms + context.sessionLifeMs) return fail("K-CENT-122", { what: "session" });
  const checked = checkChoice(
    choice,
    {
      requestId,
      applicationHash: row.application_hash,
      kiosk: sender.kiosk,
      kioskCertificateHash: row.kiosk_certificate_hash,
    },
    { authorities: context.kioskAuthorities, nowMs },
  );
  if (!checked.ok) return checked;
  const kept = context.recent.get<PrepareReply>(`prepare ${choiceHash}`);
  if (kept) return ok(kept);
  if (row.prepared_at_ms !== null) return fail("K-CENT-124", { requestId });
  const server = context.routing.member(row.municipality);
  if (!server.ok) return server;
  if (!(await context.requests.bindChoice(requestId, choiceHash))) return fail("K-BIND-118", { what: "choice" });
  const answer = await server.value.issue({ requestId, choice });
  if (!answer.ok) return answer;
  const sound = checkAnswer(answer.value, {
    requestId,
    municipality: row.municipality,
    applicationHash: row.application_hash,
    choice: checked.value,
    nowMs: context.clock.nowMs(),
    municipalityAuthorities: context.municipalityAuthorities,
  });
  if (!sound.ok) return contradicted(context, row, sound);
  const released = await release(context, row, answer.value.register, checked.value.body, sound.value);
  if (!released.ok) return contradicted(context, row, released);
  const { register, personKey } = answer.value;
  const reply = { requestId, register, personKey, documents: released.value };
  context.recent.put(`prepare ${choiceHash}`, reply);
  return ok(reply);
}

/** Pages are drawn again and protected, C is signed, and the documents are kept before anybody gets them. */
async function release(
  context: RequestContext,
  row: AppliedRow,
  register: SignedStatement,
  choice: ChoiceStatement,
  answer: CheckedAnswer,
): Promise<Result<PrepareReply["documents"]>> {
  const rows: PreparedRow[] = [];
  const documents: PrepareReply["documents"] = [];
  const issuedAtMs = context.clock.nowMs();
  for (const document of answer.documents) {
    const pages = await redraw(context, document);
    if (!pages.ok) return pages;
    const { body, release, pdf } = document;
    const { documentId, copy, pdfHash, printByMs } = body;
    const values = valuesOf(pages.value, choice, answer.register);
    const shielded = await protectPages(
      { municipality: row.municipality, documentId, issuedAtMs, pages: pages.value, values },
      context.imageKeys,
    );
    if (!shielded.ok) return shielded;
    const centre = signCentreStatement(
      {
        release,
        body,
        antiForgery: shielded.value.map(({ antiForgery }) => antiForgery),
        kioskCertificateHash: row.kiosk_certificate_hash,
        sessionKey: row.session_key,
      },
      context.signer,
    );
    rows.push({ documentId, copy, pdfHash, printByMs, release, centre, centreHash: statementHash(centre) });
    const payloads = shielded.value.map(({ payload }) => payload.toString("base64url"));
    documents.push({ release, centre, pdf: pdf.toString("base64url"), payloads });
  }
  const kept = await context.requests.prepared(row.request_id, register, rows, context.clock.nowMs());
  return kept.ok ? ok(documents) : kept;
}

/** The centre's own drawing of every front must be the one that the municipality signed. */
async function redraw(context: RequestContext, { body, pdf }: CheckedDocument): Promise<Result<readonly DrawnPage[]>> {
  const pages = await context.pages.draw(pdf);
  if (!pages.ok) return pages;
  if (pages.value.length !== body.pageCount) return fail("K-BIND-122", { pages: pages.value.length });
  const differs = pages.value.findIndex(({ frontHash }, index) => frontHash !== body.pageHashes[index]);
  return differs < 0 ? pages : fail("K-BIND-123", { page: differs + 1 });
}

function contradicted(context: RequestContext, row: AppliedRow, failed: { ok: false; error: { code: string } }) {
  if (failed.error.code.startsWith("K-BIND")) {
    context.logger.event("centre.contradiction", {
      requestId: row.request_id,
      municipality: row.municipality,
      code: failed.error.code,
    });
  }
  return failed as Result<never>;
}

function isApplied(row: RequestRow): row is AppliedRow {
  return (
    row.application_hash !== null && row.municipality !== null && row.session_key !== null && row.applied_at_ms !== null
  );
}
