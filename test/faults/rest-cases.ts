import type { FaultCase } from "./fault-case.ts";
import { atRest } from "./fault-case.ts";
import type { FaultWorld } from "./fault-world.ts";

const NOBODY = "nobody is there";
const OUT = "out of service until it is mended";
const NO_MONEY = "none was taken";

type Row = readonly [
  device: FaultCase["device"],
  fault: string,
  word: FaultCase["expected"]["word"],
  code: FaultCase["expected"]["code"],
  happen: (world: FaultWorld) => void | Promise<void>,
  mend: (world: FaultWorld) => void | Promise<void>,
  flow?: string,
];

const pull = (line: "coinVendor" | "receiptPrinter" | "cabinet") => (world: FaultWorld) => {
  world.lines[line].refuse(true);
  world.lines[line].cut();
};
const plugIn = (line: "coinVendor" | "receiptPrinter" | "cabinet") => (world: FaultWorld) =>
  world.lines[line].refuse(false);
const printerFault =
  (fault: Parameters<FaultWorld["printer"]["setFault"]>[0], present: boolean) => (world: FaultWorld) =>
    world.printer.setFault(fault, present);
const WITHOUT_RECEIPT = "served, and told at the beginning: no receipt";
const WATCH = "served; staff are told";

const rows: readonly Row[] = [
  ["coinVendor", "its cable is pulled", "offline", "K-LINK-101", pull("coinVendor"), plugIn("coinVendor")],
  [
    "coinVendor",
    "the acceptor says nothing",
    "offline",
    "K-COIN-101",
    (w) => w.coins.silence("acceptor", true),
    (w) => w.coins.silence("acceptor", false),
  ],
  [
    "coinVendor",
    "a thing blocks the coin path",
    "hardwareError",
    "K-COIN-202",
    (w) => w.coins.blockCoinPath(true),
    (w) => w.coins.blockCoinPath(false),
  ],
  ["coinVendor", "a coin on a string", "fraudAttempt", "K-COIN-203", (w) => w.coins.cheat("acceptor"), () => {}],
  [
    "coinVendor",
    "the hoppers for small change are empty",
    "online",
    "K-KIOSK-111",
    (w) => {
      for (const coin of [10, 50] as const) w.emptyHopper(coin);
    },
    (w) => {
      for (const coin of [10, 50] as const) w.refill(coin, 50);
    },
    "served, and told before any coin: exact money only",
  ],
  [
    "coinVendor",
    "staff have it open for a refill",
    "userError",
    "K-COIN-501",
    async (w) => void (await w.devices.coinVendor.startExchange(["hopper-10"])),
    async (w) => void (await w.devices.coinVendor.endExchange([])),
  ],
  [
    "certificatePrinter",
    "no paper",
    "userError",
    "K-PRINT-201",
    printerFault("media-empty", true),
    printerFault("media-empty", false),
  ],
  [
    "certificatePrinter",
    "a jam",
    "hardwareError",
    "K-PRINT-202",
    printerFault("media-jam", true),
    printerFault("media-jam", false),
  ],
  [
    "certificatePrinter",
    "an open door",
    "userError",
    "K-PRINT-203",
    printerFault("door-open", true),
    printerFault("door-open", false),
  ],
  [
    "certificatePrinter",
    "no toner",
    "userError",
    "K-PRINT-204",
    printerFault("toner-empty", true),
    printerFault("toner-empty", false),
  ],
  [
    "certificatePrinter",
    "stopped at its panel",
    "userError",
    "K-PRINT-205",
    printerFault("paused", true),
    printerFault("paused", false),
  ],
  [
    "certificatePrinter",
    "it takes no jobs",
    "userError",
    "K-PRINT-104",
    (w) => w.printer.setAcceptingJobs(false),
    (w) => w.printer.setAcceptingJobs(true),
  ],
  [
    "certificatePrinter",
    "its network cable is pulled",
    "offline",
    "K-PRINT-101",
    (w) => w.printer.setPlugged(false),
    (w) => w.printer.setPlugged(true),
  ],
  [
    "certificatePrinter",
    "stopped at its panel, and told by the fixup to go on",
    "userError",
    "K-PRINT-205",
    printerFault("paused", true),
    async (w) => void (await w.fix("certificatePrinter", "resumePrinter")),
  ],
  [
    "certificatePrinter",
    "its toner is nearly at its end",
    "online",
    "K-PRINT-208",
    (w) => w.printer.setToner(5),
    (w) => w.printer.setToner(90),
    WATCH,
  ],
  [
    "receiptPrinter",
    "no paper",
    "userError",
    "K-RCPT-101",
    (w) => w.receipts.setPaper("end"),
    (w) => w.receipts.setPaper("full"),
    WITHOUT_RECEIPT,
  ],
  [
    "receiptPrinter",
    "an open cover",
    "userError",
    "K-RCPT-102",
    (w) => w.receipts.openCover(),
    (w) => w.receipts.closeCover(),
    WITHOUT_RECEIPT,
  ],
  [
    "receiptPrinter",
    "a blocked cutter, mended by hands and the fixup",
    "hardwareError",
    "K-RCPT-103",
    (w) => w.receipts.blockCutter(),
    async (w) => {
      w.receipts.freeCutter();
      await w.fix("receiptPrinter", "recoverReceiptPrinter");
    },
    WITHOUT_RECEIPT,
  ],
  [
    "receiptPrinter",
    "a hot print head",
    "hardwareError",
    "K-RCPT-104",
    (w) => w.receipts.overheat(),
    (w) => w.receipts.coolDown(),
    WITHOUT_RECEIPT,
  ],
  [
    "receiptPrinter",
    "its roll is nearly at its end",
    "online",
    "K-RCPT-109",
    (w) => w.receipts.setPaper("nearEnd"),
    (w) => w.receipts.setPaper("full"),
    WATCH,
  ],
  [
    "receiptPrinter",
    "its cable is pulled",
    "offline",
    "K-LINK-101",
    pull("receiptPrinter"),
    plugIn("receiptPrinter"),
    WITHOUT_RECEIPT,
  ],
  ["cabinet", "the bridge is gone", "offline", "K-LINK-101", pull("cabinet"), plugIn("cabinet")],
  [
    "cabinet",
    "the I/O board hangs",
    "offline",
    "K-CAB-101",
    (w) => w.cabinet.freeze(true),
    (w) => w.cabinet.freeze(false),
  ],
  [
    "cabinet",
    "somebody breaks it open",
    "fraudAttempt",
    "K-CAB-104",
    (w) => w.cabinet.setSensor("tampered", true),
    (w) => w.cabinet.setSensor("tampered", false),
  ],
  [
    "cabinet",
    "the service door is open",
    "online",
    "K-CAB-106",
    (w) => w.cabinet.setSensor("serviceDoorOpen", true),
    (w) => w.cabinet.setSensor("serviceDoorOpen", false),
  ],
  [
    "cabinet",
    "the cash box is open",
    "online",
    "K-CAB-107",
    (w) => w.cabinet.setSensor("cashBoxOpen", true),
    (w) => w.cabinet.setSensor("cashBoxOpen", false),
  ],
  [
    "cabinet",
    "the battery is nearly empty",
    "online",
    "K-CAB-108",
    (w) => w.cabinet.setSensor("upsLow", true),
    (w) => w.cabinet.setSensor("upsLow", false),
  ],
];

/** Faults that come while nobody is there. */
export const restCases: readonly FaultCase[] = rows.map(([device, fault, word, code, happen, mend, flow = OUT]) => ({
  device,
  fault,
  when: NOBODY,
  play: atRest(device, happen, mend),
  expected: { word, code, flow, money: NO_MONEY },
}));
