/** One character as a reader sees it: a base with everything that combines with it (`Intl.Segmenter`). */
export interface Sign {
  readonly text: string;
  /** Half-width columns: 1 or 2. */
  readonly columns: 1 | 2;
  /** Its bytes in Shift_JIS; undefined when the printer's own set (JIS X 0201 and 0208) has not this very form. */
  readonly bytes: Uint8Array | undefined;
}

const segmenter = new Intl.Segmenter("ja", { granularity: "grapheme" });

/**
 * The same character under another code point: Microsoft's table, which printers and `TextDecoder` follow, and JIS X 0208
 * disagree on these. A backslash must not become the yen sign that stands in its place.
 */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["\u301c", "\uff5e"], // 〜 wave dash
  ["\u2212", "\uff0d"], // − minus
  ["\u2014", "\u2015"], // — em dash
  ["\u2016", "\u2225"], // ‖
  ["\u00a2", "\uffe0"],
  ["\u00a3", "\uffe1"],
  ["\u00ac", "\uffe2"],
  ["\\", "\uff3c"],
]);

/** Where wide characters begin (Hangul Jamo); what lies below and is not in the printer's set is Latin, Greek, Cyrillic. */
const FIRST_WIDE_CODE_POINT = 0x1100;
const YEN_BYTE = 0x5c;

let table: ReadonlyMap<string, Uint8Array> | undefined;

/**
 * Runs without compatibility ideographs (U+F900–FAFF, U+2F800–2FA1F). Those are left as they are: NFC would make the ordinary
 * form of them (U+FA19 becomes U+795E), and a name has its form for a reason.
 */
const COMPOSABLE = /[^\u{f900}-\u{faff}\u{2f800}-\u{2fa1f}]+/gu;

/** A text as signs, left to right. Control characters become spaces: a receipt's text can never be a command. */
export function signsOf(text: string): readonly Sign[] {
  const printable = text.replace(COMPOSABLE, (run) => run.normalize("NFC")).replace(/\p{Cc}/gu, " ");
  return Array.from(segmenter.segment(printable), ({ segment }) => signOf(segment));
}

/** Sum of the columns. */
export function columnsOf(signs: readonly Sign[]): number {
  return signs.reduce((sum, sign) => sum + sign.columns, 0);
}

function signOf(text: string): Sign {
  table ??= buildTable();
  const parts: Uint8Array[] = [];
  for (const char of text) {
    const bytes = table.get(ALIASES.get(char) ?? char);
    if (!bytes) {
      const wide = (text.codePointAt(0) ?? 0) >= FIRST_WIDE_CODE_POINT;
      return { text, columns: wide ? 2 : 1, bytes: undefined };
    }
    parts.push(bytes);
  }
  const bytes = new Uint8Array(Buffer.concat(parts));
  return { text, columns: bytes.length === 1 ? 1 : 2, bytes };
}

/**
 * JIS X 0201 (with ¥ at 5C) and the rows 1–8 and 16–84 of JIS X 0208, as Shift_JIS. The rows of NEC and IBM that Windows adds
 * (①, ㈱, 髙, 﨑) are left out: printers have them or not, and then print nothing.
 */
function buildTable(): ReadonlyMap<string, Uint8Array> {
  const built = new Map<string, Uint8Array>();
  for (let byte = 0x20; byte < 0x7f; byte++) {
    if (byte !== YEN_BYTE) built.set(String.fromCharCode(byte), Uint8Array.of(byte));
  }
  built.set("¥", Uint8Array.of(YEN_BYTE));
  for (let byte = 0xa1; byte <= 0xdf; byte++) built.set(String.fromCharCode(0xff61 + byte - 0xa1), Uint8Array.of(byte));
  const decoder = new TextDecoder("shift_jis");
  for (let lead = 0x81; lead <= 0xea; lead++) {
    if ((lead > 0x84 && lead < 0x88) || (lead > 0x9f && lead < 0xe0)) continue;
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const bytes = Uint8Array.of(lead, trail);
      const char = decoder.decode(bytes);
      if (char.length === 1 && char !== "\ufffd" && !built.has(char)) built.set(char, bytes);
    }
  }
  return built;
}
