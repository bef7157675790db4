import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsOf, signsOf } from "./characters.ts";

const hex = (text: string) => signsOf(text).map(({ bytes }) => bytes && Buffer.from(bytes).toString("hex"));

describe("characters of a Japanese receipt printer", () => {
  it.each([
    ["証明書", ["8fd8", "96be", "8f91"]],
    ["ABC 12", ["41", "42", "43", "20", "31", "32"]],
    ["¥300", ["5c", "33", "30", "30"]],
    ["ｱｲｳ", ["b1", "b2", "b3"]],
    ["ｶﾞ", ["b6", "de"]],
    ["亜熙", ["889f", "eaa4"]],
    ["〜－—", ["8160", "817c", "815c"]],
    ["\\", ["815f"]],
  ])("%s is in its set", (text, expected) => {
    expect(hex(text).join("")).toBe(expected.join(""));
  });

  it.each(["髙", "﨑", "\ufa19", "①", "㈱", "𠮷", "葛\u{E0100}", "é", "한", "😀"])(
    "%s is not, and is drawn instead",
    (text) => {
      expect(hex(text)).toEqual([undefined]);
    },
  );

  it("a kanji takes two columns, a letter and a half-width kana one", () => {
    expect(columnsOf(signsOf("証A1ｱ髙é"))).toBe(2 + 1 + 1 + 1 + 2 + 1);
  });

  it("a text can never hold a command: control characters become spaces", () => {
    expect(hex("\u001b@\n\u0010").join("")).toBe("20402020");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const { bytes } of signsOf(text)) if (bytes) expect(bytes[0]).toBeGreaterThanOrEqual(0x20);
      }),
    );
  });
});
