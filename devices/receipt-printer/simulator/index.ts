import type { Clock, Timer } from "../../../src/kernel/clock.ts";
import { createListeners } from "../../contract/listeners.ts";
import type { BytePort } from "../../contract/port.ts";
import { type GlyphDrawer, loadGlyphDrawer } from "../glyphs.ts";
import { createInterpreter } from "./interpreter.ts";
import { type CutReceipt, drawReceipt } from "./paper.ts";
import { createRealtimeFilter } from "./realtime.ts";

/** A receipt that came out: its text, and its picture (PNG, one pixel a dot). */
export interface PrintedReceipt {
  readonly text: string;
  png(): Promise<Buffer>;
}

/** A receipt printer as hands and accidents know it, and its wire. State outlives connections, as paper does. */
export interface ReceiptPrinterSimulator {
  /** Serves one connection; the last one is heard. */
  attach(port: BytePort): void;
  /** Every receipt so far, the oldest first (the last hundred). */
  receipts(): readonly PrintedReceipt[];
  /** Whether a receipt hangs from the mouth. */
  receiptInTray(): boolean;
  /** Takes everything that hangs from the mouth; undefined when nothing does, otherwise the last receipt. */
  takeReceipt(): PrintedReceipt | undefined;
  /** Hears when paper appears in the mouth and when it is taken. */
  onPaper(listener: (present: boolean) => void): () => void;
  /** The roll: full, nearly at its end, or used up now. */
  setPaper(level: "full" | "nearEnd" | "end"): void;
  /** The roll ends after so many more printed lines. */
  endPaperAfter(lines: number): void;
  openCover(): void;
  closeCover(): void;
  /** A blocked cutter. */
  blockCutter(): void;
  /** What blocks it is taken out; the printer keeps its error until DLE ENQ, or until it has been without power. */
  freeCutter(): void;
  /** Taken out, and the error is over. */
  clearCutter(): void;
  overheat(): void;
  coolDown(): void;
  /** Somebody holds the feed button, or switched it offline. */
  setOffline(offline: boolean): void;
  /** Without power it hears and says nothing. */
  setPower(on: boolean): void;
  /** First bytes of commands that it did not understand. */
  unknownCommands(): readonly string[];
}

export interface ReceiptPrinterSimulatorOptions {
  readonly clock: Clock;
  /** Dots of the head: 576 is 80 mm paper at 203 dpi. */
  readonly headDots?: number;
  /** Time for a printed line; a real one takes about 20 ms. */
  readonly lineMs?: number;
}

const HEAD_DOTS = 576;
const MAX_RECEIPTS = 100;
/** A driver that sends more than this without anything being printed sends noise. */
const MAX_BUFFER_BYTES = 512 * 1024;

