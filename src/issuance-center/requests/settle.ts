import type { z } from "zod";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { hashText } from "../../protocol/encoding.ts";
import type { settleReply, settleRequest as settleSchema } from "../../protocol/messages/kiosk.ts";
import { tags } from "../../protocol/roles.ts";
import { openStatement, type SignedStatement, statementHash } from "../../protocol/statement.ts";
import { type PrintStatement, printStatement } from "../../protocol/statements.ts";
import type { DocumentRow, RequestRow } from "../store/requests.ts";
import type { RequestContext, Sender } from "./context.ts";
import { findOwnRequest } from "./find-request.ts";

type Settlement = z.output<typeof settleSchema>;

/**
 * Binding 14: keeps every P and the result, once. P may come long after printing (the kiosk was cut off, its certificate
 * renewed in between), so it has no deadline here, and the kiosk's old or its new certificate may have signed it. The same
 * settlement again is acknowledged again; another one is refused (`K-BIND-118`). Errors: `K-CENT-121`, `K-CENT-125`,
 * `K-BIND-110`, `K-BIND-115`, and those of `openStatement`.
 */
export async function settleRequest(
  context: RequestContext,
  sender: Sender,
  settlement: Settlement,
): Promise<Result<z.output<typeof settleReply>>> {
  const { requestId, result } = settlement;
  const found = await findOwnRequest(context, sender, requestId);
  if (!found.ok) return found;
  const documents = await context.requests.documents(requestId);
  const prints: { documentId: string; statement: SignedStatement; result: string }[] = [];
  for (const signed of settlement.prints) {
    const checked = checkPrint(context, sender, found.value, documents, signed);
    if (!checked.ok) return checked;
    prints.push({ documentId: checked.value.documentId, statement: signed, result: checked.value.result });
  }
  const consistent = checkResult(result, prints, documents.length);
  if (!consistent.ok) return consistent;
  const hash = hashText(Buffer.from([result, ...settlement.prints.map(statementHash)].join(" "), "utf8"));
  const kept = await context.requests.settled(requestId, { hash, result, prints }, context.clock.nowMs());
  if (!kept) return fail("K-BIND-118", { what: "settlement" });
  context.logger.event("centre.settled", { requestId, result, prints: prints.length });
  return ok({ requestId });
}

function checkPrint(
  context: RequestContext,
  sender: Sender,
  request: RequestRow,
  documents: readonly DocumentRow[],
  signed: SignedStatement,
): Result<PrintStatement> {
  const opened = openStatement(
    signed,
    { tag: tags.print, schema: printStatement, role: "kiosk", party: sender.kiosk },
    { authorities: context.kioskAuthorities, nowMs: context.clock.nowMs() },
  );
  if (!opened.ok) return opened;
  const { body, certificate } = opened.value;
  const known = [request.kiosk_certificate_hash, sender.certificateHash];
  if (!known.includes(hashText(certificate.raw))) return fail("K-BIND-115", { what: "print" });
  if (body.requestId !== request.request_id) return fail("K-BIND-110", { what: "print" });
  const document = documents.find((one) => one.document_id === body.documentId);
  if (document?.centre_hash !== body.centreHash) return fail("K-CENT-125", { why: "no such document" });
  return ok(body);
}

/** `unknown` claims nothing and is always taken; the others must follow from the statements. */
function checkResult(
  result: Settlement["result"],
  prints: readonly { documentId: string; result: string }[],
  documents: number,
): Result<void> {
  if (new Set(prints.map((p) => p.documentId)).size !== prints.length) return fail("K-CENT-125", { why: "P twice" });
  const done = prints.filter((p) => p.result === "done").length;
  const follows = {
    issued: documents > 0 && done === documents,
    partial: done > 0 && done < documents,
    notIssued: done === 0,
    unknown: true,
  }[result];
  return follows ? ok() : fail("K-CENT-125", { result, done, documents });
}
