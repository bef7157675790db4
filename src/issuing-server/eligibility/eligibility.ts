import { type Failure, failure } from "../../kernel/errors/failure.ts";
import type { CertificateKind } from "../../protocol/certificates.ts";
import { ageOn, civilTimeInJapan } from "../calendar/civil-time.ts";
import type { RefusalRules } from "./rules.ts";

/** What the rules need to know about one person; read from the register at the moment of asking. */
export interface PersonFacts {
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly becameResidentOn: string;
  readonly status: "resident" | "movedOut" | "moveNoticeFiled" | "deceased";
  readonly protectiveMeasure: boolean;
}

/** What the rules need to know about a request. */
export interface EligibilityFacts {
  readonly holder: PersonFacts;
  readonly seal: "registered" | "cancelled" | "none";
  readonly household: {
    readonly movePending: boolean;
    /** Everybody the register lists in the household, the holder among them. */
    readonly members: readonly PersonFacts[];
  };
  /** When the holder's card was linked, milliseconds since the epoch. */
  readonly linkedAtMs: number;
}

const HOUR_MS = 3_600_000;
const PRIVATE_USE = /[\u{E000}-\u{F8FF}\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}]/u;
const VARIATION_SELECTORS = /[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu;

/**
 * Why a person cannot have a certificate now; undefined when they can. The order matters: what anybody can know about the
 * holder (age) comes first, then everything that only the register knows, in one answer without details. So a protective
 * measure changes nothing that a person without one could not also be told. The absent seal comes last: it is said only to
 * people whom the register has nothing against.
 */
export function refusalOf(
  rules: RefusalRules,
  kind: CertificateKind,
  facts: EligibilityFacts,
  nowMs: number,
): Failure | undefined {
  const today = civilTimeInJapan(nowMs).date;
  if (ageOn(facts.holder.birthDate, today) < rules.minimumAge) return failure("K-CERT-111");
  if (isRefusedByRegister(rules, facts, today, nowMs)) return failure("K-CERT-110");
  if (kind === "seal-registration" && facts.seal !== "registered") return failure("K-CERT-112");
  return undefined;
}

function isRefusedByRegister(rules: RefusalRules, facts: EligibilityFacts, today: string, nowMs: number): boolean {
  const { holder, household } = facts;
  const present = household.members.filter((m) => m.status === "resident" || m.status === "moveNoticeFiled");
  const guarded = rules.protectiveMeasures === "household" ? [holder, ...present] : [holder];
  return [
    holder.status === "deceased" || holder.status === "movedOut",
    rules.moveNoticeFiled && holder.status === "moveNoticeFiled",
    rules.householdMovePending && (household.movePending || present.some((m) => m.status === "moveNoticeFiled")),
    guarded.some((m) => m.protectiveMeasure),
    rules.dayOfMovingIn && holder.becameResidentOn >= today,
    rules.privateGlyphs && [holder, ...present].some((m) => PRIVATE_USE.test(m.name)),
    rules.longestName > 0 && [holder, ...present].some((m) => nameLength(m.name) > rules.longestName),
    nowMs - facts.linkedAtMs < rules.hoursAfterCardIssue * HOUR_MS,
  ].some(Boolean);
}

function nameLength(name: string): number {
  return [...name.replace(VARIATION_SELECTORS, "")].length;
}
