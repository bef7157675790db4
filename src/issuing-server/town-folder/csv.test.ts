import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unwrap } from "../../kernel/result.ts";
import { CSV_BOUNDS, parseCsv } from "./csv.ts";

const parse = (text: string) => unwrap(parseCsv("a.csv", Buffer.from(text)));
const fields = (text: string) => parse(text).map((r) => r.fields);

describe("parseCsv", () => {
  // The examples of RFC 4180, section 2.
  it.each<[string, string, string[][]]>([
    [
      "records ended by CRLF",
      "aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n",
      [
        ["aaa", "bbb", "ccc"],
        ["zzz", "yyy", "xxx"],
      ],
    ],
    [
      "a last record without a line break",
      "aaa,bbb\r\nzzz,yyy",
      [
        ["aaa", "bbb"],
        ["zzz", "yyy"],
      ],
    ],
    [
      "fields in quotes",
      '"aaa","bbb","ccc"\r\nzzz,yyy,xxx',
      [
        ["aaa", "bbb", "ccc"],
        ["zzz", "yyy", "xxx"],
      ],
    ],
    [
      "a line break in quotes",
      '"aaa","b\r\nbb","ccc"\r\nzzz,yyy,xxx',
      [
        ["aaa", "b\r\nbb", "ccc"],
        ["zzz", "yyy", "xxx"],
      ],
    ],
    ["a doubled quote", '"aaa","b""bb","ccc"', [["aaa", 'b"bb', "ccc"]]],
    [
      "LF alone",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "empty fields",
      "a,,\n,,b\n",
      [
        ["a", "", ""],
        ["", "", "b"],
      ],
    ],
    ["spaces, which belong to the field", " a , b\n", [[" a ", " b"]]],
    ["a byte order mark", "\ufeffa,b\n", [["a", "b"]]],
    ["blank lines, which are no records", "a\n\n\nb\n", [["a"], ["b"]]],
    ["selectors and characters beyond the BMP untouched", "葛\u{E0100},𠮷\n", [["葛\u{E0100}", "𠮷"]]],
  ])("reads %s", (_, text, expected) => {
    expect(fields(text)).toEqual(expected);
  });

  it("tells the line on which each record begins, also after a line break in quotes", () => {
    expect(parse('h\n"a\nb\nc"\n\nd\n').map((r) => r.line)).toEqual([1, 2, 6]);
  });

  it.each([
    ["a quote in an open field", 'a\nb"c\n', 2],
    ["text after a closing quote", 'a\n"b"c\n', 2],
    ["a quote that is never closed", 'a\n"b\nc\n', 2],
    ["CR alone", "a\rb\n", 1],
    ["bytes that are not UTF-8", Buffer.from([0x61, 0xff]), 1],
    ["a field that is too long", `a\n${"x".repeat(CSV_BOUNDS.maxFieldLength + 1)}`, 2],
    ["too many fields", ",".repeat(CSV_BOUNDS.maxFields), 1],
  ])("refuses %s, with file and line", (_, text, line) => {
    expect(parseCsv("a.csv", Buffer.from(text as string))).toMatchObject({
      ok: false,
      error: { code: "K-CONF-106", detail: { file: "a.csv", line } },
    });
  });

  it("reads back whatever is quoted by the book", () => {
    const table = fc.array(fc.array(fc.string({ unit: "grapheme", maxLength: 20 }), { minLength: 2, maxLength: 5 }));
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows.map((r) => r.map((f) => `"${f.replaceAll('"', '""')}"`).join(",")).join("\r\n");
        expect(fields(text)).toEqual(rows);
      }),
    );
  });

  it("never throws on byte soup, and never grows beyond it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const result = parseCsv("soup.csv", bytes);
        const held = result.ok ? result.value.flatMap((r) => r.fields).join("").length : 0;
        expect(held).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
