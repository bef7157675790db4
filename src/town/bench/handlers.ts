import type { PrinterSimulator } from "../../../devices/certificate-printer/simulator/simulator.ts";
import type { CoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import type { ReceiptPrinterSimulator } from "../../../devices/receipt-printer/simulator/index.ts";
import { fail, ok } from "../../kernel/result.ts";
import type { TownCitizens } from "../cards/citizens.ts";
import type { OcspResponder } from "../ocsp/responder.ts";
import type { CardHand } from "./card-hand.ts";
import type { Plug } from "./plug.ts";
import type { BenchParams, BenchState } from "./protocol.ts";
import { type BenchHandlers, done } from "./socket.ts";

/** Everything that hands and accidents can reach. */
export interface Machine {
  readonly citizens: readonly TownCitizens[];
  readonly card: CardHand;
  readonly coinVendor: CoinVendorSimulator;
  readonly printer: PrinterSimulator;
  readonly receiptPrinter: ReceiptPrinterSimulator;
  readonly ocsp: OcspResponder;
  readonly plugs: Readonly<Partial<Record<"coinVendor" | "receiptPrinter" | "cabinet", Plug>>>;
}

/** The bench's methods on a machine. */
export function benchHandlers(machine: Machine): BenchHandlers {
  const { card, coinVendor, printer, receiptPrinter } = machine;
  return {
    citizens: done(() => machine.citizens.flatMap((town) => town.list())),
    state: done(() => stateOf(machine)),
    putCard: ({ municipality, residentId }) => card.put(municipality, residentId),
    takeCard: async () => {
      await card.take();
      return ok();
    },
    insertCoin: done(({ denomination }) => coinVendor.insertCoin(denomination)),
    pressReturnLever: done(() => coinVendor.pressReturnLever()),
    takeCoins: done(() => {
      const { foreign: _, ...coins } = coinVendor.takeCoins();
      return coins;
    }),
    takePaper: done(() => printer.takePaper()),
    takeReceipt: done(() => receiptPrinter.takeReceipt()),
    async sidePng({ side }) {
      if (side >= printer.pages().length) return fail("K-TOWN-105", { why: "no such side", side });
      return ok({ png: (await printer.pagePng(side)).toString("base64") });
    },
    async receipts() {
      const pictures = await Promise.all(
        receiptPrinter.receipts().map(async (r) => ({ png: (await r.png()).toString("base64"), text: r.text })),
      );
      return ok(pictures);
    },
    printerFault: done(({ fault }) => setPrinterFault(printer, fault)),
    async plug({ device, connected }) {
      return (await machine.plugs[device]?.setConnected(connected)) ?? fail("K-TOWN-105", { why: "no such plug" });
    },
    ocsp: done(({ answer }) => machine.ocsp.misbehave(answer === "normal" ? undefined : answer)),
  };
}

const faults = { mediaEmpty: "media-empty", mediaJam: "media-jam", doorOpen: "door-open", stopped: "paused" } as const;

function setPrinterFault(printer: PrinterSimulator, fault: BenchParams<"printerFault">["fault"]): void {
  printer.setBusy(fault === "busy");
  printer.refuseFormat(fault === "refuseFormat");
  for (const [name, keyword] of Object.entries(faults)) printer.setFault(keyword, name === fault);
}

function stateOf({ card, coinVendor, printer, receiptPrinter }: Machine): BenchState {
  const { escrow, cashBox, tray, hoppers } = coinVendor.state();
  return {
    card: card.onReader(),
    coins: { escrow, cashBox, tray, hoppers },
    sidesPrinted: printer.pages().length,
    sheetsInTray: printer.sheetsInOutput(),
    receiptInTray: receiptPrinter.receiptInTray(),
  };
}
