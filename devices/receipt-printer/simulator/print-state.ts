/** Settings that commands change; `ESC @` sets them all back. */
export interface PrintState {
  /** ESC = without bit 0 makes the printer deaf to everything but ESC = and real-time commands. */
  selected: boolean;
  /** FS & and FS .: two-byte characters of the JIS code system. */
  kanji: boolean;
  /** Of kanji bytes: JIS until `FS C 1`. */
  codeSystem: "jis" | "shiftJis";
  /** ESC R: 8 is Japan, where 5C is ¥. */
  country: number;
  /** ESC t: 1 has half-width katakana. */
  codeTable: number;
  align: "left" | "center" | "right";
  bold: boolean;
  underline: boolean;
  magnifyX: number;
  magnifyY: number;
  lineSpacingDots: number;
  leftMarginDots: number;
  areaWidthDots: number;
  /** GS a; 0 is off. */
  statusBack: number;
}

/** Line spacing of 1/6 inch at 203 dpi, as the head counts it. */
const DEFAULT_LINE_SPACING_DOTS = 30;

/** The settings after power-on, for a head of so many dots. */
export function initialState(headDots: number): PrintState {
  return {
    selected: true,
    kanji: false,
    codeSystem: "jis",
    country: 0,
    codeTable: 0,
    align: "left",
    bold: false,
    underline: false,
    magnifyX: 1,
    magnifyY: 1,
    lineSpacingDots: DEFAULT_LINE_SPACING_DOTS,
    leftMarginDots: 0,
    areaWidthDots: headDots,
    statusBack: 0,
  };
}
