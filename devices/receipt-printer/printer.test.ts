import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import type { Result } from "../../src/kernel/result.ts";
import { createFakeClock, type FakeClock } from "../../test/support/fake-clock.ts";
import { type MemoryOpener, memoryOpener } from "../contract/memory-port.ts";
import type { Receipt, ReceiptPrinter } from "./port.ts";
import { createReceiptPrinter } from "./printer.ts";
import { createReceiptPrinterSimulator, type ReceiptPrinterSimulator } from "./simulator/index.ts";

const receipt: Receipt = {
  title: "領収証",
  lines: [
    { kind: "text", text: "架空市", align: "center" },
    { kind: "rule" },
    { kind: "pair", label: "住民票の写し 1通", value: "¥300" },
    { kind: "pair", label: "髙﨑支所", value: "1" },
    { kind: "feed", lines: 1 },
    { kind: "text", text: "ありがとうございました。" },
  ],
};
const printedText = [
  "領収証",
  "",
  "架空市",
  "─".repeat(21),
  `住民票の写し 1通${" ".repeat(42 - 16 - 4)}¥300`,
  "[image 504×30]",
  "",
  "ありがとうございました。",
];

let clock: FakeClock;
let machine: ReceiptPrinterSimulator;
let opener: MemoryOpener;
let printer: ReceiptPrinter;
/** Called when a receipt's bytes arrive at the machine (they are many; questions are few). */
let receiptArrives: () => void;

beforeEach(() => {
  clock = createFakeClock();
  machine = createReceiptPrinterSimulator({ clock });
  receiptArrives = () => {};
  opener = memoryOpener((port) => {
    machine.attach({
      ...port,
      onData: (listener) =>
        port.onData((bytes) => {
          listener(bytes);
          if (bytes.length > 100) receiptArrives();
        }),
    });
  });
});
afterEach(() => printer.close());

function start(timers: Clock = clock): ReceiptPrinter {
  printer = createReceiptPrinter({ name: "receipt", opener, clock: timers, logger: silentLogger, random: () => 0 });
  return printer;
}

/** Waits for a status word, or returns at once. */
function word(wanted: string): Promise<void> {
  if (printer.status().word === wanted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = printer.onStatus((status) => {
      if (status.word !== wanted) return;
      stop();
      resolve();
    });
  });
}

const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);
const texts = () => machine.receipts().map(({ text }) => text.split("\n"));

describe("a printed receipt", () => {
  it("hangs from the mouth, complete, when the command ends", async () => {
    start();
    await word("online");
    expect(codeOf(await printer.print(receipt))).toBe("ok");
    expect(texts()).toEqual([printedText]);
    expect(machine.unknownCommands()).toEqual([]);
    expect(machine.receiptInTray()).toBe(true);
    expect(machine.takeReceipt()?.text).toContain("¥300");
    expect(machine.receiptInTray()).toBe(false);
  });

  it("is a picture of 80 mm paper with ink on it", async () => {
    start();
    await word("online");
    await printer.print(receipt);
    const png = await machine.receipts()[0]?.png();
    const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
    expect(info.width).toBe(640);
    expect(info.height).toBe(48 + 30 + 3 * 30 + 30 + 30 + 30 + 5 * 30);
    const top = 96;
    const inkOf = (from: number, to: number) =>
      data.subarray((top + from) * 640, (top + to) * 640).filter((grey) => grey < 128).length;
    expect(inkOf(-top, 0)).toBe(0);
    expect(inkOf(0, 48)).toBeGreaterThan(500);
    expect(inkOf(48, 78)).toBe(0);
    expect(inkOf(168, 198)).toBeGreaterThan(300);
  });

  it("comes after the one before it, one at a time", async () => {
    start();
    await word("online");
    const results = await Promise.all([printer.print(receipt), printer.print({ title: "二", lines: [] })]);
    expect(results.map(codeOf)).toEqual(["ok", "ok"]);
    expect(texts().map(([title]) => title)).toEqual(["領収証", "二"]);
  });

  it("without FS & and FS C 1 a Japanese printer prints something else", async () => {
    const { Printer } = await import("@node-escpos/core");
    const bare = new Printer({} as ConstructorParameters<typeof Printer>[0], { encoding: "Shift_JIS" });
    bare.text("領収証").cut();
    start();
    const opened = await opener.open(new AbortController().signal);
    if (opened.ok) await opened.value.write(bare.buffer.flush());
    await Promise.resolve();
    expect(machine.receipts()[0]?.text).not.toContain("領収証");
  });
});

