import type { Clock } from "../../kernel/clock.ts";
import { errorEntry } from "../../kernel/errors/catalogue.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import type { IdSource } from "../../kernel/ids.ts";
import type { Logger } from "../../kernel/logger.ts";
import { Personal } from "../../kernel/personal.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type Application, applicationHash } from "../../protocol/application.ts";
import { toBase64Url } from "../../protocol/encoding.ts";
import type { IssueAnswer, OfferAnswer } from "../../protocol/messages/municipality.ts";
import type { SignedStatement, Signer, Trust } from "../../protocol/statement.ts";
import type { ChoiceStatement } from "../../protocol/statements.ts";
import type { Attested } from "../attestor/messages.ts";
import type { Attestor } from "../attestor/port.ts";
import { civilTimeInJapan } from "../calendar/civil-time.ts";
import { checkApplication, checkChoice, isApplicable } from "../choice/check-choice.ts";
import type { Gate } from "../gate/gate.ts";
import { buildOffer, judgeKinds, type ServicePolicy } from "../offer/build-offer.ts";
import { checkAgainstOffer } from "../offer/check-against-offer.ts";
import type { MunicipalityProfile, RendererRegister } from "../registry/types.ts";
import type { Archive } from "./archive.ts";
import type { RenderCertificate } from "./ports.ts";
import type { Session, Sessions } from "./sessions.ts";

