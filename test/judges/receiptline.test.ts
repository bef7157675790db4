import receiptline from "receiptline";
import { describe, expect, it } from "vitest";
import { memoryPortPair } from "../../devices/contract/memory-port.ts";
import { createReceiptComposer, paper80mm } from "../../devices/receipt-printer/compose.ts";
import { signsOf } from "../../devices/receipt-printer/escpos/characters.ts";
import { createReceiptPrinterSimulator } from "../../devices/receipt-printer/simulator/index.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createFakeClock } from "../support/fake-clock.ts";

/** receiptline as an ESC/POS printer in Japanese: the printing commands that receiptio sends to an Epson. */
const japanese = { cpl: 42, encoding: "shiftjis", command: "epson", spacing: true } as const;
const written = (markdown: string) => Buffer.from(receiptline.transform(markdown, japanese), "latin1");

/** What the simulated printer shows after these bytes: the lines that are not empty. */
async function shown(bytes: Uint8Array): Promise<{ lines: string[]; unknown: readonly string[] }> {
  const clock = createFakeClock();
  const printer = createReceiptPrinterSimulator({ clock });
  const [near, far] = memoryPortPair();
  printer.attach(far);
  await near.write(bytes);
  await clock.advance(0);
  const text = printer.receipts().map((receipt) => receipt.text);
  const lines = text.join("\n").split("\n");
  return { lines: lines.map((line) => line.trim()).filter(Boolean), unknown: printer.unknownCommands() };
}

/** What stands on a receipt of ours, in the signs that the printer has itself. */
const texts = [
  "領収証",
  "架空みどりの市役所　証明書交付手数料",
  "住民票の写し（世帯全員）　１通",
  "ｶｸｳｼ ﾐﾄﾞﾘﾉ ABC abc 0123456789",
  "お預り ¥500　お釣り ¥300",
  "亜唖娃阿哀愛挨姶逢葵　熙凜槇遙瑤堯",
  "ぁあぃいぅう　ァアィイゥウヴヵヶ",
  "ΑΒΓαβγ　АБВабв",
  "、。，．・：；？！゛゜´｀¨＾￣＿",
  "ヽヾゝゞ〃仝々〆〇ー",
  "「二重」『引用』【墨付】〔亀甲〕〈山〉",
  "○●◎◇◆□■△▲▽▼※〒→←↑↓〓",
];

describe("receiptline's Japanese bytes on the simulated receipt printer", () => {
  it("show exactly the characters that were meant, and hold no command that it does not know", async () => {
    const { lines, unknown } = await shown(written(texts.join("\n")));
    expect(lines).toEqual(texts);
    expect(unknown).toEqual([]);
  });

  it("show columns, rules and double-size letters in their places", async () => {
    const { lines } = await shown(written("^^^合計\n---\n|手数料 | ¥300|\n"));
    expect(lines).toEqual(["合計", "─".repeat(42), `手数料${" ".repeat(42 - 6 - 4)}¥300`]);
  });
});

