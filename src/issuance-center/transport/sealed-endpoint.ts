import type { X509Certificate } from "node:crypto";
import type { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type KioskOperation, kioskRequestEnvelope, type wireFailure } from "../../protocol/messages/kiosk.ts";
import { tags } from "../../protocol/roles.ts";
import { openSealed, type SealedMessage, type SealingKeyPair, seal } from "../../protocol/sealing.ts";
import {
  CLOCK_TOLERANCE_MS,
  certificateHash,
  type OpenedStatement,
  openStatement,
  parseJson,
  type Signer,
  signedStatement,
  signStatement,
} from "../../protocol/statement.ts";
import type { Sender } from "../requests/context.ts";
import type { MessageStore } from "../store/messages.ts";

type Envelope = z.output<typeof kioskRequestEnvelope>;

/** What the endpoint needs. */
export interface SealedEndpointOptions {
  readonly sealing: SealingKeyPair;
  readonly signer: Signer;
  readonly kioskAuthorities: readonly X509Certificate[];
  readonly messages: MessageStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly perform: (operation: KioskOperation, body: unknown, sender: Sender) => Promise<Result<unknown>>;
}

/** Failures after which the same message may be tried again: they are not kept as its answer. */
const NOT_AN_ANSWER: ReadonlySet<string> = new Set(["K-CENT-123", "K-CENT-140"]);
const MAX_DETAIL_KEY = 40;
const MAX_DETAIL_TEXT = 300;

/**
 * `POST /v1/sealed`: opens a kiosk's message, verifies its signature, has it carried out once however often it comes, and
 * seals the signed reply to the message's `replyTo`. The same message again gets the same bytes again. What fails before
 * the sender is known (`K-BIND-101` … `K-BIND-105`, `K-NET-104`) fails in the open; everything after is sealed.
 */
export function createSealedEndpoint(
  options: SealedEndpointOptions,
): (message: SealedMessage) => Promise<Result<SealedMessage>> {
  const underWay = new Map<string, Promise<Result<SealedMessage>>>();
  return async (message) => {
    const opened = await openMessage(message, options);
    if (!opened.ok) return opened;
    const { hash } = opened.value;
    const same = underWay.get(hash);
    if (same) return same;
    const answer = answerOnce(opened.value, options).finally(() => underWay.delete(hash));
    underWay.set(hash, answer);
    return answer;
  };
}

async function openMessage(
  message: SealedMessage,
  { sealing, kioskAuthorities, clock }: SealedEndpointOptions,
): Promise<Result<OpenedStatement<Envelope>>> {
  const plain = await openSealed(sealing, "MDG-SEAL-KIOSK-TO-CENTRE-1", message);
  if (!plain.ok) return plain;
  const signed = parseJson(plain.value, signedStatement);
  if (!signed.ok) return signed;
  return openStatement(
    signed.value,
    { tag: tags.kioskRequest, schema: kioskRequestEnvelope, role: "kiosk" },
    { authorities: kioskAuthorities, nowMs: clock.nowMs() },
  );
}

async function answerOnce(
  { body: envelope, signer, certificate, hash }: OpenedStatement<Envelope>,
  options: SealedEndpointOptions,
): Promise<Result<SealedMessage>> {
  const { messages, clock, logger } = options;
  const { operation, messageId } = envelope;
  const nowMs = clock.nowMs();
  if (Math.abs(envelope.sentAtMs - nowMs) > CLOCK_TOLERANCE_MS) {
    return sealReply(envelope, fail("K-BIND-104", { differenceMs: envelope.sentAtMs - nowMs }), options);
  }
  const kiosk = signer.party;
  const claim = await messages.claim({ messageId, kiosk, operation, requestHash: hash, nowMs });
  if (claim.claim === "answered") return ok(claim.reply);
  if (claim.claim === "busy") return fail("K-CENT-123", { messageId });
  if (claim.claim === "other") return sealReply(envelope, fail("K-BIND-118", { what: "message id" }), options);
  const startedMs = clock.monotonicMs();
  const sender = { kiosk, certificateHash: certificateHash(certificate), replyTo: envelope.replyTo };
  const outcome = await performOrAbandon(envelope, sender, options);
  const code = outcome.ok ? "" : outcome.error.code;
  const durationMs = Math.round(clock.monotonicMs() - startedMs);
  logger.event("centre.answered", { operation, kiosk, messageId, code, durationMs });
  if (!outcome.ok && NOT_AN_ANSWER.has(outcome.error.code)) {
    await messages.abandon(messageId);
    return outcome;
  }
  const reply = await sealReply(envelope, outcome, options);
  if (reply.ok) await messages.answer(messageId, reply.value, clock.nowMs());
  else await messages.abandon(messageId);
  return reply;
}

/** A bug of an operation must not leave its message claimed for ever; it still ends the process. */
async function performOrAbandon(
  envelope: Envelope,
  sender: Sender,
  { perform, messages }: SealedEndpointOptions,
): Promise<Result<unknown>> {
  try {
    return await perform(envelope.operation, envelope.body, sender);
  } catch (thrown) {
    await messages.abandon(envelope.messageId).catch(() => {});
    throw thrown;
  }
}

/** `K-BIND-103` when `replyTo` is no key that anything can be sealed to. */
async function sealReply(
  envelope: Envelope,
  outcome: Result<unknown>,
  { signer, clock }: SealedEndpointOptions,
): Promise<Result<SealedMessage>> {
  const signed = signStatement(
    tags.centreReply,
    {
      operation: envelope.operation,
      messageId: envelope.messageId,
      sentAtMs: clock.nowMs(),
      outcome: outcome.ok ? { ok: true, body: outcome.value } : { ok: false, failure: onTheWire(outcome.error) },
    },
    signer,
  );
  const plain = Buffer.from(JSON.stringify(signed), "utf8");
  try {
    return ok(await seal(envelope.replyTo, "MDG-SEAL-CENTRE-TO-KIOSK-1", plain, envelope.messageId));
  } catch {
    return fail("K-BIND-103", { what: "replyTo" });
  }
}

/** Code and details within the bounds of `wireFailure`; the chain of causes stays here. */
function onTheWire({ code, detail }: Failure): z.input<typeof wireFailure> {
  if (!detail) return { code };
  const bounded = Object.entries(detail).map(([key, value]) => [
    key.slice(0, MAX_DETAIL_KEY),
    typeof value === "string" ? value.slice(0, MAX_DETAIL_TEXT) : value,
  ]);
  return { code, detail: Object.fromEntries(bounded) };
}
