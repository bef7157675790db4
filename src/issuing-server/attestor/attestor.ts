import { randomBytes, type X509Certificate } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import { type Application, applicationHash, authCertificateHash } from "../../protocol/application.ts";
import { addressHash, personHash, valueHash } from "../../protocol/folding.ts";
import { tags } from "../../protocol/roles.ts";
import { type SealedMessage, seal } from "../../protocol/sealing.ts";
import { type SignedStatement, type Signer, signStatement } from "../../protocol/statement.ts";
import type { RegisterStatement } from "../../protocol/statements.ts";
import { type CheckedChoice, checkApplication, checkChoice, isApplicable } from "../choice/check-choice.ts";
import { refusalOf } from "../eligibility/eligibility.ts";
import type { RefusalRules } from "../eligibility/rules.ts";
import type { Attested } from "./messages.ts";
import type { Attestor } from "./port.ts";
import { printedValues } from "./printed-values.ts";
import type { CardLink, HouseholdView, PersonView, RegisterView } from "./register-view.ts";
import type { SeenRequest, SeenRequests } from "./seen-requests.ts";

/** What an attestor is made of. Nothing of it belongs to renderer or gate. */
export interface AttestorParts {
  readonly municipality: string;
  /** Who certifies, as every document says it: title and name. */
  readonly mayor: string;
  readonly rules: RefusalRules;
  /** A register that was last right longer ago than this refuses. */
  readonly maxRegisterAgeMs: number;
  /** How long after `identify` a choice is still taken. */
  readonly sessionMs: number;
  readonly view: RegisterView;
  readonly seen: SeenRequests;
  readonly signer: Signer;
  /** Authorities of kiosks' device certificates, pinned in the configuration. */
  readonly kioskAuthorities: readonly X509Certificate[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
  /** Random bytes for k; tests pass their own. */
  readonly random?: (bytes: number) => Uint8Array;
}

const KEY_BYTES = 32;
const DAY_MS = 86_400_000;

/** The attestor itself; see `Attestor` for what it answers. */
export function createAttestor(parts: AttestorParts): Attestor {
  return {
    identify: async (application) => identify(parts, application),
    attest: (application, choice) => attest(parts, application, choice),
  };
}

function identify(parts: AttestorParts, application: Application): Awaited<ReturnType<Attestor["identify"]>> {
  const nowMs = parts.clock.nowMs();
  const verified = checkApplication(application, parts.municipality);
  if (!verified.ok) return verified;
  const applicable = isApplicable(application, nowMs);
  if (!applicable.ok) return applicable;
  const found = lookUp(parts, application, nowMs);
  if (!found.ok) return found;
  const { link, linkVersion, household } = found.value;
  const memberIds = printable(household).map((p) => p.residentId);
  const hash = applicationHash(application);
  parts.seen.forgetBefore(nowMs - DAY_MS);
  const seen = parts.seen.remember(application.fields.requestId, {
    applicationHash: hash,
    residentId: link.residentId,
    memberIds,
    identifiedAtMs: nowMs,
  });
  if (seen.applicationHash !== hash) return fail("K-BIND-118");
  if (!isUnchanged(seen, link, memberIds)) return fail("K-CERT-119");
  return ok({
    residentId: link.residentId,
    linkedAtMs: link.linkedAtMs,
    linkVersion,
    asOfMs: household.asOfMs,
    members: memberIds.map((residentId, place) => ({ ref: `m${place}`, residentId })),
  });
}

async function attest(
  parts: AttestorParts,
  application: Application,
  signedChoice: SignedStatement,
): Promise<Result<Attested>> {
  const nowMs = parts.clock.nowMs();
  const verified = checkApplication(application, parts.municipality);
  if (!verified.ok) return verified;
  const trust = { authorities: parts.kioskAuthorities, nowMs };
  const choice = checkChoice(application, signedChoice, trust, parts.sessionMs);
  if (!choice.ok) return choice;
  const seen = parts.seen.find(application.fields.requestId);
  if (!seen || nowMs - seen.identifiedAtMs > parts.sessionMs) return fail("K-CERT-118");
  if (seen.applicationHash !== applicationHash(application)) return fail("K-BIND-118");
  const found = lookUp(parts, application, nowMs);
  if (!found.ok) return found;
  const { link, linkVersion, household } = found.value;
  const present = printable(household);
  if (!isUnchanged(seen, link, idsOf(present))) return fail("K-CERT-119");
  const { kind } = choice.value.statement.choice;
  const refused = refusalOf(parts.rules, kind, factsOf(household, link), nowMs);
  if (refused) return err(refused);
  const persons = chosenPersons(choice.value, household, present);
  if (!persons.ok) return persons;
  if (!parts.seen.choose(application.fields.requestId, choice.value.hash)) return fail("K-BIND-118");
  return sign(parts, application, choice.value, { household, persons: persons.value, linkVersion });
}

/** The resident of a card and their household, from a register that is fresh enough. */
function lookUp(
  parts: AttestorParts,
  application: Application,
  nowMs: number,
): Result<{ link: CardLink; linkVersion: number; household: HouseholdView }> {
  const { link, linkVersion } = parts.view.linkOf(authCertificateHash(application));
  const household = link && parts.view.look(link.residentId);
  if (!link || !household) return fail("K-CERT-114");
  if (nowMs - household.asOfMs > parts.maxRegisterAgeMs) return fail("K-CERT-121");
  return ok({ link, linkVersion, household });
}

/** Those of a household who still live there. */
function printable(household: HouseholdView): PersonView[] {
  return household.everybody.filter((p) => p.status === "resident" || p.status === "moveNoticeFiled");
}

function idsOf(persons: readonly PersonView[]): string[] {
  return persons.map((p) => p.residentId);
}

function isUnchanged(seen: SeenRequest, link: CardLink, memberIds: readonly string[]): boolean {
  if (seen.residentId !== link.residentId || seen.memberIds.length !== memberIds.length) return false;
  return seen.memberIds.every((id, place) => id === memberIds[place]);
}

function factsOf(household: HouseholdView, link: CardLink) {
  return {
    holder: household.holder,
    seal: household.holder.sealState,
    household: { movePending: household.movePending, members: household.everybody },
    linkedAtMs: link.linkedAtMs,
  };
}

/** Whom the document prints, in printed order, which is the register's order whatever the order of the choice. */
function chosenPersons(
  choice: CheckedChoice,
  household: HouseholdView,
  present: readonly PersonView[],
): Result<PersonView[]> {
  const { statement } = choice;
  if (statement.choice.kind === "seal-registration") return ok([household.holder]);
  switch (statement.choice.options.scope) {
    case "self":
      return ok([household.holder]);
    case "household":
      return ok([...present]);
    case "members": {
      const refs = new Set<string>(statement.members);
      const chosen = present.filter((_, place) => refs.has(`m${place}`));
      return chosen.length === refs.size ? ok(chosen) : fail("K-CERT-116", { what: "members" });
    }
  }
}

async function sign(
  parts: AttestorParts,
  application: Application,
  choice: CheckedChoice,
  found: { household: HouseholdView; persons: readonly PersonView[]; linkVersion: number },
): Promise<Result<Attested>> {
  const { household, persons, linkVersion } = found;
  const { requestId, sessionKey } = application.fields;
  const key = (parts.random ?? randomBytes)(KEY_BYTES);
  const body: RegisterStatement = {
    requestId,
    applicationHash: applicationHash(application),
    choiceHash: choice.hash,
    asOfMs: household.asOfMs,
    linkVersion,
    holder: personHash(key, household.holder),
    persons: persons.map((p) => personHash(key, p)),
    address: addressHash(key, household.address),
    values: printedValues(choice.statement.choice, household, persons, parts.mayor).map(({ field, person, text }) => ({
      field,
      ...(person === undefined ? {} : { person }),
      hash: valueHash(key, field, person, text),
    })),
  };
  const register = signStatement(tags.register, body, parts.signer);
  const personKey = await sealTo(sessionKey, key, requestId);
  key.fill(0);
  if (!personKey.ok) return personKey;
  parts.logger.event("attestor.attested", { requestId, linkVersion, persons: persons.length });
  return ok({ register, personKey: personKey.value, residentIds: idsOf(persons) });
}

/** k for E. `K-BIND-103` when E, which a kiosk chose, is no key that anything can be sealed to. */
async function sealTo(sessionKey: string, key: Uint8Array, requestId: string): Promise<Result<SealedMessage>> {
  try {
    return ok(await seal(sessionKey, "MDG-SEAL-PERSON-KEY-1", key, requestId));
  } catch {
    return fail("K-BIND-103", { what: "sessionKey" });
  }
}
