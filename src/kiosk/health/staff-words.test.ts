import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { errorCatalogue } from "../../kernel/errors/catalogue.ts";
import { unwrap } from "../../kernel/result.ts";
import { fixupIds, healthConsequences, healthParts } from "../../protocol/staff.ts";
import { loadStaffWords } from "./staff-words.ts";

const locales = fileURLToPath(new URL("../../../ui/locales", import.meta.url));
/** Rooms whose codes a kiosk can show to staff. */
const KIOSK_ROOMS = /^K-(LINK|CMD|NET|CARD|COIN|PRINT|RCPT|CAB|KIOSK|LEDGER|TUNNEL|BIND)-/;
const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/;

describe("the words for staff", () => {
  test.each(["ja", "en"] as const)("have everything that health can say, in %s", (language) => {
    const say = unwrap(loadStaffWords(locales, language));
    const keys = [
      ...healthParts.map((part) => `part.${part}`),
      ...healthConsequences.map((consequence) => `consequence.${consequence}`),
      ...fixupIds.map((fixup) => `fixup.${fixup}`),
    ];
    expect(keys.map(say).filter((sentence) => JAPANESE.test(sentence) !== (language === "ja"))).toEqual([]);
  });

  test("tell in Japanese what to do about every code that a kiosk can show", () => {
    const say = unwrap(loadStaffWords(locales, "ja"));
    const codes = Object.keys(errorCatalogue).filter((code) => KIOSK_ROOMS.test(code));
    expect(codes.length).toBeGreaterThan(100);
    expect(codes.filter((code) => !JAPANESE.test(say(`clerk.${code}`)))).toEqual([]);
  });

  test("a key that is none is a bug, and a missing file is said", () => {
    expect(() => unwrap(loadStaffWords(locales, "en"))("clerk.K-NONE-999")).toThrow("clerk.K-NONE-999");
    expect(loadStaffWords("/nowhere", "ja")).toMatchObject({ error: { code: "K-CONF-101" } });
  });
});
