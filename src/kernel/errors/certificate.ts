import { entries } from "./entry.ts";

const CALL = "Call the municipality named on the screen and tell them the code.";

/**
 * The issuing server of a municipality. `K-CERT-110` is the one answer for everything that the register knows about a
 * person: it never has details, so that a protective measure looks like any other refusal (docs/domain.md).
 */
export const certificateErrors = entries({
  "K-CERT-101": {
    kind: "refusal",
    cause: "a character of the certificate has no glyph in the embedded fonts",
    clerk: "The certificate has to be issued at the counter of the municipality.",
  },
  "K-CERT-102": {
    kind: "refusal",
    cause: "a name or address is too long for its place on the certificate",
    clerk: "The certificate has to be issued at the counter of the municipality.",
  },
  "K-CERT-103": {
    kind: "fault",
    cause: "the register lacks something that the certificate must show",
    clerk: CALL,
  },
  "K-CERT-104": {
    kind: "fault",
    cause: "the process that reads and draws pages does not answer, or ended at its work",
    clerk: "The citizen may try again.",
  },
  "K-CERT-105": {
    kind: "configuration",
    cause:
      "a font file cannot be used: unreadable, not a TrueType font, or without the tables that a glyph check needs",
    clerk: "Give the path of another font, then start again.",
  },
  "K-CERT-110": {
    kind: "refusal",
    cause: "the municipality does not issue this certificate to this person at a kiosk",
    clerk: "Please ask at the counter of the municipality.",
  },
  "K-CERT-111": {
    kind: "refusal",
    cause: "the card's holder is younger than the municipality allows at a kiosk",
    clerk: "Please ask at the counter of the municipality.",
  },
  "K-CERT-112": {
    kind: "refusal",
    cause: "no seal is registered, so there is nothing to certify",
    clerk: "A seal can be registered at the counter of the municipality.",
  },
  "K-CERT-113": {
    kind: "refusal",
    cause: "the service is closed at this time",
    clerk: "Please come back during the service hours.",
  },
  "K-CERT-114": {
    kind: "refusal",
    cause: "the municipality's register knows nobody by this card",
    clerk: "Check that the right municipality was chosen; a new card can be used from the next day.",
  },
  "K-CERT-115": {
    kind: "refusal",
    cause: "the municipality issues nothing by registered domicile",
    clerk: "Choose the municipality of residence, or ask at the counter.",
  },
  "K-CERT-116": {
    kind: "contradiction",
    cause: "the confirmed choice has something that was not offered",
    clerk: CALL,
  },
  "K-CERT-117": {
    kind: "contradiction",
    cause: "the confirmed fee is not the fee of today",
    clerk: CALL,
  },
  "K-CERT-118": {
    kind: "refusal",
    cause: "the session at the issuing server is over, or was never opened",
    clerk: "The citizen may try again.",
  },
  "K-CERT-119": {
    kind: "refusal",
    cause: "the register changed between the offer and the confirmation",
    clerk: "The citizen may try again.",
  },
  "K-CERT-120": {
    kind: "fault",
    cause: "the issuing server has no room for another session",
    clerk: "Try again in a minute.",
  },
  "K-CERT-121": {
    kind: "fault",
    cause: "the copy of the register is older than the municipality allows",
    clerk: CALL,
  },
  "K-CERT-122": {
    kind: "fault",
    cause: "the register attestor does not answer",
    clerk: CALL,
  },
  "K-CERT-123": {
    kind: "contradiction",
    cause: "the application is meant for another municipality",
    clerk: "Do not hand out any paper; call the operator's centre.",
  },
  "K-CERT-124": {
    kind: "contradiction",
    cause: "renderer and attestor do not speak of the same residents",
    clerk: "Do not hand out any paper; call the municipality named on the screen.",
  },
  "K-CERT-130": {
    kind: "refusal",
    cause: "the electronic certificate of the card is not valid",
    clerk: "The citizen can have it renewed at the counter of the municipality.",
  },
  "K-CERT-131": {
    kind: "contradiction",
    cause: "the answer about the electronic certificate's validity cannot be believed",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-CERT-152": {
    kind: "fault",
    cause: "the register's database cannot be used",
    clerk: "Check the disk and the data folder of the issuing server, then start again.",
  },
});
