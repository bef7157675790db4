import type { PrinterSimulator } from "../../../devices/certificate-printer/simulator/simulator.ts";
import type { Denomination } from "../../../devices/coin-vendor/port.ts";
import type { CoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import type { ReceiptPrinterSimulator } from "../../../devices/receipt-printer/simulator/index.ts";
import type { BenchCoinFault, BenchParams, BenchPrinterFault, BenchReceiptFault } from "./protocol.ts";

/** What somebody at the bench broke; the devices themselves cannot be asked. */
export interface Accidents {
  printer(fault: BenchPrinterFault): void;
  receipt(fault: BenchReceiptFault): void;
  coins(fault: BenchCoinFault): void;
  hopper(denomination: Denomination, action: BenchParams<"hopper">["action"]): void;
  now(): {
    readonly printer: BenchPrinterFault;
    readonly receipt: BenchReceiptFault;
    readonly coins: BenchCoinFault;
    readonly jammed: readonly Denomination[];
  };
}

/** The printer's accidents that are faults of its engine. */
const engineFaults = {
  mediaEmpty: "media-empty",
  mediaJam: "media-jam",
  doorOpen: "door-open",
  tonerEmpty: "toner-empty",
  stopped: "paused",
} as const;

/** The accidents of one machine, one at a time at each device. `fund`: how many coins a full hopper has. */
export function createAccidents(
  devices: {
    readonly printer: PrinterSimulator;
    readonly receiptPrinter: ReceiptPrinterSimulator;
    readonly coinVendor: CoinVendorSimulator;
  },
  fund: Readonly<Record<Denomination, number>>,
): Accidents {
  const { printer, receiptPrinter, coinVendor } = devices;
  const jammed = new Set<Denomination>();
  const now = {
    printer: "none" as BenchPrinterFault,
    receipt: "none" as BenchReceiptFault,
    coins: "none" as BenchCoinFault,
  };
  return {
    printer(fault) {
      now.printer = fault;
      printer.setBusy(fault === "busy");
      printer.refuseFormat(fault === "refuseFormat");
      for (const [name, keyword] of Object.entries(engineFaults)) printer.setFault(keyword, name === fault);
    },
    receipt(fault) {
      now.receipt = fault;
      receiptPrinter.setPaper(fault === "paperEnd" ? "end" : fault === "paperNearEnd" ? "nearEnd" : "full");
      if (fault === "coverOpen") receiptPrinter.openCover();
      else receiptPrinter.closeCover();
      if (fault === "cutterBlocked") receiptPrinter.blockCutter();
      else receiptPrinter.clearCutter();
    },
    coins(fault) {
      now.coins = fault;
      coinVendor.blockCoinPath(fault === "pathBlocked");
      coinVendor.stickEscrow(fault === "escrowStuck");
    },
    hopper(denomination, action) {
      if (action === "empty") coinVendor.emptyHopper(denomination);
      if (action === "refill") {
        const { [denomination]: there } = coinVendor.state().hoppers;
        coinVendor.refill(denomination, Math.max(0, fund[denomination] - there));
      }
      if (action === "jam") jammed.add(denomination);
      if (action === "clear") jammed.delete(denomination);
      if (action === "jam" || action === "clear") coinVendor.jam(denomination, action === "jam" ? 0 : undefined);
    },
    now: () => ({ ...now, jammed: [...jammed] }),
  };
}
