import { type Command, u16 } from "./command.ts";
import { initialState, type PrintState } from "./print-state.ts";

/** ESC =: which device at this line is meant; what is not, hears nothing until it is meant again. */
export const SELECT_DEVICE = [0x1b, 0x3d] as const;

/** The commands that change settings and nothing on the paper. */
export function settingCommands(set: (change: Partial<PrintState>) => void, headDots: number): readonly Command[] {
  return [
    { prefix: SELECT_DEVICE, parameters: 1, run: ([n = 0]) => set({ selected: (n & 1) === 1 }) },
    {
      prefix: [0x1b, 0x21],
      parameters: 1,
      run: ([n = 0]) =>
        set({
          bold: (n & 8) !== 0,
          magnifyY: n & 16 ? 2 : 1,
          magnifyX: n & 32 ? 2 : 1,
          underline: (n & 128) !== 0,
        }),
    },
    { prefix: [0x1b, 0x45], parameters: 1, run: ([n = 0]) => set({ bold: (n & 1) === 1 }) },
    { prefix: [0x1b, 0x2d], parameters: 1, run: ([n = 0]) => set({ underline: n % 48 !== 0 }) },
    {
      prefix: [0x1b, 0x61],
      parameters: 1,
      run: ([n = 0]) => set({ align: (["left", "center", "right"] as const)[n % 48] ?? "left" }),
    },
    { prefix: [0x1b, 0x32], parameters: 0, run: () => set({ lineSpacingDots: initialState(0).lineSpacingDots }) },
    { prefix: [0x1b, 0x33], parameters: 1, run: ([n = 0]) => set({ lineSpacingDots: n }) },
    { prefix: [0x1b, 0x52], parameters: 1, run: ([n = 0]) => set({ country: n }) },
    { prefix: [0x1b, 0x74], parameters: 1, run: ([n = 0]) => set({ codeTable: n }) },
    { prefix: [0x1c, 0x26], parameters: 0, run: () => set({ kanji: true }) },
    { prefix: [0x1c, 0x2e], parameters: 0, run: () => set({ kanji: false }) },
    { prefix: [0x1c, 0x43], parameters: 1, run: ([n = 0]) => set({ codeSystem: n % 48 === 1 ? "shiftJis" : "jis" }) },
    {
      prefix: [0x1d, 0x21],
      parameters: 1,
      run: ([n = 0]) => set({ magnifyX: ((n >> 4) & 7) + 1, magnifyY: (n & 7) + 1 }),
    },
    { prefix: [0x1d, 0x4c], parameters: 2, run: (p) => set({ leftMarginDots: Math.min(u16(p, 0), headDots) }) },
    { prefix: [0x1d, 0x57], parameters: 2, run: (p) => set({ areaWidthDots: u16(p, 0) }) },
    ...withoutEffect,
  ];
}

/** Settings that change nothing here: font, spacing of letters and kanji, upside down, white on black, underlined kanji. */
const withoutEffect: readonly Command[] = [
  { prefix: [0x1b, 0x4d], parameters: 1 },
  { prefix: [0x1b, 0x20], parameters: 1 },
  { prefix: [0x1b, 0x7b], parameters: 1 },
  { prefix: [0x1c, 0x53], parameters: 2 },
  { prefix: [0x1c, 0x2d], parameters: 1 },
  { prefix: [0x1d, 0x42], parameters: 1 },
  { prefix: [0x1c, 0x28], parameters: (rest: Uint8Array) => (rest.length < 3 ? undefined : 3 + u16(rest, 1)) },
].map((command) => ({ ...command, run: () => {} }));
