import { CELL_HEIGHT_DOTS, CELL_WIDTH_DOTS } from "../glyphs.ts";
import { type Command, couldBe, i16, u16 } from "./command.ts";
import { type DecodedChar, decodeChar } from "./decode.ts";
import { identity } from "./identity.ts";
import type { CutReceipt, Mark } from "./paper.ts";
import { initialState, type PrintState } from "./print-state.ts";
import { SELECT_DEVICE, settingCommands } from "./settings.ts";

/** What the interpreter needs from the machine around it. */
export interface InterpreterHost {
  readonly headDots: number;
  /** Bytes to the computer. */
  send(bytes: Uint8Array): void;
  /** The four bytes of automatic status back, now. */
  statusBack(): Uint8Array;
  /** A line was printed; the machine may run out of paper, or want time. */
  linePrinted(): void;
  cut(receipt: CutReceipt): void;
}

/** Carries out ESC/POS commands byte by byte, as the printer's processor takes them from its buffer. */
export interface Interpreter {
  readonly state: Readonly<PrintState>;
  /** Carries out one command or character; how many bytes it took, 0 when it is not complete yet. */
  step(bytes: Uint8Array): number;
  /** Drops the unfinished line (`DLE DC4 8`). */
  clearLine(): void;
  /** First bytes of commands that are not known, for whoever wants to know what a driver sends. */
  unknown(): readonly string[];
}

/** A character of the unfinished line, after a gap that ESC $ or ESC \\ left. */
type LineEntry = Pick<DecodedChar, "text" | "columns"> &
  Pick<PrintState, "magnifyX" | "magnifyY" | "bold" | "underline"> & { readonly gapDots: number };

/** An image is never wider than a head or longer than a receipt; a header that says so is noise. */
const MAX_IMAGE_BYTES = 128 * 2400;
const MAX_RECEIPT_DOTS = 24_000;
const MAX_UNKNOWN = 100;
/** The cutter stands so far above the head: 12 mm. What is printed there belongs to the next receipt when nothing was fed. */
const HEAD_TO_CUTTER_DOTS = 96;

