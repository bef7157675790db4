import { entries } from "./entry.ts";

const TRY_LATER = "The citizen may try again later; if it goes on, call the operator's centre.";
const TO_OFFICE = "The citizen's electronic certificate cannot be used; the municipal office can renew it.";
const CALL = "Call the operator's centre and tell them the code.";

/** Errors of this room; see `docs/errors.md`. */
export const centreErrors = entries({
  "K-CENT-101": {
    kind: "contradiction",
    cause: "no pinned generation of the certificate authority issued the citizen's electronic certificate",
    clerk: CALL,
  },
  "K-CENT-102": { kind: "refusal", cause: "the citizen's electronic certificate has expired", clerk: TO_OFFICE },
  "K-CENT-103": {
    kind: "refusal",
    cause: "the citizen's electronic certificate is not valid yet, or the centre's clock is wrong",
    clerk: TO_OFFICE,
  },
  "K-CENT-104": {
    kind: "contradiction",
    cause: "an electronic certificate is not one for user authentication (key, key usage or policy)",
    clerk: CALL,
  },
  "K-CENT-105": { kind: "refusal", cause: "the citizen's electronic certificate was revoked", clerk: TO_OFFICE },
  "K-CENT-106": {
    kind: "refusal",
    cause: "the certificate authority does not know the citizen's electronic certificate",
    clerk: TO_OFFICE,
  },
  "K-CENT-110": { kind: "fault", cause: "the OCSP responder cannot be reached", clerk: TRY_LATER },
  "K-CENT-111": {
    kind: "fault",
    cause: "an OCSP answer was not signed by the certificate authority or a responder it delegated to",
    clerk: CALL,
  },
  "K-CENT-112": { kind: "fault", cause: "an OCSP answer is outside its time", clerk: CALL },
  "K-CENT-113": { kind: "fault", cause: "an OCSP answer does not carry the nonce of its request", clerk: CALL },
  "K-CENT-114": { kind: "fault", cause: "an OCSP answer is about another certificate", clerk: CALL },
  "K-CENT-115": { kind: "fault", cause: "an OCSP answer has another form, or says that it cannot answer", clerk: CALL },
  "K-CENT-120": {
    kind: "refusal",
    cause: "the municipality does not take part, or not for this relation",
    clerk: "The citizen can ask at the municipal office.",
  },
  "K-CENT-121": {
    kind: "contradiction",
    cause: "the centre does not know the request, or it is another kiosk's",
    clerk: CALL,
  },
  "K-CENT-122": { kind: "refusal", cause: "the time of the request is over", clerk: "The citizen may try again." },
  "K-CENT-123": {
    kind: "fault",
    cause: "the same request is being answered at this moment",
    clerk: "The citizen may try again.",
  },
  "K-CENT-124": {
    kind: "refusal",
    cause: "the answer to this request was given before and is not kept",
    clerk: "The citizen may try again.",
  },
  "K-CENT-125": {
    kind: "contradiction",
    cause: "a request's step is out of order, or its result does not follow from its print statements",
    clerk: CALL,
  },
  "K-CENT-130": { kind: "fault", cause: "a kiosk sends more requests than it may", clerk: TRY_LATER },
  "K-CENT-140": { kind: "fault", cause: "the centre's database does not answer", clerk: TRY_LATER },
});
