import { expect } from "vitest";
import type { Receipt, ReceiptPrinter } from "../../../devices/receipt-printer/port.ts";
import { createReceiptPrinter } from "../../../devices/receipt-printer/printer.ts";
import { createReceiptPrinterSimulator } from "../../../devices/receipt-printer/simulator/index.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { type Carrier, inMemory } from "../support/carrier.ts";
import { type BreakableWorld, type Call, type Time, untilWord } from "../support/world.ts";

const MARK = "領収証 0001";
const receipt: Receipt = {
  title: MARK,
  lines: [
    { kind: "pair", label: "住民票の写し 1通", value: "¥300" },
    { kind: "text", text: "ありがとうございました。", align: "center" },
  ],
};
const LAST_LINE = "ありがとうございました。";

/** Looks, prints one receipt, looks again. */
export async function receiptSession(printer: ReceiptPrinter, time: Time, call: Call): Promise<void> {
  await untilWord({ device: printer, time }, "online");
  await call("check", (options) => printer.check(options));
  await call("print", (options) => printer.print(receipt, options));
  await time.sleep(500);
  await call("check", (options) => printer.check(options));
}

/** A receipt printer and its machine on what carries their bytes. */
export async function receiptPrinterWorld(carrier: Carrier = inMemory()): Promise<BreakableWorld> {
  // The driver loads it at its first receipt, which is a matter of real time that a stepped clock does not wait for.
  await import("@node-escpos/core");
  const { time } = carrier;
  const machine = createReceiptPrinterSimulator({ clock: carrier.machineClock, lineMs: 20 });
  const line = await carrier.lineTo(machine.attach);
  const printer = createReceiptPrinter({
    name: "receipt",
    opener: line.opener,
    clock: time.clock,
    logger: silentLogger,
    random: () => 0,
  });
  const whole = () => machine.receipts().filter(({ text }) => text.includes(MARK) && text.includes(LAST_LINE)).length;
  return {
    device: printer,
    line,
    time,
    session: (call) => receiptSession(printer, time, call),
    judge(outcomes, harm) {
      expect(whole(), "whole receipts").toBeLessThanOrEqual(1);
      const printed = outcomes.find(({ command }) => command === "print");
      // Noise may change a character on its way to the printer; then the paper shows it.
      if (printed?.code === "ok" && harm !== "noise") expect(whole(), "receipts that were reported").toBe(1);
    },
    probe: (call) => call("probe", (options) => printer.check(options)),
    dispose: carrier.end,
    look: (call) => call("look", (options) => printer.check(options)),
    faults: [
      {
        name: "no paper",
        word: "userError",
        code: "K-RCPT-101",
        happen: () => machine.setPaper("end"),
        mend: () => machine.setPaper("full"),
      },
      {
        name: "an open cover",
        word: "userError",
        code: "K-RCPT-102",
        happen: machine.openCover,
        mend: machine.closeCover,
      },
      {
        name: "a blocked cutter",
        word: "hardwareError",
        code: "K-RCPT-103",
        happen: machine.blockCutter,
        mend: machine.clearCutter,
      },
      {
        name: "a hot print head",
        word: "hardwareError",
        code: "K-RCPT-104",
        happen: machine.overheat,
        mend: machine.coolDown,
      },
      {
        name: "a held feed button",
        word: "userError",
        code: "K-RCPT-106",
        happen: () => machine.setOffline(true),
        mend: () => machine.setOffline(false),
      },
      {
        name: "paper that is nearly at its end",
        word: "online",
        code: "K-RCPT-109",
        happen: () => machine.setPaper("nearEnd"),
        mend: () => machine.setPaper("full"),
      },
    ],
  };
}
