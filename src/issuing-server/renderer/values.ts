import type { FieldName } from "../../protocol/forms/cells.ts";
import { toJapaneseDate, toWesternDate } from "../../protocol/japanese-date.ts";
import type { Household, MunicipalityProfile, Resident } from "../registry/types.ts";

/** Everything that a document may show, as the register holds it. */
export interface DocumentData {
  readonly documentId: string;
  /** `YYYY-MM-DD` */
  readonly issuedOn: string;
  readonly municipality: MunicipalityProfile;
  readonly household: Household;
  readonly head: Resident;
  /** In printed order. */
  readonly residents: readonly Resident[];
}

/**
 * The text that a field shows; empty when the register has nothing there (no former address). undefined when the register
 * lacks what the field must show.
 */
export function printedText(
  data: DocumentData,
  field: FieldName,
  person: number | undefined,
  page: { readonly number: number; readonly count: number },
): string | undefined {
  switch (field) {
    case "issuedOn":
      return toJapaneseDate(data.issuedOn);
    case "mayor":
      return `${data.municipality.mayorTitle}　${data.municipality.mayorName}`;
    case "documentId":
      return data.documentId;
    case "pageOfPages":
      return `${page.number}/${page.count}`;
    case "address":
      return data.household.address;
    case "householder":
      return data.head.name;
    default: {
      const resident = person === undefined ? undefined : data.residents[person];
      return resident ? residentText(resident, field) : undefined;
    }
  }
}

type ResidentField = Exclude<
  FieldName,
  "issuedOn" | "mayor" | "documentId" | "pageOfPages" | "address" | "householder"
>;

function residentText(resident: Resident, field: ResidentField): string | undefined {
  switch (field) {
    case "name":
      return resident.name;
    case "birthDate":
      return resident.foreign ? toWesternDate(resident.birthDate) : toJapaneseDate(resident.birthDate);
    case "sex":
      return resident.sex === "male" ? "男" : "女";
    case "relationship":
      return resident.relationship;
    case "domicile":
      return resident.domicile;
    case "domicileHead":
      return resident.domicileHead;
    case "nationality":
      return resident.foreign?.nationality;
    case "residenceStatus":
      return resident.foreign?.residenceStatus;
    case "residenceCardNumber":
      return resident.foreign?.residenceCardNumber;
    case "myNumber":
      return resident.myNumber;
    case "becameResidentOn":
      return toJapaneseDate(resident.becameResidentOn);
    case "movedFrom":
      return resident.movedFrom;
    case "sealRegistrationNumber":
      return resident.seal?.number;
    case "sealRegisteredOn":
      return resident.seal ? toJapaneseDate(resident.seal.registeredOn) : undefined;
  }
}
