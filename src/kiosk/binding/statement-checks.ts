import { verifyApplication } from "../../protocol/application.ts";
import { chosenFields, type OptionalField } from "../../protocol/certificates.ts";
import { hashText } from "../../protocol/encoding.ts";
import { type SignerRole, type StatementTag, tags } from "../../protocol/roles.ts";
import { CLOCK_TOLERANCE_MS, checkStatementSigner, verifySignature } from "../../protocol/statement.ts";
import type { ReleaseStatement } from "../../protocol/statements.ts";
import { parseFrame } from "../../security-print/scramble/frame.ts";
import { payloadHash } from "../../security-print/scramble/keys.ts";
import { parsePayload } from "../../security-print/scramble/payload.ts";
import { type BindingCheck, mustHold, mustHoldForEach } from "./check.ts";
import type { Evidence, Presented } from "./evidence.ts";

/**
 * How old the register may be that R looked at. Municipalities set a limit of their own, minutes as a rule; this is the
 * longest that any of them may set.
 */
export const REGISTER_MAX_AGE_MS = 24 * 3_600_000;

type Signed = Presented<unknown>;

interface Origin {
  readonly role: SignerRole;
  readonly tag: StatementTag;
  /** The statements of this origin in the reply. */
  readonly of: (e: Evidence) => readonly Signed[];
  /** The authorities that may vouch for it, and whose statements they must be. */
  readonly authorities: (e: Evidence) => Evidence["trust"]["centreAuthorities"];
  readonly party?: (e: Evidence) => string;
}

const municipality = (e: Evidence) => e.application.fields.municipality;

/** Who signs what (docs/binding.md 6–8): the centre C, the gate M, the attestor R, each by a certificate of its own. */
const origins: Readonly<Record<"centre" | "release" | "register", Origin>> = {
  centre: {
    role: "issuance-center",
    tag: tags.centre,
    of: (e) => e.documents.map((document) => document.centre),
    authorities: (e) => e.trust.centreAuthorities,
  },
  release: {
    role: "gate",
    tag: tags.release,
    of: (e) => e.documents.map((document) => document.release),
    authorities: (e) => e.trust.municipalityAuthorities,
    party: municipality,
  },
  register: {
    role: "attestor",
    tag: tags.register,
    of: (e) => [e.register],
    authorities: (e) => e.trust.municipalityAuthorities,
    party: municipality,
  },
};

/** Signer (authority, role, party), the dates of its certificate, and the signature itself. */
function originChecks(name: keyof typeof origins): BindingCheck<Evidence>[] {
  const origin = origins[name];
  const judged = (e: Evidence, one: Signed) => {
    const expected = { role: origin.role, ...(origin.party ? { party: origin.party(e) } : {}) };
    const trust = { authorities: origin.authorities(e), nowMs: e.nowMs };
    const checked = checkStatementSigner(one.certificate, expected, trust);
    return checked.ok ? undefined : checked.error.code;
  };
  return [
    mustHoldForEach(`${name}.signer`, "K-BIND-102", origin.of, (one, e) => judged(e, one) !== "K-BIND-102"),
    mustHoldForEach(`${name}.dates`, "K-BIND-104", origin.of, (one, e) => judged(e, one) !== "K-BIND-104"),
    mustHoldForEach(
      `${name}.signature`,
      "K-BIND-101",
      origin.of,
      (one) => verifySignature(one.signed, origin.tag, one.certificate).ok,
    ),
  ];
}

/** A and S are the session's own; they are checked too, because a mix-up inside the kiosk is a mix-up all the same. */
const ownChecks: readonly BindingCheck<Evidence>[] = [
  mustHold("application.request", "K-BIND-110", (e) => e.application.fields.requestId === e.requestId),
  mustHold(
    "application.kiosk",
    "K-BIND-115",
    (e) => e.application.fields.kioskCertificateHash === e.trust.kioskCertificateHash,
  ),
  mustHold("application.session", "K-BIND-116", (e) => e.application.fields.sessionKey === e.sessionKey),
  mustHold("application.signature", "K-BIND-120", (e) => verifyApplication(e.application).ok),
  mustHold("choice.request", "K-BIND-110", (e) => e.choice.body.requestId === e.requestId),
  mustHold("choice.application", "K-BIND-111", (e) => e.choice.body.applicationHash === e.applicationHash),
  mustHold("reply.request", "K-BIND-110", (e) => e.replyRequestId === e.requestId),
];

const centreOf = (e: Evidence) => e.documents;

/** Whether a payload can be drawn and says that it is for this page of this document. */
function isImageOf(bytes: Uint8Array, { documentId, pageCount }: ReleaseStatement, page: number): boolean {
  const payload = parsePayload(bytes);
  const frame = payload.ok ? parseFrame(payload.value.frame) : payload;
  if (!frame.ok) return false;
  const { header } = frame.value;
  return header.documentId === documentId && header.page === page && header.pages === pageCount;
}

