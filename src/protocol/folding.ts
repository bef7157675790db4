import { createHmac } from "node:crypto";
import { joinFields } from "./encoding.ts";
import type { AttestedField } from "./forms/cells.ts";
import { fromPrintedDate } from "./japanese-date.ts";
import { tags } from "./roles.ts";

/**
 * Folding of names and addresses, so that the card, the register and the page are compared by what they mean and not by
 * how a variant is written (docs/binding.md 10). Folding is for comparing only: what is stored and printed is untouched.
 */

/** Standardized and ideographic variation selectors (Unicode, VS1–16 and VS17–256). */
const VARIATION_SELECTORS = /[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu;

/** Variants that are code points of their own: how the card (JIS X 0208 and 0213 names) and the register may differ. */
const VARIANTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    髙: "高",
    﨑: "崎",
    嵜: "崎",
    𠮷: "吉",
    邉: "辺",
    邊: "辺",
    齋: "斎",
    齊: "斉",
    澤: "沢",
    濵: "浜",
    濱: "浜",
    德: "徳",
    廣: "広",
    櫻: "桜",
    瀨: "瀬",
    曻: "昇",
    黑: "黒",
    惠: "恵",
    眞: "真",
    嶋: "島",
    嶌: "島",
    龍: "竜",
    國: "国",
    圓: "円",
    壽: "寿",
    條: "条",
  }),
);

const SEPARATORS = /[\s\u3000・·,，.．]/gu;

/** A name without spaces, width, case and variant differences. */
export function foldName(name: string): string {
  // Twice, because a mark that stood behind a space now stands behind a letter.
  return foldVariants(foldVariants(name).replace(SEPARATORS, "")).replace(SEPARATORS, "");
}

const KANJI_DIGITS = "〇一二三四五六七八九";

/**
 * An address in one notation: 丁目, 番地, 番, 号 and dashes become `-`, kanji numerals before them (and a last one
 * after them) digits, spaces vanish.
 */
export function foldAddress(address: string): string {
  return foldVariants(address)
    .replace(/[\s\u3000]/gu, "")
    .replace(/[〇一二三四五六七八九十百]+(?=丁目|番地|番|号)/gu, digits)
    .replace(/(?<=丁目|番地の?|番の?)[〇一二三四五六七八九十百]+$/gu, digits)
    .replace(/番地の?|丁目|番|号室?|[‐-―−ｰー-](?=[0-9])/gu, "-")
    .replace(/-+/gu, "-")
    .replace(/-$/u, "");
}

function foldVariants(text: string): string {
  // Capital letters may come apart into base and accent (ῒ): composed again, so that folding twice is folding once.
  const plain = text.replace(VARIATION_SELECTORS, "").normalize("NFKC").toUpperCase().normalize("NFKC");
  return Array.from(plain, (char) => VARIANTS.get(char) ?? char).join("");
}

function digits(numeral: string): string {
  return String(kanjiNumber(numeral));
}

function kanjiNumber(numeral: string): number {
  let total = 0;
  let digit = 0;
  for (const char of numeral) {
    if (char === "百" || char === "十") {
      total += (digit || 1) * (char === "百" ? 100 : 10);
      digit = 0;
    } else {
      digit = digit * 10 + KANJI_DIGITS.indexOf(char);
    }
  }
  return total + digit;
}

/** HMAC_k(birth date ‖ folded name) as base64url; `birthDate` is `YYYY-MM-DD`. How R names people without naming them. */
export function personHash(key: Uint8Array, person: { readonly name: string; readonly birthDate: string }): string {
  return createHmac("sha256", key)
    .update(joinFields(tags.person, person.birthDate, foldName(person.name)))
    .digest("base64url");
}

/** HMAC_k(folded address) as base64url. */
export function addressHash(key: Uint8Array, address: string): string {
  return createHmac("sha256", key)
    .update(joinFields(tags.address, foldAddress(address)))
    .digest("base64url");
}

const DATE_FIELDS: ReadonlySet<AttestedField> = new Set(["birthDate", "becameResidentOn", "sealRegisteredOn"]);
const NAME_FIELDS: ReadonlySet<AttestedField> = new Set(["name", "householder", "domicileHead"]);
const ADDRESS_FIELDS: ReadonlySet<AttestedField> = new Set(["address", "domicile", "movedFrom"]);

/**
 * A value in the form in which it is compared: names and addresses folded, dates as `YYYY-MM-DD` whichever
 * calendar they were printed in, anything else without spaces and width differences.
 */
export function foldValue(field: AttestedField, text: string): string {
  if (NAME_FIELDS.has(field)) return foldName(text);
  if (ADDRESS_FIELDS.has(field)) return foldAddress(text);
  if (DATE_FIELDS.has(field)) return fromPrintedDate(text) ?? text.replace(/\s/gu, "");
  return foldVariants(text).replace(/\s/gu, "");
}

/** HMAC_k(field ‖ person ‖ folded value) as base64url; see `attestedValue` of R. */
export function valueHash(key: Uint8Array, field: AttestedField, person: number | undefined, text: string): string {
  return createHmac("sha256", key)
    .update(joinFields(tags.value, field, person === undefined ? "document" : String(person), foldValue(field, text)))
    .digest("base64url");
}
