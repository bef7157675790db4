import type { PrintState } from "./print-state.ts";

/** A character taken from the printer's buffer: its text, its half-width columns, and the bytes it used. */
export interface DecodedChar {
  readonly text: string;
  readonly columns: 1 | 2;
  readonly bytes: number;
}

const shiftJis = new TextDecoder("shift_jis");
const eucJp = new TextDecoder("euc-jp");
/** What a printer leaves where its font has nothing. */
const BLANK_WIDE = "\u3000";

/**
 * One character at the start of `bytes` as a Japanese printer reads it in this state; undefined when its second byte has not
 * come yet. Shift_JIS is understood only after `FS C 1`: without it a printer prints garbage. Kanji mode (`FS &`, `FS .`) means
 * something in the JIS code system alone, whose bytes could be letters as well.
 */
export function decodeChar(bytes: Uint8Array, state: PrintState): DecodedChar | undefined {
  const [first, second] = bytes;
  if (first === undefined) return undefined;
  if (isLead(first, state)) {
    if (second === undefined) return undefined;
    return { text: wide(first, second, state), columns: 2, bytes: 2 };
  }
  return { text: narrow(first, state), columns: 1, bytes: 1 };
}

function isLead(byte: number, { codeSystem, kanji }: PrintState): boolean {
  if (codeSystem === "jis") return kanji && byte >= 0x21 && byte <= 0x7e;
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

function wide(first: number, second: number, { codeSystem }: PrintState): string {
  if (codeSystem === "jis") return known(eucJp.decode(Uint8Array.of(first | 0x80, second | 0x80)));
  const inJisX0208 = first <= 0x84 || (first >= 0x88 && first <= 0xea);
  return inJisX0208 ? known(shiftJis.decode(Uint8Array.of(first, second))) : BLANK_WIDE;
}

function known(text: string): string {
  return text.length === 1 && text !== "\ufffd" ? text : BLANK_WIDE;
}

/** 80 to 9F of code table 1 (katakana): blocks and lines. */
const BLOCKS_AND_LINES = "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯";

function narrow(byte: number, { country, codeTable }: PrintState): string {
  if (byte === 0x5c && country === 8) return "¥";
  if (byte >= 0x20 && byte <= 0x7e) return String.fromCharCode(byte);
  if (codeTable === 1 && byte >= 0xa1 && byte <= 0xdf) return String.fromCharCode(0xff61 + byte - 0xa1);
  if (codeTable === 1 && byte >= 0x80 && byte <= 0x9f) return BLOCKS_AND_LINES.charAt(byte - 0x80);
  return "?";
}
