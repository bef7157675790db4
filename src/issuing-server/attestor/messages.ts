import { z } from "zod";
import { application } from "../../protocol/application.ts";
import { shortText, timeMs } from "../../protocol/schema.ts";
import { sealedMessage } from "../../protocol/sealing.ts";
import { signedStatement } from "../../protocol/statement.ts";
import { MAX_PERSONS, memberRef } from "../../protocol/statements.ts";

/** What issuing server and attestor say to each other over the attestor's unix socket. */

/** POST /v1/identify: who is it, and who may be named on their papers. */
export const identifyRequest = z.strictObject({ application });
export const identified = z.strictObject({
  residentId: shortText,
  linkedAtMs: timeMs,
  linkVersion: z.int().min(0),
  asOfMs: timeMs,
  /** The members of the household that may be printed, in the register's order, by references of this request. */
  members: z.array(z.strictObject({ ref: memberRef, residentId: shortText })).max(MAX_PERSONS),
});
export type Identified = z.infer<typeof identified>;

/** POST /v1/attest: R, k sealed to the session, and whom the renderer has to print, in printed order. */
export const attestRequest = z.strictObject({ application, choice: signedStatement });
export const attested = z.strictObject({
  register: signedStatement,
  personKey: sealedMessage,
  residentIds: z.array(shortText).min(1).max(MAX_PERSONS),
});
export type Attested = z.infer<typeof attested>;
