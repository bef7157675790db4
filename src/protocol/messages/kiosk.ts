import { z } from "zod";
import { application, relation } from "../application.ts";
import { offer } from "../offer.ts";
import { base64Url, bilingual, municipalityCode, shortText, timeMs, uuid } from "../schema.ts";
import { sealedMessage } from "../sealing.ts";
import { signedStatement } from "../statement.ts";
import { MAX_COPIES, MAX_PAGES } from "../statements.ts";

/** Bytes of one page's payload: its text, the frame, and the image layer of the finest cells. */
export const MAX_PAYLOAD_BYTES = 80_000;

/**
 * Messages between a kiosk and the issuance centre. The operator relays them unread: a request is a statement of the
 * kiosk (tag `MDG-KIOSK-REQUEST-1`) sealed to the centre; a reply is a statement of the centre (`MDG-CENTRE-REPLY-1`)
 * sealed to the request's `replyTo` key. `messageId` is the aad of the reply and makes a retry idempotent.
 */

export const directoryRequest = z.strictObject({});
export const directoryReply = z.strictObject({
  asOfMs: timeMs,
  municipalities: z
    .array(
      z.strictObject({
        code: municipalityCode,
        name: bilingual,
        prefecture: bilingual,
        relations: z.array(relation).min(1).max(2),
      }),
    )
    .max(2000),
});
export type DirectoryReply = z.infer<typeof directoryReply>;

/** Binding 1: a request id and a nonce, good for at most 120 s. */
export const openRequest = z.strictObject({});
export const openReply = z.strictObject({
  requestId: uuid,
  nonce: base64Url(32),
  notAfterMs: timeMs,
});
export type OpenReply = z.infer<typeof openReply>;

/** Binding 2 and 4: A, answered by what this person can have now. */
export const applyRequest = z.strictObject({ application });
export const applyReply = z.strictObject({ requestId: uuid, offer });
export type ApplyReply = z.infer<typeof applyReply>;

/** Binding 5–8: S with A's session, answered by the documents. */
export const prepareRequest = z.strictObject({ requestId: uuid, choice: signedStatement });
export const preparedDocument = z.strictObject({
  /** M */
  release: signedStatement,
  /** C */
  centre: signedStatement,
  pdf: base64Url(8_000_000),
  /** The payload of each page's scrambled image, in the order of the pages. */
  payloads: z.array(base64Url(MAX_PAYLOAD_BYTES)).min(1).max(MAX_PAGES),
});
export const prepareReply = z.strictObject({
  requestId: uuid,
  /** R */
  register: signedStatement,
  /** k, sealed by the attestor to E with aad = requestId. */
  personKey: sealedMessage,
  documents: z.array(preparedDocument).min(1).max(MAX_COPIES),
});
export type PrepareReply = z.infer<typeof prepareReply>;

/** Binding 14: what came of each document. */
export const settleRequest = z.strictObject({
  requestId: uuid,
  result: z.enum(["issued", "partial", "notIssued", "unknown"]),
  prints: z.array(signedStatement).max(MAX_COPIES),
});
export const settleReply = z.strictObject({ requestId: uuid });

/** Request and reply schema of every operation. */
export const kioskOperations = {
  directory: { request: directoryRequest, reply: directoryReply },
  open: { request: openRequest, reply: openReply },
  apply: { request: applyRequest, reply: applyReply },
  prepare: { request: prepareRequest, reply: prepareReply },
  settle: { request: settleRequest, reply: settleReply },
} as const;
export type KioskOperation = keyof typeof kioskOperations;
export const kioskOperation = z.enum(["directory", "open", "apply", "prepare", "settle"]);

/** The statement inside a sealed request. */
export const kioskRequestEnvelope = z.strictObject({
  operation: kioskOperation,
  messageId: uuid,
  sentAtMs: timeMs,
  /** Raw X25519 public key that the reply is sealed to: E.pub within a session. */
  replyTo: base64Url(32),
  body: z.unknown(),
});

/** A failure as it crosses a border: the code and safe details, no cause chain. */
export const wireFailure = z.strictObject({
  code: z.string().max(20),
  detail: z.record(z.string().max(40), z.union([z.string().max(300), z.number(), z.boolean()])).optional(),
});

/** The statement inside a sealed reply. */
export const centreReplyEnvelope = z.strictObject({
  operation: kioskOperation,
  messageId: uuid,
  sentAtMs: timeMs,
  outcome: z.discriminatedUnion("ok", [
    z.strictObject({ ok: z.literal(true), body: z.unknown() }),
    z.strictObject({ ok: z.literal(false), failure: wireFailure }),
  ]),
});

/** POST /v1/relay at the operator's centre, and POST /v1/sealed at the issuance centre: the relay sees only this. */
export const relayRequest = z.strictObject({ message: sealedMessage });
export const relayReply = z.strictObject({ message: sealedMessage });

/** POST /v1/usage at the operator's centre: the usage log (利用ログ). No personal data. Idempotent by requestId. */
export const usageRecord = z.strictObject({
  requestId: uuid,
  municipality: municipalityCode,
  kind: shortText,
  copies: z.int().min(0).max(MAX_COPIES),
  feeYen: z.int().min(0),
  refundedYen: z.int().min(0),
  result: z.enum(["issued", "partial", "notIssued", "unknown"]),
  failureCode: z.string().max(20).optional(),
  bindingLevel: z.enum(["L3", "L2", "none"]),
  impressions: z.int().min(0),
  startedAtMs: timeMs,
  endedAtMs: timeMs,
});
export type UsageRecord = z.infer<typeof usageRecord>;

/** The operator's own word that the record is kept: only now may it leave the kiosk's outbox. */
export const usageReply = z.strictObject({ requestId: uuid });
