import { z } from "zod";
import { certificateKind } from "./certificates.ts";
import { bilingual, municipalityCode, shortText, timeMs, yenAmount } from "./schema.ts";
import { MAX_COPIES, MAX_PERSONS, memberRef } from "./statements.ts";

/** One certificate that this person can have now, with the municipality's own explanation and hours. */
export const offerItem = z.strictObject({
  kind: certificateKind,
  title: bilingual,
  explanation: bilingual,
  /** Service hours as the municipality words them, e.g. 「サービス提供時間は6時30分から23時までとなります。」 */
  hours: bilingual,
  feePerCopyYen: yenAmount,
  maxCopies: z.int().min(1).max(MAX_COPIES),
  /** Options that this municipality lets the citizen choose for this kind. */
  options: z.strictObject({
    scope: z.boolean(),
    headAndRelationship: z.boolean(),
    domicile: z.boolean(),
    myNumber: z.boolean(),
  }),
});
export type OfferItem = z.infer<typeof offerItem>;

/** A household member as the panel shows them. Personal: lives in the session's memory only. */
export const offerMember = z.strictObject({ ref: memberRef, name: shortText, holder: z.boolean() });
export type OfferMember = z.infer<typeof offerMember>;

/** The issuing server's answer to step 0: what this person can have now (docs/domain.md). */
export const offer = z.strictObject({
  municipality: municipalityCode,
  asOfMs: timeMs,
  items: z.array(offerItem).max(16),
  members: z.array(offerMember).max(MAX_PERSONS),
});
export type Offer = z.infer<typeof offer>;
