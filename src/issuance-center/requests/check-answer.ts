import type { X509Certificate } from "node:crypto";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { chosenFields } from "../../protocol/certificates.ts";
import { fromBase64Url, hashText } from "../../protocol/encoding.ts";
import type { IssueAnswer } from "../../protocol/messages/municipality.ts";
import { tags } from "../../protocol/roles.ts";
import {
  CLOCK_TOLERANCE_MS,
  type OpenedStatement,
  openStatement,
  type SignedStatement,
  type Trust,
} from "../../protocol/statement.ts";
import {
  type ChoiceStatement,
  choiceStatement,
  type RegisterStatement,
  type ReleaseStatement,
  registerStatement,
  releaseStatement,
} from "../../protocol/statements.ts";

/** What the centre knows of a request by itself, against which the municipality's answer is checked. */
export interface KnownRequest {
  readonly requestId: string;
  readonly municipality: string;
  /** H(A) */
  readonly applicationHash: string;
  readonly choice: OpenedStatement<ChoiceStatement>;
  readonly nowMs: number;
  readonly municipalityAuthorities: readonly X509Certificate[];
}

/** A document whose M was verified and whose bytes are the released ones. */
export interface CheckedDocument {
  readonly release: SignedStatement;
  readonly body: ReleaseStatement;
  readonly pdf: Buffer;
}

/** R's words and a checked document for each copy. */
export interface CheckedAnswer {
  readonly register: RegisterStatement;
  readonly documents: readonly CheckedDocument[];
}

/**
 * Binding 5: S, signed by the kiosk that opened the request, for this request and its A, with a fee that is the product of
 * its parts. Errors: those of `openStatement`, `K-BIND-110`, `K-BIND-111`, `K-BIND-115`, `K-BIND-104`, `K-CENT-125`.
 */
export function checkChoice(
  signed: SignedStatement,
  request: { requestId: string; applicationHash: string; kiosk: string; kioskCertificateHash: string },
  trust: Trust,
): Result<OpenedStatement<ChoiceStatement>> {
  const expected = { tag: tags.choice, schema: choiceStatement, role: "kiosk", party: request.kiosk } as const;
  const opened = openStatement(signed, expected, trust);
  if (!opened.ok) return opened;
  const { body, certificate } = opened.value;
  if (hashText(certificate.raw) !== request.kioskCertificateHash) return fail("K-BIND-115", { what: "choice" });
  if (body.requestId !== request.requestId) return fail("K-BIND-110", { what: "choice" });
  if (body.applicationHash !== request.applicationHash) return fail("K-BIND-111", { what: "choice" });
  if (Math.abs(body.confirmedAtMs - trust.nowMs) > CLOCK_TOLERANCE_MS) return fail("K-BIND-104", { what: "choice" });
  if (body.feeYen !== body.feePerCopyYen * body.copies) return fail("K-CENT-125", { what: "fee" });
  return opened;
}

/**
 * Binding 8: R and every M are signed by this municipality's attestor and gate, refer to this A, S and R, and are one for
 * each copy; every PDF is the one that was released. Errors: those of `openStatement`, `K-BIND-110` … `K-BIND-114`,
 * `K-BIND-117`, `K-BIND-119`, `K-BIND-121`, `K-BIND-122`, `K-BIND-134`, `K-BIND-135`, `K-BIND-104`.
 */
export function checkAnswer(answer: IssueAnswer, request: KnownRequest): Result<CheckedAnswer> {
  const trust = { authorities: request.municipalityAuthorities, nowMs: request.nowMs };
  const party = request.municipality;
  const register = openStatement(
    answer.register,
    { tag: tags.register, schema: registerStatement, role: "attestor", party },
    trust,
  );
  if (!register.ok) return register;
  const attested = refersTo(register.value.body, "register", request);
  if (!attested.ok) return attested;
  if (register.value.body.asOfMs > request.nowMs + CLOCK_TOLERANCE_MS) return fail("K-BIND-104", { what: "register" });
  if (answer.documents.length !== request.choice.body.copies) {
    return fail("K-BIND-119", { documents: answer.documents.length, copies: request.choice.body.copies });
  }
  const documents: CheckedDocument[] = [];
  for (const { release, pdf } of answer.documents) {
    const opened = openStatement(release, { tag: tags.release, schema: releaseStatement, role: "gate", party }, trust);
    if (!opened.ok) return opened;
    const checked = checkRelease(opened.value.body, fromBase64Url(pdf), register.value.hash, request);
    if (!checked.ok) return checked;
    documents.push({ release, body: opened.value.body, pdf: checked.value });
  }
  if (!distinct(documents)) return fail("K-BIND-119", { why: "a copy twice" });
  return ok({ register: register.value.body, documents });
}

function checkRelease(
  body: ReleaseStatement,
  pdf: Buffer,
  registerHash: string,
  request: KnownRequest,
): Result<Buffer> {
  const meant = refersTo(body, "release", request);
  if (!meant.ok) return meant;
  if (body.registerHash !== registerHash) return fail("K-BIND-113", { what: "release" });
  const { copies, choice } = request.choice.body;
  if (body.copies !== copies || body.copy > copies) return fail("K-BIND-119", { copy: body.copy, copies: body.copies });
  const chosen = chosenFields(choice);
  const extra = body.printedFields.find((field) => !chosen.includes(field));
  if (extra) return fail("K-BIND-134", { field: extra });
  const missing = chosen.find((field) => !body.printedFields.includes(field));
  if (missing) return fail("K-BIND-135", { field: missing });
  if (body.printByMs < request.nowMs) return fail("K-BIND-117", { what: "release" });
  if (body.pageHashes.length !== body.pageCount) return fail("K-BIND-122", { pages: body.pageHashes.length });
  return hashText(pdf) === body.pdfHash ? ok(pdf) : fail("K-BIND-121", { documentId: body.documentId });
}

function refersTo(
  body: { requestId: string; applicationHash: string; choiceHash: string },
  what: string,
  request: KnownRequest,
): Result<void> {
  if (body.requestId !== request.requestId) return fail("K-BIND-110", { what });
  if (body.applicationHash !== request.applicationHash) return fail("K-BIND-111", { what });
  if (body.choiceHash !== request.choice.hash) return fail("K-BIND-112", { what });
  return ok();
}

function distinct(documents: readonly CheckedDocument[]): boolean {
  const sets = [
    new Set(documents.map((d) => d.body.copy)),
    new Set(documents.map((d) => d.body.documentId)),
    new Set(documents.map((d) => d.body.pdfHash)),
  ];
  return sets.every((set) => set.size === documents.length);
}