/** An interpreter with the settings of power-on and empty paper. */
export function createInterpreter(host: InterpreterHost): Interpreter {
  const state = initialState(host.headDots);
  const unknown: string[] = [];
  let line: LineEntry[] = [];
  let marks: Mark[] = [];
  let text: { readonly line: string; readonly y: number }[] = [];
  /** Where the head is on the paper, from the edge of the last cut. */
  let y = HEAD_TO_CUTTER_DOTS;

  /** A move that waits for the character behind it. */
  let gapDots = 0;

  const lineWidth = () =>
    line.reduce((sum, { columns, magnifyX, gapDots: gap }) => sum + gap + columns * CELL_WIDTH_DOTS * magnifyX, 0);
  const areaWidth = () => Math.min(state.areaWidthDots, host.headDots - state.leftMarginDots);
  const startX = (widthDots: number) => {
    const free = Math.max(0, areaWidth() - widthDots);
    const shift = state.align === "left" ? 0 : state.align === "right" ? free : Math.floor(free / 2);
    return state.leftMarginDots + shift;
  };

  function cut(): void {
    const edge = y - HEAD_TO_CUTTER_DOTS;
    const above = text.filter((one) => one.y < edge).map(({ line: one }) => one);
    host.cut({
      marks: marks.filter((mark) => mark.y < edge),
      heightDots: edge,
      text: above.join("\n").replace(/^\n+|\n+$/gu, ""),
    });
    const below = <T extends { readonly y: number }>(one: T): T => ({ ...one, y: one.y - edge });
    marks = marks.filter((mark) => mark.y >= edge).map(below);
    text = text.filter((one) => one.y >= edge).map(below);
    y = HEAD_TO_CUTTER_DOTS;
  }

  function feed(dots: number): void {
    y += dots;
    if (y > MAX_RECEIPT_DOTS) cut();
  }

  function dropLine(): void {
    line = [];
    gapDots = 0;
  }

  /** Moves to a place on the line; over what is already there it does not go. */
  function moveTo(dots: number): void {
    gapDots = Math.min(Math.max(0, dots - lineWidth()), areaWidth());
  }

  function printLine(): void {
    const height = Math.max(0, ...line.map(({ magnifyY }) => CELL_HEIGHT_DOTS * magnifyY));
    let x = startX(lineWidth());
    for (const char of line) {
      const { text: sign, columns, magnifyX, magnifyY, bold, underline } = char;
      x += char.gapDots;
      const top = y + height - CELL_HEIGHT_DOTS * magnifyY;
      if (sign.trim() !== "" || underline) {
        marks.push({ kind: "char", text: sign, columns, x, y: top, magnifyX, magnifyY, bold, underline });
      }
      x += columns * CELL_WIDTH_DOTS * magnifyX;
    }
    const spaced = line.map(({ text: sign, gapDots: gap }) => " ".repeat(Math.round(gap / CELL_WIDTH_DOTS)) + sign);
    text.push({ line: spaced.join(""), y });
    dropLine();
    feed(Math.max(state.lineSpacingDots, height));
    host.linePrinted();
  }

  function put(char: DecodedChar): void {
    const { magnifyX, magnifyY, bold, underline } = state;
    if (line.length > 0 && lineWidth() + gapDots + char.columns * CELL_WIDTH_DOTS * magnifyX > areaWidth()) printLine();
    const { text: sign, columns } = char;
    line.push({ text: sign, columns, magnifyX, magnifyY, bold, underline, gapDots });
    gapDots = 0;
  }

  function image(parameters: Uint8Array): void {
    const widthBytes = u16(parameters, 1);
    const rows = parameters.slice(5);
    // Only an empty line can begin an image (GS v 0: "effective only when there is no data in the print buffer").
    if (line.length > 0 || widthBytes === 0) return;
    const height = rows.length / widthBytes;
    marks.push({ kind: "image", x: startX(widthBytes * 8), y, widthBytes, rows });
    text.push({ line: `[image ${widthBytes * 8}×${height}]`, y });
    feed(height);
    host.linePrinted();
  }

  const set = (change: Partial<PrintState>) => void Object.assign(state, change);
  const flushLine = () => line.length > 0 && printLine();

  const commands: readonly Command[] = [
    { prefix: [0x0a], parameters: 0, run: printLine },
    { prefix: [0x0d], parameters: 0, run: () => {} },
    { prefix: [0x00], parameters: 0, run: () => {} },
    ...settingCommands(set, host.headDots),
    {
      prefix: [0x1b, 0x40],
      parameters: 0,
      run() {
        dropLine();
        set(initialState(host.headDots));
      },
    },
    {
      prefix: [0x1b, 0x64],
      parameters: 1,
      run([n = 0]) {
        flushLine();
        feed(n * state.lineSpacingDots);
      },
    },
    {
      prefix: [0x1b, 0x4a],
      parameters: 1,
      run([n = 0]) {
        flushLine();
        feed(n);
      },
    },
    { prefix: [0x1b, 0x24], parameters: 2, run: (p) => moveTo(u16(p, 0)) },
    { prefix: [0x1b, 0x5c], parameters: 2, run: (p) => moveTo(lineWidth() + gapDots + i16(p, 0)) },
    {
      prefix: [0x1d, 0x56],
      parameters: ([m]) => (m === undefined ? undefined : m === 65 || m === 66 ? 2 : 1),
      run([m, n = 0]) {
        flushLine();
        if (m === 65 || m === 66) feed(HEAD_TO_CUTTER_DOTS + n);
        cut();
      },
    },
    {
      prefix: [0x1d, 0x61],
      parameters: 1,
      run([n = 0]) {
        set({ statusBack: n });
        if (n !== 0) host.send(host.statusBack());
      },
    },
    { prefix: [0x1d, 0x49], parameters: 1, run: ([n = 0]) => host.send(identity(n)) },
    // The sensors' two pairs of bits stand in the third byte of status back as GS r 1 wants them.
    { prefix: [0x1d, 0x72], parameters: 1, run: () => host.send(host.statusBack().subarray(2, 3)) },
    {
      prefix: [0x1d, 0x28],
      parameters: (rest) => (rest.length < 3 ? undefined : 3 + u16(rest, 1)),
      run([letter, , , fn, m, ...id]) {
        if (letter === 0x48 && fn === 0x30 && m === 0x30) host.send(Uint8Array.of(0x37, 0x22, ...id.slice(0, 4), 0));
      },
    },
    {
      prefix: [0x1d, 0x76, 0x30],
      parameters(rest) {
        if (rest.length < 5) return undefined;
        const dataBytes = u16(rest, 1) * u16(rest, 3);
        return dataBytes > MAX_IMAGE_BYTES ? 5 : 5 + dataBytes;
      },
      run: image,
    },
  ];

  function step(bytes: Uint8Array): number {
    if (!state.selected && !couldBe(bytes, SELECT_DEVICE)) return 1;
    const matching = commands.filter(({ prefix }) => couldBe(bytes, prefix));
    const command = matching.find(({ prefix }) => prefix.length <= bytes.length);
    if (command) {
      const rest = bytes.subarray(command.prefix.length);
      const count = typeof command.parameters === "number" ? command.parameters : command.parameters(rest);
      if (count === undefined || rest.length < count) return 0;
      command.run(rest.subarray(0, count));
      return command.prefix.length + count;
    }
    if (matching.length > 0) return 0;
    const [first = 0] = bytes;
    if (first < 0x20) {
      if (unknown.length < MAX_UNKNOWN) unknown.push(Buffer.from(bytes.subarray(0, 3)).toString("hex"));
      return 1;
    }
    const char = decodeChar(bytes, state);
    if (!char) return 0;
    put(char);
    return char.bytes;
  }

  return {
    state,
    step,
    clearLine: dropLine,
    unknown: () => unknown,
  };
}
