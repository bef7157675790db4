import { describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { createReceiptComposer, paper80mm } from "./compose.ts";
import { layOut } from "./layout.ts";
import type { Receipt } from "./port.ts";

const composer = createReceiptComposer(paper80mm);
const linesOf = (receipt: Receipt, columns = 20) =>
  layOut(receipt, columns).map((item) =>
    item.kind === "feed" ? item.lines : item.line.signs.map(({ text }) => text).join(""),
  );

describe("a receipt as bytes", () => {
  it("golden: exactly these, by the ESC/POS command reference", async () => {
    const receipt: Receipt = {
      title: "領収証",
      lines: [
        { kind: "pair", label: "住民票", value: "¥300" },
        { kind: "text", text: "ABC", align: "right", bold: true },
      ],
    };
    const gap = "20".repeat(42 - 6 - 4);
    const expected = [
      "1b40", // ESC @ initialise
      "1d610e", // GS a automatic status back
      "1c26 1c4301 1b5208 1b7401", // FS &, FS C 1, ESC R 8, ESC t 1
      "1d4c2400 1d57f801", // GS L 36, GS W 504: 42 columns in the middle of 576 dots
      "1b6101 1b4501 1d2111", // centre, bold, double size
      "97cc8efb8fd8 0a", // 領収証
      "1d2100 1b4500 1b6100",
      "0a", // one blank line
      `8f5a96af955b ${gap} 5c333030 0a`, // 住民票 … ¥300
      "1b6102 1b4501 414243 0a 1b4500 1b6100", // right, bold: ABC
      "0a0a0a0a0a 1d5601", // up to the cutter, GS V 1
    ];
    const bytes = unwrap(await composer.compose(receipt));
    expect(Buffer.from(bytes).toString("hex")).toBe(expected.join("").replaceAll(" ", ""));
  });

  it("a line with a sign that the printer has not becomes one image of the whole line", async () => {
    const text = "髙橋 葛\u{E0100}城";
    const bytes = unwrap(await composer.compose({ title: "A", lines: [{ kind: "text", text }] }));
    const header = Buffer.from([0x1d, 0x76, 0x30, 0x00, 63, 0, 30, 0]);
    const at = Buffer.from(bytes).indexOf(header);
    expect(at).toBeGreaterThan(0);
    const image = bytes.subarray(at + header.length, at + header.length + 63 * 30);
    expect(image.filter((byte) => byte !== 0).length).toBeGreaterThan(100);
    expect(Buffer.from(bytes).includes(Buffer.from("8bb4", "hex"))).toBe(false);
  });

  it("an image never holds the bytes of a real-time command", async () => {
    const lines = Array.from({ length: 40 }, (_, i) => ({
      kind: "text" as const,
      text: Array.from("𠮷髙﨑德".repeat(5))
        .slice(i % 7)
        .join(""),
    }));
    const bytes = unwrap(await composer.compose({ title: "A", lines }));
    for (const realtime of [0x04, 0x05, 0x14]) {
      expect(Buffer.from(bytes).includes(Buffer.from([0x10, realtime]))).toBe(false);
    }
  });

  it.each([
    ["a sign without glyph", "한", "U+D55C"],
    ["a variation that the font does not know", "葛\u{E01EF}", "U+845B U+E01EF"],
  ])("%s is K-RCPT-107, not a box and not another form", async (_name, text, codePoints) => {
    const result = await composer.compose({ title: "A", lines: [{ kind: "text", text }] });
    expect(result).toMatchObject({ error: { code: "K-RCPT-107", detail: { codePoints } } });
  });
});

describe("the layout of a receipt", () => {
  it("puts a value at the right, or below when it does not fit", () => {
    expect(linesOf({ title: "A", lines: [{ kind: "pair", label: "手数料", value: "300円" }] })[2]).toBe(
      `手数料${" ".repeat(9)}300円`,
    );
    expect(
      linesOf({ title: "A", lines: [{ kind: "pair", label: "印鑑登録証明書", value: "架空市役所" }] }).slice(2),
    ).toEqual(["印鑑登録証明書", "架空市役所"]);
  });

  it("breaks long texts at the column and never begins a line with a closing mark", () => {
    const text = "一二三四五六七八九十。一";
    expect(linesOf({ title: "A", lines: [{ kind: "text", text }] }).slice(2)).toEqual(["一二三四五六七八九", "十。一"]);
  });

  it("prints a long title in normal size", () => {
    const [first] = layOut({ title: "証明書交付手数料領収証", lines: [] }, 40);
    expect(first?.kind === "line" && first.line.magnify).toBe(1);
  });

  it("an empty text is an empty line, and feeding is bounded", () => {
    expect(
      linesOf({
        title: "A",
        lines: [{ kind: "text", text: "" }, { kind: "feed", lines: 9999 }, { kind: "rule" }],
      }).slice(2),
    ).toEqual(["", 20, "─".repeat(10)]);
  });
});
