/**
 * Who signs what. A certificate names its role in OU and its party in O (a kiosk id, a municipality code or a centre's
 * name); the certificate authority that may vouch for a role is pinned in each verifier's configuration.
 */
export const signerRoles = [
  "kiosk",
  "operator-center",
  "issuance-center",
  "attestor",
  "renderer",
  "gate",
  "issuing-server",
] as const;
export type SignerRole = (typeof signerRoles)[number];

/** A role of a party, as its certificate states it. */
export interface SignerIdentity {
  readonly role: SignerRole;
  /** Kiosk id, municipality code, or the centre's name. */
  readonly party: string;
}

/** The tags of every statement: a signature under one tag is worth nothing under another. */
export const tags = {
  application: "MDG-AUTH-1",
  kioskRequest: "MDG-KIOSK-REQUEST-1",
  centreReply: "MDG-CENTRE-REPLY-1",
  choice: "MDG-CHOICE-1",
  register: "MDG-REGISTER-1",
  rendering: "MDG-RENDERING-1",
  release: "MDG-RELEASE-1",
  centre: "MDG-CENTRE-1",
  print: "MDG-PRINT-1",
  person: "MDG-PERSON-1",
  address: "MDG-ADDRESS-1",
  value: "MDG-VALUE-1",
} as const;
export type StatementTag = (typeof tags)[keyof typeof tags];
