import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromPrintedDate, toJapaneseDate, toWesternDate } from "./japanese-date.ts";

describe("a Japanese date", () => {
  it.each([
    ["2019-05-01", "令和元年5月1日"],
    ["2019-04-30", "平成31年4月30日"],
    ["1989-01-08", "平成元年1月8日"],
    ["1989-01-07", "昭和64年1月7日"],
    ["1926-12-25", "昭和元年12月25日"],
    ["1926-12-24", "大正15年12月24日"],
    ["1912-07-30", "大正元年7月30日"],
    ["1912-07-29", "明治45年7月29日"],
    ["1868-01-24", "1868年1月24日"],
    ["2024-02-29", "令和6年2月29日"],
  ])("of %s is %s, and back", (iso, printed) => {
    expect(toJapaneseDate(iso)).toBe(printed);
    expect(fromPrintedDate(printed)).toBe(iso);
  });

  it("is read whatever its width and spaces", () => {
    expect(fromPrintedDate("平成 ２ 年 ５ 月 １ 日")).toBe("1990-05-01");
  });

  it.each(["令和7年2月30日", "令和7年13月1日", "平成2年5月", "1990-05-01", "", "令和七年五月一日", "2023年2月29日"])(
    "is not %j",
    (text) => {
      expect(fromPrintedDate(text)).toBeUndefined();
    },
  );

  it("comes back from either calendar, for every day of a life", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (days) => {
        const iso = new Date(Date.UTC(1900, 0, 1) + days * 86_400_000).toISOString().slice(0, 10);
        expect(fromPrintedDate(toJapaneseDate(iso))).toBe(iso);
        expect(fromPrintedDate(toWesternDate(iso))).toBe(iso);
      }),
      { seed: 3 },
    );
  });

  it("throws on what is no date: a bug of the caller", () => {
    expect(() => toJapaneseDate("1990/05/01")).toThrow(RangeError);
    expect(() => toWesternDate("")).toThrow(RangeError);
  });
});
