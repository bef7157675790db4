import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressHash, foldAddress, foldName, foldValue, personHash, valueHash } from "./folding.ts";

const K = Buffer.alloc(32, 1);

describe("a folded name", () => {
  it.each([
    ["a variant that is a code point of its own", "髙橋", "高橋"],
    ["an ideographic variation", "葛󠄀城", "葛城"],
    ["another ideographic variation of the same", "葛󠄁城", "葛城"],
    ["a standardised variation", "神︀田", "神田"],
    ["a compatibility ideograph", "﨑本", "崎本"],
    ["an old form", "渡邊", "渡辺"],
    ["another old form", "渡邉", "渡辺"],
    ["a character beyond the basic plane", "𠮷田", "吉田"],
    ["an ideographic space", "高橋　花子", "高橋花子"],
    ["full-width letters", "ＳＭＩＴＨ　ＪＯＨＮ", "SMITHJOHN"],
    ["small letters", "Smith John", "SMITHJOHN"],
    ["half-width kana", "ﾀｶﾊｼ", "タカハシ"],
    ["a middle dot between foreign names", "ジョン・スミス", "ジョンスミス"],
    ["a decomposed voiced kana", "か\u3099", "が"],
  ])("does not know %s", (_what, written, folded) => {
    expect(foldName(written)).toBe(folded);
    expect(foldName(folded)).toBe(folded);
  });

  it.each([
    ["高橋", "高僑"],
    ["花子", "華子"],
    ["高橋花子", "高橋花"],
    ["太郎", "大郎"],
    ["さくら", "サクラ"],
  ])("keeps %s and %s apart", (a, b) => {
    expect(foldName(a)).not.toBe(foldName(b));
  });

  it("is folded once and for all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (name) => {
        expect(foldName(foldName(name))).toBe(foldName(name));
      }),
      { numRuns: 300, seed: 5, examples: [["ῒ"], ["ᾀ῁"], ["か・\u3099"]] },
    );
  });
});

describe("a folded address", () => {
  it.each([
    "緑野市桜ヶ丘一丁目2番3号",
    "緑野市桜ヶ丘１丁目２番３号",
    "緑野市桜ヶ丘1-2-3",
    "緑野市桜ヶ丘１－２－３",
    "緑野市桜ヶ丘1−2−3",
    "緑野市　桜ヶ丘１丁目２－３",
    "緑野市桜ヶ丘一丁目二番三号",
  ])("is the same for %s", (address) => {
    expect(foldAddress(address)).toBe("緑野市桜ヶ丘1-2-3");
  });

  it.each([
    ["緑野市本町十二番地の三", "緑野市本町12-3"],
    ["緑野市本町12番地3", "緑野市本町12-3"],
    ["緑野市本町二十三番地", "緑野市本町23"],
    ["緑野市本町百二番地", "緑野市本町102"],
    ["緑野市本町一〇番", "緑野市本町10"],
    ["緑野市桜ヶ丘1-2-3-405号室", "緑野市桜ヶ丘1-2-3-405"],
    ["緑野市桜ヶ丘1丁目2番3-405号", "緑野市桜ヶ丘1-2-3-405"],
    ["緑野市九十九町五番", "緑野市九十九町5"],
    ["緑野市本町1-2 コーポ緑", "緑野市本町1-2コーポ緑"],
  ])("of %s is %s", (address, folded) => {
    expect(foldAddress(address)).toBe(folded);
  });

  it.each([
    ["緑野市桜ヶ丘1-23", "緑野市桜ヶ丘12-3"],
    ["緑野市桜ヶ丘1-2-3", "緑野市桜ヶ丘1-2"],
    ["緑野市桜ヶ丘11-2", "緑野市桜ヶ丘1-12"],
    ["緑野市本町1-2-3", "緑野市桜ヶ丘1-2-3"],
  ])("keeps %s and %s apart", (a, b) => {
    expect(foldAddress(a)).not.toBe(foldAddress(b));
  });
});

describe("the commitments", () => {
  it("have the agreed bytes", () => {
    // Golden: HMAC-SHA-256 over the length-prefixed fields, computed by another program (Python, hmac).
    expect(personHash(K, { name: "髙橋　花子", birthDate: "1990-05-01" })).toBe(
      "j-r900syQ4u71T6P5iD6Ylty2sHCO_HO5tpt_YZNI78",
    );
    expect(addressHash(K, "緑野市桜ヶ丘一丁目2番3号")).toBe("wa69G4xVf-7zeMHKg0CBgeIGpM4wDIjfEvvf1r_b1Ro");
    expect(valueHash(K, "birthDate", 0, "平成2年5月1日")).toBe("NsT-ytQ_AZrTwdYRX2yF5ymcIE8zgrg1YS5ecEQs7KY");
    expect(valueHash(K, "address", undefined, "緑野市桜ヶ丘１－２－３")).toBe(
      "_eTzmWnyUNLfzxG2vHMLi2uEToDrcH8NRnuG1a5zs8k",
    );
  });

  it("differ by key, field, person and value", () => {
    const hashes = [
      valueHash(K, "name", 0, "高橋"),
      valueHash(Buffer.alloc(32, 2), "name", 0, "高橋"),
      valueHash(K, "householder", 0, "高橋"),
      valueHash(K, "name", 1, "高橋"),
      valueHash(K, "name", undefined, "高橋"),
      valueHash(K, "name", 0, "鈴木"),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("a value", () => {
  it("of a date is the day, whichever calendar it was printed in", () => {
    expect(foldValue("birthDate", "平成２年５月１日")).toBe("1990-05-01");
    expect(foldValue("birthDate", "1990年5月1日")).toBe("1990-05-01");
    expect(foldValue("becameResidentOn", "不詳")).toBe("不詳");
  });

  it("of anything else has neither spaces nor widths", () => {
    expect(foldValue("myNumber", "１２３４　５６７８ ９０１８")).toBe("123456789018");
    expect(foldValue("relationship", "世帯主")).toBe("世帯主");
    expect(foldValue("residenceCardNumber", "ab12345678cd")).toBe("AB12345678CD");
  });
});
