import type { X509Certificate } from "node:crypto";
import type { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { isErrorCode } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import {
  centreReplyEnvelope,
  type KioskOperation,
  kioskOperations,
  type kioskRequestEnvelope,
} from "../../protocol/messages/kiosk.ts";
import { tags } from "../../protocol/roles.ts";
import { openSealed, type SealedMessage, type SealingKeyPair, seal } from "../../protocol/sealing.ts";
import {
  CLOCK_TOLERANCE_MS,
  openStatement,
  parseJson,
  type Signer,
  signedStatement,
  signStatement,
} from "../../protocol/statement.ts";

/** The issuance centre, as the kiosk's own configuration pins it. */
export interface PinnedCentre {
  /** Raw X25519 public key as base64url. */
  readonly sealingPublicKey: string;
  /** Who may vouch for the centre's signing certificate. */
  readonly authorities: readonly X509Certificate[];
}

/** One message to the centre, sealed once: every attempt sends these same bytes. */
export interface OutgoingMessage<O extends KioskOperation> {
  readonly operation: O;
  readonly messageId: string;
  readonly replyTo: SealingKeyPair;
  readonly sealed: SealedMessage;
}

export type ReplyOf<O extends KioskOperation> = z.output<(typeof kioskOperations)[O]["reply"]>;
export type RequestOf<O extends KioskOperation> = z.input<(typeof kioskOperations)[O]["request"]>;

/** Signs a request with the device key and seals it to the centre, so that the operator's relay cannot read it. */
export async function sealRequest<O extends KioskOperation>(
  message: { operation: O; messageId: string; body: RequestOf<O>; replyTo: SealingKeyPair },
  signer: Signer,
  centre: PinnedCentre,
  clock: Pick<Clock, "nowMs">,
): Promise<OutgoingMessage<O>> {
  const envelope: z.input<typeof kioskRequestEnvelope> = {
    operation: message.operation,
    messageId: message.messageId,
    sentAtMs: clock.nowMs(),
    replyTo: message.replyTo.publicKey,
    body: message.body,
  };
  const signed = signStatement(tags.kioskRequest, envelope, signer);
  const sealed = await seal(
    centre.sealingPublicKey,
    "MDG-SEAL-KIOSK-TO-CENTRE-1",
    Buffer.from(JSON.stringify(signed), "utf8"),
  );
  return { operation: message.operation, messageId: message.messageId, replyTo: message.replyTo, sealed };
}

/**
 * Opens what came back. Errors: `K-TUNNEL-104` altered, sealed to another key, or the reply to another message (its id is
 * authenticated with the ciphertext); `K-BIND-101…104` not the centre's signature, or not its time or ours;
 * `K-TUNNEL-103` the centre itself answered another message or operation; `K-NET-103` another form; and whatever failure
 * the centre names, with its own code.
 */
export async function openReply<O extends KioskOperation>(
  message: OutgoingMessage<O>,
  reply: SealedMessage,
  centre: PinnedCentre,
  clock: Pick<Clock, "nowMs">,
): Promise<Result<ReplyOf<O>>> {
  const { operation } = message;
  const opened = await openSealed(message.replyTo, "MDG-SEAL-CENTRE-TO-KIOSK-1", reply, message.messageId);
  if (!opened.ok) return fail("K-TUNNEL-104", { operation }, opened.error);
  const signed = parseJson(opened.value, signedStatement);
  if (!signed.ok) return fail("K-NET-103", { operation }, signed.error);
  const nowMs = clock.nowMs();
  const statement = openStatement(
    signed.value,
    { tag: tags.centreReply, schema: centreReplyEnvelope, role: "issuance-center" },
    { authorities: centre.authorities, nowMs },
  );
  if (!statement.ok) return statement;
  const envelope = statement.value.body;
  if (envelope.messageId !== message.messageId || envelope.operation !== operation) {
    return fail("K-TUNNEL-103", { operation, answered: envelope.operation });
  }
  if (Math.abs(envelope.sentAtMs - nowMs) > CLOCK_TOLERANCE_MS) {
    return fail("K-BIND-104", { operation, differenceMs: envelope.sentAtMs - nowMs });
  }
  if (!envelope.outcome.ok) {
    const { code, detail } = envelope.outcome.failure;
    return isErrorCode(code) ? fail(code, detail) : fail("K-NET-103", { operation, code });
  }
  const body = kioskOperations[operation].reply.safeParse(envelope.outcome.body);
  if (body.success) return ok(body.data as ReplyOf<O>);
  const issue = body.error.issues[0];
  return fail("K-NET-103", { operation, key: issue?.path.join(".") ?? "", allowed: issue?.message ?? "" });
}
