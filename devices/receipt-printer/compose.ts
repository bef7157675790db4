import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { enableStatusBack, initialize, kanjiMode, printingArea } from "./escpos/commands.ts";
import { CELL_WIDTH_DOTS, type GlyphDrawer, loadGlyphDrawer } from "./glyphs.ts";
import { layOut, type PrintedLine } from "./layout.ts";
import type { Receipt } from "./port.ts";
import { drawLine } from "./raster-line.ts";

/** The paper: half-width columns of font A and the dots of the head (80 mm paper: 576 at 203 dpi). */
export interface PaperFormat {
  readonly columns: number;
  readonly headDots: number;
}

export const paper80mm: PaperFormat = { columns: 42, headDots: 576 };

/** Turns receipts into the bytes of an ESC/POS printer. */
export interface ReceiptComposer {
  /** `K-RCPT-107` names the code points of a sign that nobody can draw. */
  compose(receipt: Receipt): Promise<Result<Uint8Array>>;
}

/** Lines between the last one and the cutter. */
const LINES_TO_CUTTER = 5;

type Escpos = typeof import("@node-escpos/core");
type EscposPrinter = InstanceType<Escpos["Printer"]>;
const alignments = { left: "LT", center: "CT", right: "RT" } as const;

/**
 * A composer that loads the composing library (200 ms, 30 MB) at its first receipt, and the font only for a receipt that has
 * signs outside the printer's set.
 */
export function createReceiptComposer(paper: PaperFormat): ReceiptComposer {
  let drawer: Promise<GlyphDrawer> | undefined;

  const raster = async (line: PrintedLine): Promise<Result<Uint8Array>> => {
    drawer ??= loadGlyphDrawer();
    const loaded = await drawer;
    const missing = line.signs.find(({ text }) => !loaded.has(text));
    if (missing) return fail("K-RCPT-107", { codePoints: codePointsOf(missing.text) });
    return ok(await drawLine(line, paper.columns, loaded));
  };

  return {
    async compose(receipt) {
      const escpos = await import("@node-escpos/core");
      // The library's printer is only its buffer here: what is sent, and when, is the link's business.
      const printer = new escpos.Printer({} as ConstructorParameters<Escpos["Printer"]>[0], { encoding: "Shift_JIS" });
      const widthDots = paper.columns * CELL_WIDTH_DOTS;
      raw(printer, initialize);
      // ESC @ may have switched it off, and printing is settled on it.
      raw(printer, enableStatusBack);
      raw(printer, kanjiMode);
      raw(printer, printingArea(Math.floor((paper.headDots - widthDots) / 2), widthDots));
      for (const item of layOut(receipt, paper.columns)) {
        if (item.kind === "feed") {
          printer.feed(item.lines);
          continue;
        }
        const { line } = item;
        if (line.signs.every(({ bytes }) => bytes)) {
          printText(escpos, printer, line);
          continue;
        }
        const image = await raster(line);
        if (!image.ok) return image;
        raw(printer, image.value);
      }
      printer.cut(true, LINES_TO_CUTTER);
      return ok(new Uint8Array(printer.buffer.flush()));
    },
  };
}

function printText(escpos: Escpos, printer: EscposPrinter, line: PrintedLine): void {
  const { TXT_BOLD_ON, TXT_BOLD_OFF } = escpos.command.TEXT_FORMAT;
  if (line.align !== "left") printer.align(alignments[line.align]);
  // Not the library's `style`: it also sends ESC 4, which printers without italics do not know.
  if (line.bold) printer.print(TXT_BOLD_ON);
  if (line.magnify !== 1) printer.size(line.magnify, line.magnify);
  printer.print(Buffer.concat(line.signs.map(({ bytes }) => bytes ?? new Uint8Array())));
  printer.newLine();
  if (line.magnify !== 1) printer.size(1, 1);
  if (line.bold) printer.print(TXT_BOLD_OFF);
  if (line.align !== "left") printer.align(alignments.left);
}

function raw(printer: EscposPrinter, bytes: Uint8Array): void {
  printer.raw(Buffer.from(bytes));
}

function codePointsOf(text: string): string {
  return Array.from(text, (char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`).join(
    " ",
  );
}
