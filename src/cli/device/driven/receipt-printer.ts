import type { Receipt } from "../../../../devices/receipt-printer/port.ts";
import { createReceiptPrinter } from "../../../../devices/receipt-printer/printer.ts";
import { byHand, type Driven, type LinkedContext } from "./driven.ts";

/** Always the same: a recording keeps only its hash, and a replay prints it again. */
const testReceipt: Receipt = {
  title: "試験印字 TEST",
  lines: [
    { kind: "rule" },
    { kind: "text", text: "窓口 Madoguchi" },
    { kind: "pair", label: "印字できれば正常です", value: "OK" },
  ],
};

/** The receipt printer by hand. */
export function driveReceiptPrinter(context: LinkedContext): Driven {
  const printer = createReceiptPrinter({ name: "receiptPrinter", ...context });
  return {
    device: printer,
    onNews: () => {},
    commands: {
      check: {
        usage: "check",
        summary: "asks for paper, cover and cutter",
        run: (_, signal) => printer.check(byHand(signal)),
      },
      print: {
        usage: "print",
        summary: "prints and cuts a test receipt",
        run: (_, signal) => printer.print(testReceipt, byHand(signal)),
      },
    },
  };
}