describe("our composer's Japanese bytes beside receiptline's", () => {
  it("the same texts are the same bytes, and the simulated printer shows the same from both", async () => {
    const composer = createReceiptComposer(paper80mm);
    const lines = texts.map((text) => ({ kind: "text", text }) as const);
    const ours = Buffer.from(unwrap(await composer.compose({ title: "表", lines })));
    const theirs = written(texts.join("\n"));
    for (const text of texts) {
      const bytes = bytesOf(text);
      expect(ours.includes(bytes), text).toBe(true);
      expect(theirs.includes(bytes), text).toBe(true);
    }
    expect((await shown(ours)).lines).toEqual(["表", ...texts]);
  });

  it("both select Shift_JIS, the Japanese set and the katakana table", async () => {
    const ours = Buffer.from(unwrap(await createReceiptComposer(paper80mm).compose({ title: "表", lines: [] })));
    const theirs = written("表");
    // FS C 1, ESC R 8, ESC t 1; receiptline writes the digit 1, which means the same.
    for (const command of ["1c4301", "1b5208", "1b7401"]) expect(ours.includes(Buffer.from(command, "hex"))).toBe(true);
    for (const command of ["1c4331", "1b5208", "1b7401"])
      expect(theirs.includes(Buffer.from(command, "hex"))).toBe(true);
  });

  it("every character of JIS X 0201 and JIS X 0208 has the same bytes, but for seven that are named here", () => {
    const own = [...Array(0x10000).keys()].map((code) => String.fromCharCode(code)).filter(isOwn);
    expect(own.length).toBeGreaterThan(6_879 + 95 + 63);
    const theirs = codesOf(own);
    const differing = own.filter((char, i) => hex(bytesOf(char)) !== theirs[i]);
    expect(differing.map((char) => [char, hex(bytesOf(char)), theirs[own.indexOf(char)]])).toEqual([
      // 5C is ¥ in the Japanese set: what was written as a backslash would be printed as money.
      ["\\", "815f", "5c"],
      // The same signs of JIS X 0208 have two code points each; receiptline's table has the other one and prints "?".
      ["¢", "8191", "3f"],
      ["£", "8192", "3f"],
      ["¬", "81ca", "3f"],
      ["—", "815c", "3f"],
      ["‖", "8161", "3f"],
      ["−", "817c", "3f"],
    ]);
  });

  it("what Windows adds to JIS X 0208, receiptline sends as codes; we draw it, because printers have it or not", async () => {
    const decoder = new TextDecoder("shift_jis");
    const trails = [...Array(0xfd).keys()].slice(0x40);
    const added = [0x87, 0xed, 0xee, 0xfa, 0xfb, 0xfc]
      .flatMap((lead) => trails.map((trail) => decoder.decode(Uint8Array.of(lead, trail))))
      .filter((char) => char.length === 1 && char !== "\ufffd" && !bytesOf(char).length);
    expect(added).toEqual(expect.arrayContaining(["髙", "﨑", "①", "㈱"]));
    const folds = (char: string) => char !== char.normalize("NFC");
    for (const code of codesOf(added.filter((char) => !folds(char)))) expect(code).toMatch(/^(87|ed|ee|fa|fb|fc)..$/);
    // A compatibility ideograph (U+FA19) receiptline prints in its ordinary form (U+795E), or as "?" where JIS X 0208 has none.
    const compatible = added.filter(folds);
    expect(compatible).toContain("\ufa19");
    expect(codesOf(compatible)).toEqual(codesOf(compatible.map((char) => char.normalize("NFC"))));
    expect((await shown(written("<①髙>"))).lines).toEqual(["<\u3000\u3000>"]);
  });
});

/** Characters that our table gives to the printer as one code, without those that are only another way to write one. */
function isOwn(char: string): boolean {
  return char === char.normalize("NFC") && !/\p{Cc}|\p{Cs}/u.test(char) && bytesOf(char).length > 0;
}

function bytesOf(text: string): Buffer {
  const signs = signsOf(text);
  return signs.every(({ bytes }) => bytes)
    ? Buffer.concat(signs.map(({ bytes }) => bytes ?? new Uint8Array()))
    : Buffer.alloc(0);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
/** What receiptline writes before each text: ESC t 1, FS C 1, ESC R 8. */
const BEFORE_TEXT = Buffer.from("1b74011c43311b5208", "hex");

/** The code that receiptline writes for each character. Each stands on a line of its own, between two letters. */
function codesOf(chars: readonly string[]): (string | undefined)[] {
  const bytes = written(chars.map((char) => `<${/[\\|{}~_"`^=-]/.test(char) ? "\\" : ""}${char}>`).join("\n"));
  const codes: string[] = [];
  for (let at = bytes.indexOf(BEFORE_TEXT); at >= 0; at = bytes.indexOf(BEFORE_TEXT, at)) {
    at += BEFORE_TEXT.length;
    codes.push(hex(bytes.subarray(at + 1, bytes.indexOf(0x0a, at) - 1)));
  }
  expect(codes).toHaveLength(chars.length);
  return codes;
}
