/**
 * A printed form as data: every place of a page where anything may stand. The renderer draws cells; the kiosk reads them
 * back and refuses a page with text or pictures anywhere else (docs/binding.md 9). Lengths are millimetres from the top
 * left corner of an A4 page (210 × 297).
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Values about people. The attestor commits to each one that is printed (`values` of R) and the kiosk compares every one
 * that it reads, so that no value of another person fits, not only no name.
 */
export const personalFields = [
  "name",
  "birthDate",
  "sex",
  "address",
  "householder",
  "relationship",
  "domicile",
  "domicileHead",
  "nationality",
  "residenceStatus",
  "residenceCardNumber",
  "myNumber",
  "becameResidentOn",
  "movedFrom",
  "sealRegistrationNumber",
  "sealRegisteredOn",
] as const;
export type PersonalField = (typeof personalFields)[number];

/** All that the attestor commits to: the values about people, and who certifies. */
export const attestedFields = [...personalFields, "mayor"] as const;
export type AttestedField = (typeof attestedFields)[number];

/** Values about the document itself. */
export type DocumentField = "issuedOn" | "mayor" | "documentId" | "pageOfPages";

export type FieldName = PersonalField | DocumentField;

export type Cell =
  /** Words of the form itself: read back, they must be exactly these (spaces aside). */
  | {
      readonly cell: "fixed";
      readonly box: Box;
      readonly text: string;
      readonly sizePt: number;
      readonly align?: "left" | "center" | "right";
    }
  /** A value. `person` counts the persons of the whole document from 0; undefined belongs to the document. */
  | {
      readonly cell: "field";
      readonly box: Box;
      readonly field: FieldName;
      readonly person?: number;
      readonly sizePt: number;
      readonly align?: "left" | "center" | "right";
    }
  /** A picture: the official seal or a registered seal's impression. Text may not stand in it. */
  | { readonly cell: "picture"; readonly box: Box; readonly picture: "officialSeal" | "registeredSeal" }
  /** A ruled rectangle of the table. */
  | { readonly cell: "rule"; readonly box: Box };

/** The pages of a document, each a list of cells. */
export type FormPages = readonly (readonly Cell[])[];
