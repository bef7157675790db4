import { z } from "zod";
import { application } from "../application.ts";
import { offer } from "../offer.ts";
import { base64Url, uuid } from "../schema.ts";
import { sealedMessage } from "../sealing.ts";
import { signedStatement } from "../statement.ts";
import { MAX_COPIES } from "../statements.ts";

/**
 * Messages from the issuance centre to a municipality's issuing server, HTTPS with mutual TLS. Every answer's body is
 * sealed to the issuance centre (`MDG-SEAL-MUNICIPALITY-TO-CENTRE-1`, aad = requestId).
 */

/** POST /v1/offer (binding 4): A with the kiosk's device certificate and the OCSP answer (DER) for the auth certificate. */
export const offerRequest = z.strictObject({
  application,
  ocspResponse: base64Url(16_384),
});
export const offerAnswer = z.strictObject({ requestId: uuid, offer });
export type OfferAnswer = z.infer<typeof offerAnswer>;

/** POST /v1/issue (binding 6–8): the choice S and the kiosk's device certificate; A was kept by requestId. */
export const issueRequest = z.strictObject({ requestId: uuid, choice: signedStatement });
export const issueAnswer = z.strictObject({
  requestId: uuid,
  /** R */
  register: signedStatement,
  /** k sealed to E. The issuance centre passes it on and cannot open it. */
  personKey: sealedMessage,
  documents: z
    .array(z.strictObject({ release: signedStatement, pdf: base64Url(8_000_000) }))
    .min(1)
    .max(MAX_COPIES),
});
export type IssueAnswer = z.infer<typeof issueAnswer>;

/** The answer of both routes. */
export const sealedAnswer = z.strictObject({ sealed: sealedMessage });
