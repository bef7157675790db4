import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EligibilityFacts, type PersonFacts, refusalOf } from "./eligibility.ts";
import type { RefusalRules } from "./rules.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 1, 0, 0);
const RULES: RefusalRules = {
  minimumAge: 15,
  moveNoticeFiled: true,
  householdMovePending: true,
  protectiveMeasures: "holder",
  dayOfMovingIn: true,
  privateGlyphs: true,
  longestName: 20,
  hoursAfterCardIssue: 24,
};
const OFF: RefusalRules = {
  minimumAge: 0,
  moveNoticeFiled: false,
  householdMovePending: false,
  protectiveMeasures: "holder",
  dayOfMovingIn: false,
  privateGlyphs: false,
  longestName: 0,
  hoursAfterCardIssue: 0,
};
const adult: PersonFacts = {
  name: "佐藤　健一",
  birthDate: "1984-05-12",
  becameResidentOn: "2010-04-03",
  status: "resident",
  protectiveMeasure: false,
};

function facts(holder: Partial<PersonFacts> = {}, more: Partial<EligibilityFacts> = {}, others: PersonFacts[] = []) {
  const person = { ...adult, ...holder };
  return {
    holder: person,
    seal: "registered",
    household: { movePending: false, members: [person, ...others] },
    linkedAtMs: 0,
    ...more,
  } satisfies EligibilityFacts;
}
const codeOf = (f: EligibilityFacts, rules = RULES, kind: Parameters<typeof refusalOf>[1] = "resident-record") =>
  refusalOf(rules, kind, f, NOW_MS)?.code ?? "offered";

describe("eligibility", () => {
  it("offers everything to an ordinary resident", () => {
    expect([codeOf(facts()), codeOf(facts(), RULES, "seal-registration")]).toEqual(["offered", "offered"]);
  });

  const rows: [string, EligibilityFacts, string, string][] = [
    ["under 15", facts({ birthDate: "2011-11-25" }), "K-CERT-111", "offered"],
    ["15 today", facts({ birthDate: "2011-11-24" }), "offered", "offered"],
    ["moved out", facts({ status: "movedOut" }), "K-CERT-110", "K-CERT-110"],
    ["deceased", facts({ status: "deceased" }), "K-CERT-110", "K-CERT-110"],
    ["a notice filed", facts({ status: "moveNoticeFiled" }), "K-CERT-110", "offered"],
    ["a member's notice filed", facts({}, {}, [{ ...adult, status: "moveNoticeFiled" }]), "K-CERT-110", "offered"],
    ["a member who moved out", facts({}, {}, [{ ...adult, status: "movedOut", name: "\ue000" }]), "offered", "offered"],
    ["a pending move", facts({}, { household: { movePending: true, members: [] } }), "K-CERT-110", "offered"],
    ["protective measures", facts({ protectiveMeasure: true }), "K-CERT-110", "K-CERT-110"],
    ["the day of moving in", facts({ becameResidentOn: "2026-11-24" }), "K-CERT-110", "offered"],
    ["the day after moving in", facts({ becameResidentOn: "2026-11-23" }), "offered", "offered"],
    ["a private glyph", facts({ name: "\ue123田　一郎" }), "K-CERT-110", "offered"],
    ["a member's private glyph", facts({}, {}, [{ ...adult, name: "\u{f0000}　子" }]), "K-CERT-110", "offered"],
    ["a name of 20 with a selector", facts({ name: `${"葛".repeat(20)}\u{E0100}` }), "offered", "offered"],
    ["a name of 21", facts({ name: "𠮷".repeat(21) }), "K-CERT-110", "offered"],
    ["a card of today", facts({}, { linkedAtMs: NOW_MS - 3_600_000 }), "K-CERT-110", "offered"],
    ["a card of yesterday", facts({}, { linkedAtMs: NOW_MS - 24 * 3_600_000 }), "offered", "offered"],
  ];
  it.each(rows)("%s: with the rule on, and with it off", (_, f, on, off) => {
    expect([codeOf(f), codeOf(f, OFF)]).toEqual([on, off]);
  });

  it("guards a whole household where the municipality says so", () => {
    const member = facts({}, {}, [{ ...adult, protectiveMeasure: true }]);
    expect(codeOf(member)).toBe("offered");
    expect(codeOf(member, { ...RULES, protectiveMeasures: "household" })).toBe("K-CERT-110");
  });

  it("certifies no seal that is cancelled or absent", () => {
    for (const seal of ["cancelled", "none"] as const) {
      expect(codeOf(facts({}, { seal }), RULES, "seal-registration")).toBe("K-CERT-112");
      expect(codeOf(facts({}, { seal }))).toBe("offered");
    }
  });

  it("answers protective measures exactly as moving out, whatever else is true of the person", () => {
    const person = fc.record({
      name: fc.constantFrom("佐藤　健一", "\ue123　一", "𠮷".repeat(30)),
      birthDate: fc.constantFrom("1984-05-12", "2020-01-01", "2011-11-25"),
      becameResidentOn: fc.constantFrom("2010-04-03", "2026-11-24"),
      status: fc.constant("resident" as const),
      protectiveMeasure: fc.boolean(),
    });
    const request = fc.record({
      seal: fc.constantFrom("registered", "cancelled", "none" as const),
      linkedAtMs: fc.constantFrom(0, NOW_MS),
      kind: fc.constantFrom("resident-record", "seal-registration" as const),
      movePending: fc.boolean(),
    });
    fc.assert(
      fc.property(person, request, (p, { kind, movePending, ...r }) => {
        const of = (holder: PersonFacts) =>
          refusalOf(RULES, kind, { ...r, holder, household: { movePending, members: [holder] } }, NOW_MS);
        expect(of({ ...p, protectiveMeasure: true })).toEqual(
          of({ ...p, protectiveMeasure: false, status: "movedOut" }),
        );
      }),
    );
  });

  it("never says why beyond its code", () => {
    for (const [, f] of rows)
      expect(Object.keys(refusalOf(RULES, "resident-record", f, NOW_MS) ?? { code: 0 })).toEqual(["code"]);
  });
});