/** What the issuing server is made of. */
export interface ServiceParts {
  readonly policy: ServicePolicy;
  readonly profile: MunicipalityProfile;
  readonly register: RendererRegister;
  readonly attestor: Attestor;
  readonly render: RenderCertificate;
  readonly rendererSigner: Signer;
  readonly gate: Gate;
  readonly sessions: Sessions;
  readonly sessionMs: number;
  readonly kioskAuthorities: Trust["authorities"];
  /** Whether the card's certificate was valid, by the answer of the validity service: the municipality's own look. */
  readonly checkValidity: (application: Application, ocspResponse: string, nowMs: number) => Result<void>;
  /** Told of every released document; undefined where none is kept. */
  readonly archive: Archive | undefined;
  readonly nextId: IdSource;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

/** The two things that an issuing server does (docs/binding.md 4 and 5–8). Both are idempotent by request id. */
export interface IssuingService {
  offer(application: Application, ocspResponse: string): Promise<Result<OfferAnswer>>;
  issue(requestId: string, choice: SignedStatement): Promise<Result<IssueAnswer>>;
}

/** Builds the service. Answers are plain here; the API seals them. */
export function createIssuingService(parts: ServiceParts): IssuingService {
  return {
    async offer(application, ocspResponse) {
      const answer = await offer(parts, application, ocspResponse);
      if (!answer.ok) return told(parts, application.fields.requestId, "offer", answer.error);
      parts.logger.event("issuing.offered", {
        requestId: answer.value.requestId,
        items: answer.value.offer.items.length,
      });
      return answer;
    },
    async issue(requestId, choice) {
      const answer = await issueOnce(parts, requestId, choice);
      return answer.ok ? answer : told(parts, requestId, "issue", answer.error);
    },
  };
}

/** Logs a failure by the code that goes out, and lets it go out without its causes. */
function told(parts: ServiceParts, requestId: string, step: string, failure: Failure): Result<never> {
  const lie = errorEntry(failure.code).kind === "contradiction";
  parts.logger.event(lie ? "issuing.contradiction" : "issuing.refused", { requestId, step, code: failure.code });
  return { ok: false, error: failure };
}

async function offer(
  parts: ServiceParts,
  application: Application,
  ocspResponse: string,
): Promise<Result<OfferAnswer>> {
  const nowMs = parts.clock.nowMs();
  const verified = checkApplication(application, parts.policy.municipality);
  if (!verified.ok) return verified;
  const applicable = isApplicable(application, nowMs);
  if (!applicable.ok) return applicable;
  const valid = parts.checkValidity(application, ocspResponse, nowMs);
  if (!valid.ok) return valid;
  const identified = await parts.attestor.identify(application);
  if (!identified.ok) return identified;
  const offered = buildOffer(parts.policy, parts.register, identified.value, parts.clock.nowMs());
  if (!offered.ok) return offered;
  const hash = applicationHash(application);
  const { requestId } = application.fields;
  const session = parts.sessions.open(requestId, {
    application,
    applicationHash: hash,
    identified: identified.value,
    openedAtMs: nowMs,
    issue: undefined,
  });
  if (!session.ok) return session;
  if (session.value.applicationHash !== hash) return fail("K-BIND-118");
  return ok({ requestId, offer: offered.value });
}

/** One choice a request: the same S gets the answer of the first time, another S none. A fault may be tried again. */
async function issueOnce(
  parts: ServiceParts,
  requestId: string,
  signed: SignedStatement,
): Promise<Result<IssueAnswer>> {
  const session = parts.sessions.find(requestId);
  if (!session) return fail("K-CERT-118");
  const trust = { authorities: parts.kioskAuthorities, nowMs: parts.clock.nowMs() };
  const choice = checkChoice(session.application, signed, trust, parts.sessionMs);
  if (!choice.ok) return choice;
  const { hash, statement } = choice.value;
  if (session.issue && session.issue.choiceHash !== hash) return fail("K-BIND-118");
  session.issue ??= { choiceHash: hash, answer: issue(parts, session, signed, statement) };
  const settled = await session.issue.answer;
  if (settled.ok) return ok(settled.value.reveal());
  if (errorEntry(settled.error.code).kind === "fault") session.issue = undefined;
  return settled;
}

async function issue(
  parts: ServiceParts,
  session: Session,
  signed: SignedStatement,
  statement: ChoiceStatement,
): Promise<Result<Personal<IssueAnswer>>> {
  const { application, identified } = session;
  const judged = judgeKinds(parts.policy, parts.register, identified, parts.clock.nowMs());
  if (!judged.ok) return judged;
  const refs = new Set(identified.members.map((m) => m.ref));
  const allowed = checkAgainstOffer(judged.value, refs, statement);
  if (!allowed.ok) return allowed;
  const attested = await parts.attestor.attest(application, signed);
  if (!attested.ok) return attested;
  const documents: IssueAnswer["documents"] = [];
  for (let copy = 1; copy <= statement.copies; copy++) {
    const document = await makeDocument(parts, session, { signed, statement, attested: attested.value, copy });
    if (!document.ok) return document;
    documents.push(document.value);
  }
  parts.logger.event("issuing.answered", { requestId: statement.requestId, copies: statement.copies });
  const { register, personKey } = attested.value;
  return ok(new Personal({ requestId: statement.requestId, register, personKey, documents }));
}

/** One copy, which is a document of its own: rendered under an id of its own and released by the gate. */
async function makeDocument(
  parts: ServiceParts,
  session: Session,
  order: { signed: SignedStatement; statement: ChoiceStatement; attested: Attested; copy: number },
): Promise<Result<IssueAnswer["documents"][number]>> {
  const { signed, statement, attested, copy } = order;
  const documentId = parts.nextId();
  const rendered = await parts.render({
    documentId,
    requestId: statement.requestId,
    choice: statement.choice,
    residentIds: attested.residentIds,
    issuedOn: civilTimeInJapan(parts.clock.nowMs()).date,
    municipality: parts.profile,
    register: parts.register,
    signer: parts.rendererSigner,
  });
  if (!rendered.ok) return rendered;
  const { pdf, rendering } = rendered.value;
  const release = await parts.gate.release({
    application: session.application,
    choice: signed,
    register: attested.register,
    residentIds: attested.residentIds,
    documentId,
    copy,
    pdf,
    rendering,
  });
  if (!release.ok) return release;
  await parts.archive?.(documentId, pdf);
  return ok({ release: release.value, pdf: toBase64Url(pdf) });
}
