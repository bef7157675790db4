import type { CertificateChoice } from "../../protocol/certificates.ts";
import type { AttestedField } from "../../protocol/forms/cells.ts";
import type { HouseholdView, PersonView } from "./register-view.ts";

/** A value that the document must show. Dates as `YYYY-MM-DD`: what is compared is folded (`foldValue`). */
export interface PrintedValue {
  readonly field: AttestedField;
  /** Place of the person in printed order; undefined for a value of the document. */
  readonly person: number | undefined;
  readonly text: string;
}

/**
 * Every attested value that a document prints: the document's own first (`mayor`: who certifies, title and name), then person by person. A field that was not
 * chosen is absent, because its cell is not on the form; a field of the form that a person has no value for is empty text.
 */
export function printedValues(
  choice: CertificateChoice,
  household: HouseholdView,
  persons: readonly PersonView[],
  mayor: string,
): PrintedValue[] {
  const perPerson = persons.flatMap((person, place) =>
    personFields(choice, person).map(([field, text]) => ({ field, person: place, text })),
  );
  const withHead = choice.kind === "resident-record" && choice.options.headAndRelationship;
  return [
    { field: "address", person: undefined, text: household.address },
    ...(withHead ? [{ field: "householder" as const, person: undefined, text: household.householder }] : []),
    { field: "mayor", person: undefined, text: mayor },
    ...perPerson,
  ];
}

type FieldText = readonly [AttestedField, string];

function personFields(choice: CertificateChoice, person: PersonView): FieldText[] {
  const { printed } = person;
  if (choice.kind === "seal-registration") {
    return [
      ["name", person.name],
      ["birthDate", person.birthDate],
      ["sealRegistrationNumber", printed.sealRegistrationNumber],
      ["sealRegisteredOn", printed.sealRegisteredOn],
    ];
  }
  const { headAndRelationship, domicile, myNumber } = choice.options;
  const origin: FieldText[] = person.foreign
    ? [
        ["nationality", printed.nationality],
        ["residenceStatus", printed.residenceStatus],
        ["residenceCardNumber", printed.residenceCardNumber],
      ]
    : [
        ["domicile", printed.domicile],
        ["domicileHead", printed.domicileHead],
      ];
  return [
    ["name", person.name],
    ["birthDate", person.birthDate],
    ["sex", printed.sex],
    ...(headAndRelationship ? [["relationship", printed.relationship] as const] : []),
    ...(domicile ? origin : []),
    ...(myNumber ? [["myNumber", printed.myNumber] as const] : []),
    ["becameResidentOn", person.becameResidentOn],
    ["movedFrom", printed.movedFrom],
  ];
}
