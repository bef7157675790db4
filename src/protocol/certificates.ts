import { z } from "zod";

/** The kinds of certificate that can be issued now, by the words the commands use. */
export const certificateKinds = ["resident-record", "seal-registration"] as const;
export const certificateKind = z.enum(certificateKinds);
export type CertificateKind = z.infer<typeof certificateKind>;

/** Japanese titles: ResidentRecordCopy and SealRegistrationCertificate. */
export const certificateTitles: Readonly<Record<CertificateKind, string>> = {
  "resident-record": "住民票の写し",
  "seal-registration": "印鑑登録証明書",
};

/** Whom a copy of the resident record names: 世帯全員, 本人 or 世帯の一部. */
export const residentRecordScope = z.enum(["household", "self", "members"]);

/** What the citizen may choose for a copy of the resident record. The resident-record code is never printable. */
export const residentRecordOptions = z.strictObject({
  scope: residentRecordScope,
  /** 世帯主・続柄 */
  headAndRelationship: z.boolean(),
  /** 本籍・筆頭者; for foreign residents nationality, status of residence and residence-card number. */
  domicile: z.boolean(),
  /** 個人番号 */
  myNumber: z.boolean(),
});
export type ResidentRecordOptions = z.infer<typeof residentRecordOptions>;

/** The options of the seal registration certificate: none, it names the card's holder only. */
export const sealRegistrationOptions = z.strictObject({});

/** A choice of one kind with its options. */
export const certificateChoice = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("resident-record"), options: residentRecordOptions }),
  z.strictObject({ kind: z.literal("seal-registration"), options: sealRegistrationOptions }),
]);
export type CertificateChoice = z.infer<typeof certificateChoice>;

/** Optional fields that a page may carry only when they were chosen. */
export const optionalFields = ["headAndRelationship", "domicile", "myNumber"] as const;
export type OptionalField = (typeof optionalFields)[number];

/** The optional fields that a choice asks for. */
export function chosenFields(choice: CertificateChoice): OptionalField[] {
  if (choice.kind !== "resident-record") return [];
  return optionalFields.filter((field) => choice.options[field]);
}
