import type { Bilingual } from "../../protocol/schema.ts";

/** A resident as the register holds them. Text is stored untouched: code point and variation selector. Dates `YYYY-MM-DD`. */
export interface Resident {
  readonly residentId: string;
  readonly householdId: string;
  /** Name in kanji (or letters for foreign residents), family and given name separated by one ideographic space. */
  readonly name: string;
  readonly nameKana: string;
  readonly birthDate: string;
  readonly sex: "male" | "female";
  /** 続柄: 世帯主, 妻, 夫, 子, 父, 母 … */
  readonly relationship: string;
  /** 本籍; undefined for foreign residents. */
  readonly domicile: string | undefined;
  /** 筆頭者; undefined for foreign residents. */
  readonly domicileHead: string | undefined;
  /** Foreign residents only: 国籍・地域, 在留資格, 在留カード等の番号. */
  readonly foreign:
    | { readonly nationality: string; readonly residenceStatus: string; readonly residenceCardNumber: string }
    | undefined;
  /** 個人番号, twelve digits with a valid check digit. */
  readonly myNumber: string;
  /** 住民となった日 */
  readonly becameResidentOn: string;
  /** 前住所, or empty. */
  readonly movedFrom: string;
  readonly status: ResidentStatus;
  /** 支援措置: looks like any other refusal from outside. */
  readonly protectiveMeasure: boolean;
  /** 印鑑登録; undefined when there is none. */
  readonly seal: SealRegistration | undefined;
}

export type ResidentStatus = "resident" | "movedOut" | "moveNoticeFiled" | "deceased";

export interface SealRegistration {
  readonly number: string;
  readonly registeredOn: string;
  /** The text cut into the seal, from which the synthetic impression is drawn. */
  readonly impressionText: string;
  readonly state: "registered" | "cancelled";
}

/** 世帯: one address and a head. `residentIds` in the order of the register, the head first. */
export interface Household {
  readonly householdId: string;
  readonly address: string;
  readonly headResidentId: string;
  readonly residentIds: readonly string[];
  /** A move of the household is pending: nothing is issued. */
  readonly movePending: boolean;
}

/** Who certifies. */
export interface MunicipalityProfile {
  readonly code: string;
  readonly name: Bilingual;
  readonly prefecture: Bilingual;
  /** e.g. 「緑野市長」 */
  readonly mayorTitle: string;
  readonly mayorName: string;
  /** Text of the official seal, e.g. 「緑野市長之印」. */
  readonly sealText: string;
}

/** What the renderer may ask of the register: people by their ids, nothing else (docs/binding.md 7). */
export interface RendererRegister {
  resident(residentId: string): Resident | undefined;
  household(householdId: string): Household | undefined;
}
