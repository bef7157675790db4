import type { Denomination } from "../../../devices/coin-vendor/port.ts";
import type { CertificateKind } from "../../protocol/certificates.ts";
import type { Language } from "../../protocol/panel.ts";

/** What a scripted citizen wants, and how they behave. */
export interface CitizenWish {
  readonly language: Language;
  readonly municipality: string;
  readonly residentId: string;
  readonly relation: "residence" | "domicile";
  readonly pin: string;
  readonly certificate: CertificateKind;
  readonly scope: "household" | "self" | "members";
  /** Which of the household's members, by their place on the panel, when the scope is `members`. */
  readonly memberIndexes: readonly number[];
  readonly options: Readonly<Partial<Record<"headAndRelationship" | "domicile" | "myNumber", boolean>>>;
  readonly copies: number;
  /** Coins in the order in which they are put in, over and over until the fee is covered. */
  readonly purse: readonly Denomination[];
}

/** An ordinary wish: one copy of the whole household's resident record, paid with 500-yen coins. */
export function ordinaryWish(of: Pick<CitizenWish, "municipality" | "residentId" | "pin">): CitizenWish {
  return {
    ...of,
    language: "ja",
    relation: "residence",
    certificate: "resident-record",
    scope: "household",
    memberIndexes: [],
    options: { headAndRelationship: true },
    copies: 1,
    purse: [500],
  };
}
