import { type Failure, failure } from "../../kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import { type CertificateKind, certificateTitles } from "../../protocol/certificates.ts";
import type { Offer, OfferItem } from "../../protocol/offer.ts";
import type { Bilingual } from "../../protocol/schema.ts";
import type { Identified } from "../attestor/messages.ts";
import { civilTimeInJapan } from "../calendar/civil-time.ts";
import { hoursText } from "../calendar/hours-text.ts";
import { type DayClosure, isServed } from "../calendar/service-calendar.ts";
import { type EligibilityFacts, type PersonFacts, refusalOf } from "../eligibility/eligibility.ts";
import type { RefusalRules } from "../eligibility/rules.ts";
import { type Fee, feeOn } from "../fees/fees.ts";
import type { RendererRegister, Resident } from "../registry/types.ts";
import type { CertificatePolicy } from "../town-folder/town-yaml.ts";

/** How a municipality serves: what `town.yaml`, `fees.csv` and `calendar.csv` say. */
export interface ServicePolicy {
  readonly municipality: string;
  readonly certificates: readonly CertificatePolicy[];
  readonly rules: RefusalRules;
  readonly fees: readonly Fee[];
  readonly closures: readonly DayClosure[];
}

const TITLES_EN: Readonly<Record<CertificateKind, string>> = {
  "resident-record": "Copy of the resident record",
  "seal-registration": "Seal registration certificate",
};

/** Both names of a kind of certificate. */
export function titleOf(kind: CertificateKind): Bilingual {
  return { ja: certificateTitles[kind], en: TITLES_EN[kind] };
}

/** What the municipality says of each kind that it serves: how it is offered now, or why it is not. */
export type Judgement = ReadonlyMap<CertificateKind, Result<OfferItem>>;

/** Judges every kind for one person at one moment. `K-CERT-114` when the issuing server's register does not know them. */
export function judgeKinds(
  policy: ServicePolicy,
  register: RendererRegister,
  identified: Identified,
  nowMs: number,
): Result<Judgement> {
  const holder = register.resident(identified.residentId);
  const facts = holder && factsOf(register, holder, identified.linkedAtMs);
  if (!facts) return fail("K-CERT-114");
  return ok(new Map(policy.certificates.map((c) => [c.kind, itemOf(policy, c, facts, nowMs)])));
}

/**
 * What a person can have at this moment, or why nothing: `K-CERT-113` closed, `K-CERT-110` … `112` the rules. Which of
 * several refusals is told does not depend on a protective measure: age first, then the generic one, then the rest.
 */
export function buildOffer(
  policy: ServicePolicy,
  register: RendererRegister,
  identified: Identified,
  nowMs: number,
): Result<Offer> {
  const judged = judgeKinds(policy, register, identified, nowMs);
  if (!judged.ok) return judged;
  const answers = [...judged.value.values()];
  const items = answers.flatMap((a) => (a.ok ? [a.value] : []));
  if (items.length === 0) return err(mostTelling(answers.flatMap((a) => (a.ok ? [] : [a.error]))));
  return ok({
    municipality: policy.municipality,
    asOfMs: identified.asOfMs,
    items,
    members: identified.members.flatMap(({ ref, residentId }) => {
      const member = register.resident(residentId);
      return member ? [{ ref, name: member.name, holder: residentId === identified.residentId }] : [];
    }),
  });
}

/** What the rules need to know, from the issuing server's own register. */
function factsOf(register: RendererRegister, holder: Resident, linkedAtMs: number): EligibilityFacts | undefined {
  const household = register.household(holder.householdId);
  if (!household) return undefined;
  const members: PersonFacts[] = household.residentIds.flatMap((id) => register.resident(id) ?? []);
  return {
    holder,
    seal: holder.seal?.state ?? "none",
    household: { movePending: household.movePending, members },
    linkedAtMs,
  };
}

/** One kind as it is offered now, or why it is not. */
function itemOf(
  policy: ServicePolicy,
  certificate: CertificatePolicy,
  facts: EligibilityFacts,
  nowMs: number,
): Result<OfferItem> {
  const calendar = { ...certificate, closures: policy.closures };
  const fee = feeOn(policy.fees, certificate.kind, civilTimeInJapan(nowMs).date);
  if (fee === undefined || !isServed(calendar, certificate.kind, nowMs)) return fail("K-CERT-113");
  const refused = refusalOf(policy.rules, certificate.kind, facts, nowMs);
  if (refused) return err(refused);
  return ok({
    kind: certificate.kind,
    title: titleOf(certificate.kind),
    explanation: certificate.explanation,
    hours: hoursText(calendar, certificate.kind, nowMs),
    feePerCopyYen: fee,
    maxCopies: certificate.maxCopies,
    options: certificate.options,
  });
}

/** What is told when several kinds are refused for different reasons. Being closed says the least, so it comes last. */
const TELLING_ORDER = ["K-CERT-111", "K-CERT-110", "K-CERT-112", "K-CERT-113"];

function mostTelling(refusals: readonly Failure[]): Failure {
  const code = TELLING_ORDER.find((wanted) => refusals.some((r) => r.code === wanted));
  return refusals.find((r) => r.code === code) ?? failure("K-CERT-113");
}
