import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CertificateChoice } from "../../protocol/certificates.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import { valuesOfForm } from "../../protocol/forms/parts.ts";
import { printedValues } from "./printed-values.ts";
import type { HouseholdView, PersonView } from "./register-view.ts";

const MAYOR = "緑野市長　緑川　太郎";

function person(foreign: boolean): PersonView {
  return {
    residentId: "r",
    name: "佐藤　健一",
    birthDate: "1984-05-12",
    becameResidentOn: "2010-04-03",
    status: "resident",
    protectiveMeasure: false,
    foreign,
    sealState: "registered",
    printed: {
      sex: "男",
      relationship: "世帯主",
      domicile: foreign ? "" : "緑野市",
      domicileHead: foreign ? "" : "佐藤　健一",
      nationality: foreign ? "ベトナム" : "",
      residenceStatus: foreign ? "永住者" : "",
      residenceCardNumber: foreign ? "AB12345678CD" : "",
      myNumber: "123456789018",
      movedFrom: "",
      sealRegistrationNumber: "1",
      sealRegisteredOn: "2010-05-20",
    },
  };
}

const choices: fc.Arbitrary<CertificateChoice> = fc.oneof(
  fc.constant({ kind: "seal-registration" as const, options: {} }),
  fc.record({
    kind: fc.constant("resident-record" as const),
    options: fc.record({
      scope: fc.constantFrom("household", "self", "members"),
      headAndRelationship: fc.boolean(),
      domicile: fc.boolean(),
      myNumber: fc.boolean(),
    }),
  }),
);

describe("the values that the attestor attests", () => {
  it("are those that the form shows, for every choice and every household", () => {
    fc.assert(
      fc.property(choices, fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (choice, origins) => {
        const persons = (choice.kind === "seal-registration" ? origins.slice(0, 1) : origins).map(person);
        const [holder] = persons;
        if (!holder) return;
        const household: HouseholdView = {
          asOfMs: 0,
          address: "緑野市桜台一丁目4番7号",
          householder: "佐藤　健一",
          movePending: false,
          holder,
          everybody: persons,
        };
        const key = (v: { field: string; person?: number | undefined }) => `${v.field} ${v.person ?? ""}`;
        const attested = printedValues(choice, household, persons, MAYOR).map(key);
        expect(attested.toSorted()).toEqual(valuesOfForm(layoutForm(choice, persons)).map(key).toSorted());
        expect(new Set(attested).size).toBe(attested.length);
      }),
    );
  });

  it("are empty text where the form has a cell and the person has nothing", () => {
    const japanese = person(false);
    const household = { asOfMs: 0, address: "", householder: "", movePending: false, holder: japanese, everybody: [] };
    const choice: CertificateChoice = {
      kind: "resident-record",
      options: { scope: "self", headAndRelationship: false, domicile: true, myNumber: false },
    };
    const values = printedValues(choice, household, [japanese], MAYOR);
    expect(values.find((v) => v.field === "movedFrom")).toEqual({ field: "movedFrom", person: 0, text: "" });
    expect(values.some((v) => v.field === "nationality" || v.field === "myNumber")).toBe(false);
  });
});
