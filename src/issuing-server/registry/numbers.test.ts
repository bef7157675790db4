import { describe, expect, it } from "vitest";
import { municipalityCheckDigit, myNumberCheckDigit } from "./numbers.ts";

describe("check digits", () => {
  it("are those of published municipality codes", () => {
    // 総務省「都道府県コード及び市区町村コード」: 札幌市, 青森県, 千代田区, 横浜市, 沖縄県.
    for (const code of ["011002", "020001", "131016", "141003", "470007"]) {
      expect(municipalityCheckDigit(code.slice(0, 5))).toBe(Number(code[5]));
    }
  });

  it("are those of My Numbers computed by hand from the rule", () => {
    // 1..9,0,1 from the left: Σ Pn·Qn = 1·2+0·3+9·4+8·5+7·6+6·7+5·2+4·3+3·4+2·5+1·6 = 212, 212 mod 11 = 3, 11 − 3 = 8.
    expect(myNumberCheckDigit("12345678901")).toBe(8);
    // Remainder 0: check digit 0. Remainder 1: check digit 0.
    expect(myNumberCheckDigit("00000000000")).toBe(0);
    expect(myNumberCheckDigit("00000000006")).toBe(0);
  });

  it("notice every single wrong digit of a My Number", () => {
    const number = "123456789018";
    for (let place = 0; place < 11; place++) {
      const wrong = [...number];
      wrong[place] = String((Number(wrong[place]) + 1) % 10);
      expect(myNumberCheckDigit(wrong.slice(0, 11).join(""))).not.toBe(8);
    }
  });
});
