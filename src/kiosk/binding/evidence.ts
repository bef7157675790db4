import { X509Certificate } from "node:crypto";
import type { z } from "zod";
import type { FourItems } from "../../../devices/card-reader/port.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Application } from "../../protocol/application.ts";
import { applicationHash } from "../../protocol/application.ts";
import { fromBase64Url } from "../../protocol/encoding.ts";
import type { PrepareReply } from "../../protocol/messages/kiosk.ts";
import type { OfferMember } from "../../protocol/offer.ts";
import { openSealed, type SealingKeyPair } from "../../protocol/sealing.ts";
import { parseJson, type SignedStatement, statementHash } from "../../protocol/statement.ts";
import {
  type CentreStatement,
  type ChoiceStatement,
  centreStatement,
  choiceStatement,
  type RegisterStatement,
  type ReleaseStatement,
  registerStatement,
  releaseStatement,
} from "../../protocol/statements.ts";

/** A statement taken apart, before anything about it is believed. */
export interface Presented<T> {
  readonly signed: SignedStatement;
  readonly body: T;
  /** H(·) */
  readonly hash: string;
  readonly certificate: X509Certificate;
}

/** One document as it came. */
export interface PresentedDocument {
  /** M */
  readonly release: Presented<ReleaseStatement>;
  /** C */
  readonly centre: Presented<CentreStatement>;
  readonly pdf: Uint8Array;
  /** The payloads of its scrambled images, page by page. */
  readonly payloads: readonly Uint8Array[];
}

/** Authorities pinned in the kiosk's own configuration (docs/binding.md, after 13), and the kiosk's own certificate. */
export interface BindingTrust {
  readonly centreAuthorities: readonly X509Certificate[];
  readonly municipalityAuthorities: readonly X509Certificate[];
  /** H of this kiosk's device certificate. */
  readonly kioskCertificateHash: string;
}

/** What the checks of the statements look at: what the session knows by itself, and what came. */
export interface Evidence {
  readonly nowMs: number;
  readonly trust: BindingTrust;
  readonly requestId: string;
  /** E.pub */
  readonly sessionKey: string;
  /** A, and H(A) */
  readonly application: Application;
  readonly applicationHash: string;
  /** S */
  readonly choice: { readonly body: ChoiceStatement; readonly hash: string };
  readonly replyRequestId: string;
  /** R */
  readonly register: Presented<RegisterStatement>;
  /** k */
  readonly personKey: Uint8Array;
  readonly documents: readonly PresentedDocument[];
  /** F */
  readonly fourItems: FourItems | undefined;
  /** The household as the panel showed it. */
  readonly members: readonly OfferMember[];
}

/**
 * Takes everything apart without believing any of it. Only what cannot be looked at at all is refused here: `K-BIND-103` a
 * statement of another form or without a certificate, `K-BIND-105` a k that E does not open.
 */
export async function gatherEvidence(input: {
  readonly nowMs: number;
  readonly trust: BindingTrust;
  readonly requestId: string;
  readonly sessionKey: SealingKeyPair;
  readonly application: Application;
  readonly choice: SignedStatement;
  readonly reply: PrepareReply;
  readonly fourItems: FourItems | undefined;
  readonly members: readonly OfferMember[];
}): Promise<Result<Evidence>> {
  const { reply } = input;
  const choice = parseJson(fromBase64Url(input.choice.statement), choiceStatement);
  if (!choice.ok) return fail("K-BIND-103", { statement: "S" }, choice.error);
  const register = present(reply.register, registerStatement, "R");
  if (!register.ok) return register;
  const documents: PresentedDocument[] = [];
  for (const document of reply.documents) {
    const release = present(document.release, releaseStatement, "M");
    if (!release.ok) return release;
    const centre = present(document.centre, centreStatement, "C");
    if (!centre.ok) return centre;
    documents.push({
      release: release.value,
      centre: centre.value,
      pdf: fromBase64Url(document.pdf),
      payloads: document.payloads.map(fromBase64Url),
    });
  }
  const personKey = await openSealed(input.sessionKey, "MDG-SEAL-PERSON-KEY-1", reply.personKey, input.requestId);
  if (!personKey.ok) return personKey;
  if (personKey.value.length < PERSON_KEY_BYTES) return fail("K-BIND-105", { why: "the key is too short" });
  return ok({
    nowMs: input.nowMs,
    trust: input.trust,
    requestId: input.requestId,
    sessionKey: input.sessionKey.publicKey,
    application: input.application,
    applicationHash: applicationHash(input.application),
    choice: { body: choice.value, hash: statementHash(input.choice) },
    replyRequestId: reply.requestId,
    register: register.value,
    personKey: personKey.value,
    documents,
    fourItems: input.fourItems,
    members: input.members,
  });
}

/** k is an HMAC-SHA-256 key. */
const PERSON_KEY_BYTES = 32;

function present<S extends z.ZodType>(
  signed: SignedStatement,
  schema: S,
  name: string,
): Result<Presented<z.output<S>>> {
  const body = parseJson(fromBase64Url(signed.statement), schema);
  if (!body.ok) return fail("K-BIND-103", { statement: name }, body.error);
  try {
    const certificate = new X509Certificate(fromBase64Url(signed.certificate));
    return ok({ signed, body: body.value, hash: statementHash(signed), certificate });
  } catch (thrown) {
    return fail("K-BIND-103", { statement: name, why: messageOf(thrown) });
  }
}