const centreChecks: readonly BindingCheck<Evidence>[] = [
  ...originChecks("centre"),
  mustHoldForEach("centre.request", "K-BIND-110", centreOf, (d, e) => d.centre.body.requestId === e.requestId),
  mustHoldForEach("centre.release", "K-BIND-114", centreOf, (d) => d.centre.body.releaseHash === d.release.hash),
  mustHoldForEach(
    "centre.document",
    "K-BIND-114",
    centreOf,
    (d) => d.centre.body.documentId === d.release.body.documentId,
  ),
  mustHoldForEach(
    "centre.kiosk",
    "K-BIND-115",
    centreOf,
    (d, e) => d.centre.body.kioskCertificateHash === e.trust.kioskCertificateHash,
  ),
  mustHoldForEach("centre.session", "K-BIND-116", centreOf, (d, e) => d.centre.body.sessionKey === e.sessionKey),
  mustHoldForEach("centre.printBy", "K-BIND-117", centreOf, (d, e) => d.centre.body.printByMs > e.nowMs),
  mustHoldForEach("centre.pages", "K-BIND-122", centreOf, (d) => {
    const { pageCount } = d.release.body;
    const pages = d.centre.body.antiForgery;
    return pages.length === pageCount && pages.every((p, index) => p.page === index + 1 && p.pages === pageCount);
  }),
  mustHoldForEach("centre.pictures", "K-BIND-123", centreOf, (d) =>
    d.centre.body.antiForgery.every((page, index) => page.frontHash === d.release.body.pageHashes[index]),
  ),
  mustHoldForEach("centre.payloads", "K-BIND-124", centreOf, (d) => {
    const signed = d.centre.body.antiForgery.map((page) => page.payloadHash);
    return d.payloads.length === signed.length && d.payloads.every((bytes, i) => payloadHash(bytes) === signed[i]);
  }),
  mustHoldForEach("centre.images", "K-BIND-124", centreOf, (d) =>
    d.payloads.every((bytes, index) => isImageOf(bytes, d.release.body, index + 1)),
  ),
];

const releasesOf = (e: Evidence) => e.documents.map((document) => document.release.body);

const releaseChecks: readonly BindingCheck<Evidence>[] = [
  ...originChecks("release"),
  mustHoldForEach("release.request", "K-BIND-110", releasesOf, (m, e) => m.requestId === e.requestId),
  mustHoldForEach("release.application", "K-BIND-111", releasesOf, (m, e) => m.applicationHash === e.applicationHash),
  mustHoldForEach("release.choice", "K-BIND-112", releasesOf, (m, e) => m.choiceHash === e.choice.hash),
  mustHoldForEach("release.register", "K-BIND-113", releasesOf, (m, e) => m.registerHash === e.register.hash),
  mustHold("release.copies", "K-BIND-119", (e) => e.documents.length === e.choice.body.copies),
  mustHoldForEach(
    "release.copy",
    "K-BIND-119",
    releasesOf,
    (m, e, index) => m.copy === index + 1 && m.copies === e.choice.body.copies,
  ),
  mustHold(
    "release.unique",
    "K-BIND-118",
    (e) => new Set(releasesOf(e).map((m) => m.documentId)).size === e.documents.length,
  ),
  mustHoldForEach("release.notChosen", "K-BIND-134", releasesOf, (m, e) =>
    m.printedFields.every((f) => chosen(e).includes(f)),
  ),
  mustHoldForEach("release.chosen", "K-BIND-135", releasesOf, (m, e) =>
    chosen(e).every((f) => m.printedFields.includes(f)),
  ),
  mustHoldForEach("release.pages", "K-BIND-122", releasesOf, (m) => m.pageHashes.length === m.pageCount),
  mustHoldForEach("release.printBy", "K-BIND-117", releasesOf, (m, e) => m.printByMs > e.nowMs),
  mustHoldForEach("release.bytes", "K-BIND-121", centreOf, (d) => hashText(d.pdf) === d.release.body.pdfHash),
];

const registerChecks: readonly BindingCheck<Evidence>[] = [
  ...originChecks("register"),
  mustHold("register.request", "K-BIND-110", (e) => e.register.body.requestId === e.requestId),
  mustHold("register.application", "K-BIND-111", (e) => e.register.body.applicationHash === e.applicationHash),
  mustHold("register.choice", "K-BIND-112", (e) => e.register.body.choiceHash === e.choice.hash),
  mustHold("register.fresh", "K-BIND-104", (e) => {
    const ageMs = e.nowMs - e.register.body.asOfMs;
    return ageMs <= REGISTER_MAX_AGE_MS && ageMs >= -CLOCK_TOLERANCE_MS;
  }),
  mustHold("register.scope", "K-BIND-131", personsFitTheChoice),
];

/**
 * Whom the choice names, as far as the kiosk knows it: a seal registration and 本人 only the holder, 世帯全員 the holder
 * among others, 世帯の一部 as many as were chosen.
 */
function personsFitTheChoice(e: Evidence): boolean {
  const { choice, members } = e.choice.body;
  const { persons, holder } = e.register.body;
  if (choice.kind === "seal-registration" || choice.options.scope === "self") {
    return persons.length === 1 && persons[0] === holder;
  }
  return choice.options.scope === "household" ? persons.includes(holder) : persons.length === members.length;
}

function chosen(e: Evidence): OptionalField[] {
  return chosenFields(e.choice.body.choice);
}

/** What is checked before a page is looked at. */
export const statementChecks: readonly BindingCheck<Evidence>[] = [
  ...ownChecks,
  ...centreChecks,
  ...releaseChecks,
  ...registerChecks,
];
