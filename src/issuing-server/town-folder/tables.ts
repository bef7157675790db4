import { certificateKinds } from "../../protocol/certificates.ts";
import {
  type Columns,
  date,
  feeYen,
  myNumber,
  oneOf,
  optional,
  optionalText,
  pattern,
  type Row,
  text,
  yesNo,
} from "./columns.ts";

/** The four tables of a town folder. Documented, column by column, in `docs/towns.md`. */

const id = (what: string) => pattern(/^[A-Za-z0-9-]{1,40}$/, `${what}: 1 to 40 letters, digits or dashes`);

export const residentColumns = {
  residentId: id("a resident id"),
  householdId: id("a household id"),
  name: text(100),
  nameKana: pattern(/^[\p{Script=Katakana}ー\u3000・]{1,120}$/u, "katakana with ideographic spaces", true),
  birthDate: date,
  sex: oneOf("male", "female"),
  relationship: text(20),
  domicile: optionalText(120),
  domicileHead: optionalText(100),
  nationality: optionalText(40),
  residenceStatus: optionalText(40),
  residenceCardNumber: pattern(
    /^([A-Z]{2}\d{8}[A-Z]{2})?$/,
    "two letters, eight digits, two letters, or empty for Japanese residents",
    true,
  ),
  myNumber,
  becameResidentOn: date,
  movedFrom: optionalText(120),
  status: oneOf("resident", "movedOut", "moveNoticeFiled", "deceased"),
  protectiveMeasure: yesNo,
  sealNumber: pattern(/^\d{0,10}$/, "up to ten digits, or empty without a seal", true),
  sealRegisteredOn: optional(date),
  sealText: optionalText(10),
  sealState: oneOf("registered", "cancelled", "none"),
} satisfies Columns;
export type ResidentRow = Row<typeof residentColumns>;

export const householdColumns = {
  householdId: id("a household id"),
  address: text(120),
  headResidentId: id("a resident id"),
  movePending: yesNo,
} satisfies Columns;
export type HouseholdRow = Row<typeof householdColumns>;

export const feeColumns = {
  certificate: oneOf(...certificateKinds),
  feeYen,
  validFrom: date,
  validTo: optional(date),
} satisfies Columns;
export type FeeRow = Row<typeof feeColumns>;

export const calendarColumns = {
  date,
  certificate: oneOf("all", ...certificateKinds),
  reasonJa: text(60, false),
  reasonEn: text(80, false),
} satisfies Columns;