/** A printer with a full roll, its cover closed, power on. */
export function createReceiptPrinterSimulator(options: ReceiptPrinterSimulatorOptions): ReceiptPrinterSimulator {
  const headDots = options.headDots ?? HEAD_DOTS;
  const lineMs = options.lineMs ?? 0;
  const paperNews = createListeners<boolean>();
  const printed: PrintedReceipt[] = [];
  let inMouth: PrintedReceipt[] = [];
  let port: BytePort | undefined;
  let filter = createRealtimeFilter();
  let buffer: Uint8Array = new Uint8Array();
  let drawer: Promise<GlyphDrawer> | undefined;
  let linesLeft = Number.POSITIVE_INFINITY;
  let pause: Timer | undefined;
  const fault = {
    paper: "full" as "full" | "nearEnd" | "end",
    cover: false,
    cutter: false as false | "blocked" | "latched",
    hot: false,
    offline: false,
  };
  let power = true;

  const send = (bytes: Uint8Array) => void (power && port?.write(bytes));
  const offline = () => fault.paper === "end" || fault.cover || fault.cutter !== false || fault.hot || fault.offline;
  const bit = (on: boolean, mask: number) => (on ? mask : 0);

  const statusBack = () =>
    Uint8Array.of(
      0x10 | bit(offline(), 0x08) | bit(fault.cover, 0x20),
      bit(fault.cutter !== false, 0x08) | bit(fault.hot, 0x40),
      bit(fault.paper !== "full", 0x03) | bit(fault.paper === "end", 0x0c),
      0,
    );

  const realtimeStatus = (n: number) => {
    const answers = [
      bit(offline(), 0x08),
      bit(fault.cover, 0x04) | bit(fault.paper === "end", 0x20) | bit(fault.cutter !== false || fault.hot, 0x40),
      bit(fault.cutter !== false, 0x08) | bit(fault.hot, 0x40),
      bit(fault.paper !== "full", 0x0c) | bit(fault.paper === "end", 0x60),
    ];
    return Uint8Array.of(0x12 | (answers[n - 1] ?? 0));
  };

  const interpreter = createInterpreter({
    headDots,
    send,
    statusBack,
    linePrinted() {
      linesLeft -= 1;
      if (linesLeft <= 0) change(() => (fault.paper = "end"));
      if (lineMs > 0) pause = options.clock.setTimer(lineMs, resume);
    },
    cut: (receipt) => present(receipt),
  });

  function present(receipt: CutReceipt): void {
    const one: PrintedReceipt = {
      text: receipt.text,
      async png() {
        drawer ??= loadGlyphDrawer();
        return drawReceipt(receipt, headDots, await drawer);
      },
    };
    printed.push(one);
    if (printed.length > MAX_RECEIPTS) printed.shift();
    inMouth.push(one);
    if (inMouth.length > MAX_RECEIPTS) inMouth.shift();
    if (inMouth.length === 1) paperNews.emit(true);
  }

  function resume(): void {
    pause = undefined;
    work();
  }

  /** Takes commands from the buffer until it is empty, a command is incomplete, or the printer cannot go on. */
  function work(): void {
    while (!pause && power && !offline() && buffer.length > 0) {
      const taken = interpreter.step(buffer);
      if (taken === 0) return;
      buffer = buffer.subarray(taken);
    }
  }

  function receive(bytes: Uint8Array): void {
    if (!power) return;
    const rest = filter.push(bytes, (command) => {
      if (command.kind === "status") return send(realtimeStatus(command.n));
      // What still blocks the cutter stops it again at once, and it says so as before.
      if (command.kind === "recover" && fault.cutter === "latched") change(() => (fault.cutter = false));
      if (command.kind === "recover" && !command.clear) return;
      buffer = new Uint8Array();
      interpreter.clearLine();
      if (command.kind === "clear") send(Uint8Array.of(0x37, 0x25, 0x00));
    });
    if (buffer.length + rest.length > MAX_BUFFER_BYTES) buffer = new Uint8Array();
    else buffer = Buffer.concat([buffer, rest]);
    work();
  }

  /** A change of what the sensors see: told by status back when the computer asked for it, and printing may go on. */
  function change(what: () => void): void {
    const before = Buffer.from(statusBack());
    what();
    if (interpreter.state.statusBack !== 0 && !before.equals(statusBack())) send(statusBack());
    // Not while a command is being carried out: its loop goes on by itself.
    if (!offline() && !pause) queueMicrotask(work);
  }

  return {
    attach(next) {
      port = next;
      filter = createRealtimeFilter();
      next.onData((bytes) => {
        if (port === next) receive(bytes);
      });
      next.onClose(() => {
        if (port === next) port = undefined;
      });
    },
    receipts: () => [...printed],
    receiptInTray: () => inMouth.length > 0,
    takeReceipt() {
      const last = inMouth.at(-1);
      inMouth = [];
      if (last) paperNews.emit(false);
      return last;
    },
    onPaper: paperNews.add,
    setPaper: (level) =>
      change(() => {
        fault.paper = level;
        linesLeft = Number.POSITIVE_INFINITY;
      }),
    endPaperAfter(lines) {
      linesLeft = lines;
    },
    openCover: () => change(() => (fault.cover = true)),
    closeCover: () => change(() => (fault.cover = false)),
    blockCutter: () => change(() => (fault.cutter = "blocked")),
    freeCutter: () => {
      if (fault.cutter) fault.cutter = "latched";
    },
    clearCutter: () => change(() => (fault.cutter = false)),
    overheat: () => change(() => (fault.hot = true)),
    coolDown: () => change(() => (fault.hot = false)),
    setOffline: (now) => change(() => (fault.offline = now)),
    setPower(on) {
      power = on;
      buffer = new Uint8Array();
      if (!on) return;
      if (fault.cutter === "latched") fault.cutter = false;
      interpreter.step(Uint8Array.of(0x1b, 0x40));
    },
    unknownCommands: interpreter.unknown,
  };
}
