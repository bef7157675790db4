import receiptio from "receiptio";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startTcpReceiptPrinter, type TcpReceiptPrinter } from "../support/tcp-receipt-printer.ts";

/** receiptio: a printing program for ESC/POS printers that nobody here wrote. It finds out by itself what it talks to. */
describe("the simulated receipt printer before receiptio", () => {
  let printer: TcpReceiptPrinter;
  beforeEach(async () => {
    printer = await startTcpReceiptPrinter();
  });
  afterEach(() => printer.close());
  const status = () => receiptio.print("", `-d ${printer.ip} -q`);
  const print = (text: string) => receiptio.print(text, `-d ${printer.ip} -c 42 -l ja`);

  it.each([
    ["ready", () => {}, "online"],
    // It has no word for a roll that is nearly used up: such a printer still prints.
    ["with a roll near its end", (p: TcpReceiptPrinter) => p.simulator.setPaper("nearEnd"), "online"],
    ["with its cover open", (p: TcpReceiptPrinter) => p.simulator.openCover(), "coveropen"],
    ["without paper", (p: TcpReceiptPrinter) => p.simulator.setPaper("end"), "paperempty"],
    ["with a blocked cutter", (p: TcpReceiptPrinter) => p.simulator.blockCutter(), "error"],
    ["with a hot head", (p: TcpReceiptPrinter) => p.simulator.overheat(), "error"],
  ] as const)("a printer %s", async (_name, happen, word) => {
    happen(printer);
    expect(await status()).toBe(word);
    expect(printer.simulator.receipts()).toEqual([]);
  });

  it("a printer that is mended is online again, also after receiptio asked it to recover", async () => {
    printer.simulator.blockCutter();
    expect(await status()).toBe("error");
    printer.simulator.clearCutter();
    expect(await status()).toBe("online");
  });

  it("a printer that is switched off behind a line that stays up is offline", async () => {
    printer.simulator.setPower(false);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    try {
      const asked = status();
      while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(12_000);
      expect(await asked).toBe("offline");
    } finally {
      vi.useRealTimers();
    }
  });

  it("an address that nobody listens on is a lost connection", async () => {
    await printer.close();
    expect(await status()).toBe("disconnect");
  });

  it("prints a receipt, recognised by what it says it is, and succeeds when it is printed", async () => {
    expect(await print("領収証\n---\n住民票の写し | 200円\n")).toBe("success");
    const [receipt, ...others] = printer.simulator.receipts();
    expect(others).toEqual([]);
    const lines = receipt?.text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    expect(lines).toEqual(["領収証", "─".repeat(42), expect.stringMatching(/^住民票の写し +200円$/)]);
    // What asks for a Star printer as well; an ESC/POS printer ignores it.
    expect(printer.simulator.unknownCommands()).toEqual(["1b0601", "06011b", "011b40"]);
  });

  it("tells a cover that stands open, and paper that ends in the middle of a receipt", async () => {
    printer.simulator.openCover();
    expect(await print("領収証\n")).toBe("coveropen");
    printer.simulator.closeCover();
    printer.simulator.endPaperAfter(2);
    expect(await print("一\n二\n三\n四\n")).toBe("paperempty");
  });
});