describe("faults", () => {
  it("keeps a cutter error after what blocked it was taken out, until it is told to recover", async () => {
    start();
    await word("online");
    machine.blockCutter();
    await word("hardwareError");
    expect(codeOf(await printer.recover())).toBe("K-RCPT-103");
    machine.freeCutter();
    expect(codeOf(await printer.check())).toBe("K-RCPT-103");
    expect(await printer.recover()).toEqual({ ok: true });
    expect(printer.status().word).toBe("online");
    expect(await printer.print(receipt)).toEqual({ ok: true });
  });

  it("is connected anew at once when staff ask for it, and says why when it stays away", async () => {
    start();
    await word("online");
    expect(await printer.reopen()).toEqual({ ok: true });
    expect(printer.status().word).toBe("online");
    machine.setPower(false);
    const reopened = printer.reopen({ timeoutMs: 30_000 });
    await clock.advance(30_000);
    expect(codeOf(await reopened)).toBe("K-CMD-101");
  });

  it.each([
    ["no paper", () => machine.setPaper("end"), () => machine.setPaper("full"), "K-RCPT-101", "userError"],
    ["an open cover", () => machine.openCover(), () => machine.closeCover(), "K-RCPT-102", "userError"],
    ["a blocked cutter", () => machine.blockCutter(), () => machine.clearCutter(), "K-RCPT-103", "hardwareError"],
    ["a hot head", () => machine.overheat(), () => machine.coolDown(), "K-RCPT-104", "hardwareError"],
    [
      "offline for no reason",
      () => machine.setOffline(true),
      () => machine.setOffline(false),
      "K-RCPT-106",
      "userError",
    ],
  ] as const)(
    "%s is told with its cause, keeps from printing, and is over when it is mended",
    async (_name, breakIt, mend, code, expected) => {
      start();
      await word("online");
      breakIt();
      await word(expected);
      expect(printer.status().cause?.code).toBe(code);
      expect(codeOf(await printer.check())).toBe(code);
      expect(codeOf(await printer.print(receipt))).toBe(code);
      expect(machine.receipts()).toEqual([]);
      mend();
      await word("online");
      expect(codeOf(await printer.print(receipt))).toBe("ok");
      expect(texts()).toEqual([printedText]);
    },
  );

  it("a fault that was there before the kiosk is known as soon as the link is up", async () => {
    machine.openCover();
    start();
    await word("userError");
    expect(printer.status().cause?.code).toBe("K-RCPT-102");
  });

  it("paper that is nearly at its end still prints and is told", async () => {
    machine.setPaper("nearEnd");
    start();
    await word("online");
    expect(printer.status().cause?.code).toBe("K-RCPT-109");
    expect(codeOf(await printer.print(receipt))).toBe("ok");
  });

  it("paper that ends in the middle ends the command, and the rest never comes out late", async () => {
    start();
    await word("online");
    machine.endPaperAfter(4);
    expect(codeOf(await printer.print(receipt))).toBe("K-RCPT-101");
    machine.setPaper("full");
    await word("online");
    expect(machine.receipts()).toEqual([]);
    expect(codeOf(await printer.print({ title: "次", lines: [] }))).toBe("ok");
    expect(texts()).toEqual([printedText.slice(0, 4), ["次"]]);
  });
});

describe("a printer that does not speak", () => {
  it("is offline with the cause, is asked again, and comes back", async () => {
    machine.setPower(false);
    start();
    await clock.advance(2000);
    expect(printer.status()).toMatchObject({ word: "offline", cause: { code: "K-CMD-101" } });
    machine.setPower(true);
    await clock.advance(3000);
    expect(printer.status().word).toBe("online");
  });

  it("and falls silent in the middle of a receipt is K-RCPT-108", async () => {
    const printing = await beginSlowly();
    machine.setPower(false);
    await clock.advance(20_000);
    expect(codeOf(await printing.result)).toBe("K-RCPT-108");
    expect(printer.status()).toMatchObject({ word: "offline", cause: { code: "K-CMD-101" } });
  });

  it("a link that breaks in the middle is K-LINK-102, and the rest is not printed after it is back", async () => {
    const printing = await beginSlowly();
    opener.cut();
    await clock.advance(0);
    expect(codeOf(await printing.result)).toBe("K-LINK-102");
    expect(printer.status().word).toBe("offline");
    await clock.advance(5000);
    expect(printer.status().word).toBe("online");
    expect(machine.receipts()).toEqual([]);
  });

  it("a cancelled receipt is K-CMD-102 and leaves nothing in the buffer", async () => {
    const printing = await beginSlowly();
    printing.abort.abort();
    expect(codeOf(await printing.result)).toBe("K-CMD-102");
    await clock.advance(5000);
    expect(machine.receipts()).toEqual([]);
    expect(codeOf(await printer.check())).toBe("ok");
  });

  it("leaves no timer when it is closed while the buffer of a cancelled receipt is being cleared", async () => {
    const { counted, waiting } = countTimers(clock);
    const printing = await beginSlowly(counted);
    machine.setPower(false);
    printing.abort.abort();
    await clock.advance(0);
    expect(waiting()).toBeGreaterThan(0);
    await printer.close();
    await clock.advance(0);
    expect(waiting()).toBe(0);
  });
});

/** A clock that tells how many of the timers set with it have neither fired nor been cancelled. */
function countTimers(inner: FakeClock): { readonly counted: Clock; waiting(): number } {
  const timers = new Set<object>();
  const setTimer: Clock["setTimer"] = (delayMs, fn) => {
    const key = {};
    timers.add(key);
    const timer = inner.setTimer(delayMs, () => {
      timers.delete(key);
      fn();
    });
    return {
      cancel() {
        timers.delete(key);
        timer.cancel();
      },
    };
  };
  return { counted: { ...inner, setTimer }, waiting: () => timers.size };
}

/** A receipt on a machine that takes 20 ms for a line; returns when three lines are printed. */
async function beginSlowly(timers: Clock = clock): Promise<{ result: Promise<Result<void>>; abort: AbortController }> {
  machine = createReceiptPrinterSimulator({ clock, lineMs: 20 });
  start(timers);
  await word("online");
  const arrived = new Promise<void>((resolve) => {
    receiptArrives = resolve;
  });
  const abort = new AbortController();
  const result = printer.print(receipt, { signal: abort.signal });
  await arrived;
  await clock.advance(50);
  return { result, abort };
}
