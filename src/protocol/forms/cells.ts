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

/** Values that the reader hands to the checks. `name` and `birthDate` name people and are checked on every page. */
export type FieldName =
  | "name"
  | "birthDate"
  | "sex"
  | "address"
  | "householder"
  | "relationship"
  | "domicile"
  | "domicileHead"
  | "nationality"
  | "residenceStatus"
  | "residenceCardNumber"
  | "myNumber"
  | "becameResident"
  | "movedFrom"
  | "sealRegistrationNumber"
  | "sealRegisteredOn"
  | "issuedOn"
  | "mayor"
  | "documentId"
  | "pageOfPages"
  | "remarks";

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
      /** Empty allowed (a person without the value, e.g. a foreign resident's domicile). */
      readonly mayBeEmpty?: boolean;
    }
  /** A picture: the official seal or a registered seal's impression. Text may not stand in it. */
  | { readonly cell: "picture"; readonly box: Box; readonly picture: "officialSeal" | "registeredSeal" }
  /** A ruled rectangle of the table. */
  | { readonly cell: "rule"; readonly box: Box };

/** The pages of a document, each a list of cells. */
export type FormPages = readonly (readonly Cell[])[];
