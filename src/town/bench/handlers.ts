import type { PrinterSimulator } from "../../../devices/certificate-printer/simulator/simulator.ts";
import type { CoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import type { ReceiptPrinterSimulator } from "../../../devices/receipt-printer/simulator/index.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { TownControl } from "../control/channel.ts";
import { rendererLies } from "../lies/lies.ts";
import type { OcspResponder } from "../ocsp/responder.ts";
import type { Accidents } from "./accidents.ts";
import type { BenchBoard } from "./board.ts";
import type { CardHand } from "./card-hand.ts";
import type { Plug } from "./plug.ts";
import { type BenchCitizen, type BenchPlug, type BenchSetup, type BenchState, benchPlugs } from "./protocol.ts";
import { type BenchHandlers, done } from "./socket.ts";

/** Everything that hands and accidents can reach. */
export interface Machine {
  readonly setup: Omit<BenchSetup, "lies">;
  citizens(): readonly BenchCitizen[];
  readonly card: CardHand;
  readonly coinVendor: CoinVendorSimulator;
  readonly printer: PrinterSimulator;
  readonly receiptPrinter: ReceiptPrinterSimulator;
  readonly cabinet: BenchBoard;
  readonly accidents: Accidents;
  readonly ocsp: { readonly responder: OcspResponder; unreachable: boolean };
  readonly plugs: Readonly<Record<BenchPlug, Pick<Plug, "setConnected" | "connected">>>;
  readonly control: TownControl;
  /** Something changed that no device tells by itself. */
  changed(): void;
}

/** A page asks for the sides it does not know yet, so many at a time. */
const MAX_SIDES = 500;

/** The bench's methods on a machine. */
export function benchHandlers(machine: Machine): BenchHandlers {
  const { accidents, card, coinVendor, control, printer, receiptPrinter } = machine;
  const changing =
    <P>(work: (params: P) => unknown) =>
    (params: P): Result<unknown> => {
      const value = work(params);
      machine.changed();
      return ok(value);
    };
  return {
    setup: done(() => ({ ...machine.setup, lies: rendererLies }) satisfies BenchSetup),
    citizens: done(() => machine.citizens()),
    state: done(() => stateOf(machine)),
    watch: done(() => stateOf(machine)),
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
    sides: done(({ from }) =>
      printer
        .pages()
        .slice(from, from + MAX_SIDES)
        .map(({ side, documentId, waste }) => ({ side, documentId, waste })),
    ),
    async sidePng({ side }) {
      if (side >= printer.pages().length) return fail("K-TOWN-105", { why: "no such side", side });
      return ok({ png: (await printer.pagePng(side)).toString("base64") });
    },
    async receipts({ last }) {
      const kept = receiptPrinter.receipts();
      const asked = last === undefined ? kept : kept.slice(-last);
      const pictures = await Promise.all(
        asked.map(async (r) => ({ png: (await r.png()).toString("base64"), text: r.text })),
      );
      return ok(pictures);
    },
    printerFault: changing(({ fault }) => accidents.printer(fault)),
    receiptFault: changing(({ fault }) => accidents.receipt(fault)),
    coinFault: changing(({ fault }) => accidents.coins(fault)),
    cabinetSwitch: changing(({ name, on }) => machine.cabinet.setSensor(name, on)),
    resetBoard: changing(() => machine.cabinet.reset()),
    hopper: changing(({ denomination, action }) => accidents.hopper(denomination, action)),
    collectCashBox: done(() => coinVendor.collectCashBox()),
    async plug({ device, connected }) {
      const set = await machine.plugs[device].setConnected(connected);
      machine.changed();
      return set;
    },
    ocsp: changing(({ answer }) => {
      machine.ocsp.unreachable = answer === "unreachable";
      machine.ocsp.responder.misbehave(answer === "unreachable" ? "unreachable" : undefined);
    }),
    process: ({ name, action }) => control.process(name, action),
    lie: ({ municipality, lie }) => control.lie(municipality, lie),
  };
}

/** The machine as it stands now. */
export function stateOf(machine: Machine): BenchState {
  const { accidents, cabinet, card, coinVendor, control, plugs, printer, receiptPrinter } = machine;
  const { slotOpen, inTransit, escrow, cashBox, tray, hoppers } = coinVendor.state();
  const broken = accidents.now();
  const { processes, lies } = control.town();
  return {
    card: card.onReader(),
    coins: { slotOpen, inTransit, escrow, cashBox, tray, hoppers, fault: broken.coins, jammed: broken.jammed },
    printer: { state: printer.state(), fault: broken.printer, blankSheets: printer.sheetsInTray() },
    receiptPrinter: { fault: broken.receipt },
    cabinet: cabinet.state(),
    sidesPrinted: printer.pages().length,
    sheetsInTray: printer.sheetsInOutput(),
    receiptInTray: receiptPrinter.receiptInTray(),
    receiptsKept: receiptPrinter.receipts().length,
    plugs: Object.fromEntries(benchPlugs.map((name) => [name, plugs[name].connected()])) as BenchState["plugs"],
    ocsp: machine.ocsp.unreachable ? "unreachable" : "normal",
    processes,
    lies,
  };
}
