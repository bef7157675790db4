import { type FaultCase, inSession } from "./fault-case.ts";
import type { FaultWorld } from "./fault-world.ts";

const online = { word: "online", code: "" } as const;
const ISSUED = "the certificate is issued";
const NOTHING = "nothing is issued";
const REFUNDED = `${NOTHING} (K-KIOSK-116)`;
const CHANGE_GIVEN = "¥500 in: ¥200 in the tray, ¥300 for the copy";
const ALL_BACK = "¥500 in: ¥500 in the tray";

const cut = (line: "coinVendor" | "receiptPrinter" | "cabinet", forMs: number) => async (world: FaultWorld) => {
  world.lines[line].refuse(true);
  world.lines[line].cut();
  world.clock.setTimer(forMs, () => world.lines[line].refuse(false));
};

/** Faults that meet a citizen who pays ¥500 for a copy of ¥300, unless it says otherwise. */
export const sessionCases: readonly FaultCase[] = [
  {
    device: "coinVendor",
    fault: "its cable is pulled for five seconds",
    when: "the citizen pays",
    play: inSession("coinVendor", {
      coins: [100, 100],
      afterPaying: cut("coinVendor", 5_000),
    }),
    expected: {
      word: "offline",
      code: "K-LINK-101",
      flow: `${NOTHING} (K-LINK-101)`,
      money: "¥200 in: ¥200 in the tray",
    },
  },
  {
    device: "coinVendor",
    fault: "the return lever is pressed",
    when: "the citizen pays",
    play: inSession("coinVendor", { coins: [100, 50], afterPaying: (w) => w.coins.pressReturnLever() }),
    expected: { ...online, flow: `${NOTHING} (K-KIOSK-101)`, money: "¥150 in: ¥150 in the tray" },
  },
  {
    device: "coinVendor",
    fault: "its power fails for a moment",
    when: "the citizen pays",
    play: inSession("coinVendor", { coins: [100, 100], afterPaying: (w) => w.coins.powerCycle(3_000) }),
    expected: {
      word: "offline",
      code: "K-COIN-101",
      flow: `${NOTHING} (K-COIN-101)`,
      money: "¥200 in: ¥200 in the tray",
    },
  },
  {
    device: "coinVendor",
    fault: "the escrow's flap sticks when the coins should go back",
    when: "the citizen ends the session",
    play: inSession("coinVendor", {
      coins: [100],
      beforePaying: (w) => w.coins.stickEscrow(true),
      afterPaying: (w) => w.touch({ touch: "cancel" }),
    }),
    expected: {
      word: "hardwareError",
      code: "K-COIN-301",
      flow: `${NOTHING} (K-KIOSK-113)`,
      money: "¥100 in: ¥100 owed",
    },
  },
  {
    device: "coinVendor",
    fault: "a hopper jams after one coin",
    when: "change is paid",
    play: inSession("coinVendor", { beforePaying: (w) => w.coins.jam(100, 1) }),
    expected: { ...online, flow: ISSUED, money: CHANGE_GIVEN },
  },
  {
    device: "coinVendor",
    fault: "a hopper runs empty",
    when: "change is paid",
    play: inSession("coinVendor", {
      beforePaying: (w) => {
        w.emptyHopper(100);
        w.refill(100, 1);
      },
    }),
    expected: { ...online, flow: ISSUED, money: CHANGE_GIVEN },
  },
  {
    device: "certificatePrinter",
    fault: "a jam in the middle of the sheet, cleared by staff",
    when: "the copy is printed",
    play: inSession("certificatePrinter", {
      beforePaying: (w) => w.printer.stopAfterImpressions(1),
      afterPaying: (w) => void w.clock.setTimer(20_000, () => w.printer.setFault("media-jam", false)),
    }),
    expected: { word: "hardwareError", code: "K-PRINT-202", flow: `staff are called; ${ISSUED}`, money: CHANGE_GIVEN },
  },
  {
    device: "certificatePrinter",
    fault: "the paper ends in the middle of the sheet, and is filled",
    when: "the copy is printed",
    play: inSession("certificatePrinter", {
      beforePaying: (w) => w.printer.stopAfterImpressions(1, "media-empty"),
      afterPaying: (w) => void w.clock.setTimer(20_000, () => w.printer.setFault("media-empty", false)),
    }),
    expected: { word: "userError", code: "K-PRINT-201", flow: `staff are called; ${ISSUED}`, money: CHANGE_GIVEN },
  },
  {
    device: "certificatePrinter",
    fault: "a door is opened before the copy is sent, and nobody comes",
    when: "the citizen pays",
    play: inSession("certificatePrinter", { beforePaying: (w) => w.printer.setFault("door-open", true) }),
    expected: { word: "userError", code: "K-PRINT-203", flow: `staff are called; ${REFUNDED}`, money: ALL_BACK },
  },
  {
    device: "certificatePrinter",
    fault: "somebody cancels the job at its panel, when the sheet is on its way",
    when: "the copy is printed",
    play: inSession("certificatePrinter", {
      afterPaying: async (w) => {
        await w.until("the job", () => w.printer.jobs().length > 0);
        w.printer.cancelJob(w.printer.jobs()[0]?.id ?? 0);
      },
    }),
    expected: { ...online, flow: ISSUED, money: CHANGE_GIVEN },
  },
  {
    device: "certificatePrinter",
    fault: "its power fails in the middle of the sheet",
    when: "the copy is printed",
    play: inSession("certificatePrinter", {
      afterPaying: async (w) => {
        await w.until("the job", () => w.printer.jobs().length > 0);
        w.printer.powerCycle();
      },
    }),
    expected: { ...online, flow: REFUNDED, money: ALL_BACK },
  },
  {
    device: "certificatePrinter",
    fault: "the connection breaks after it took the job",
    when: "the copy is sent",
    play: inSession("certificatePrinter", {
      beforePaying: (w) => w.printer.breakConnections("resetAfter", { operation: "Print-Job" }),
    }),
    expected: { ...online, flow: ISSUED, money: CHANGE_GIVEN },
  },
  {
    device: "certificatePrinter",
    fault: "the connection breaks before it took the job",
    when: "the copy is sent",
    play: inSession("certificatePrinter", {
      beforePaying: (w) => w.printer.breakConnections("resetBefore", { operation: "Print-Job" }),
    }),
    expected: { ...online, flow: REFUNDED, money: ALL_BACK },
  },
  {
    device: "receiptPrinter",
    fault: "the paper ends within the receipt",
    when: "the receipt is printed",
    play: inSession("receiptPrinter", { beforePaying: (w) => w.receipts.endPaperAfter(3) }),
    expected: { word: "userError", code: "K-RCPT-101", flow: ISSUED, money: CHANGE_GIVEN },
  },
  {
    device: "receiptPrinter",
    fault: "its cable is pulled",
    when: "the citizen pays",
    play: inSession("receiptPrinter", { beforePaying: cut("receiptPrinter", 3_600_000) }),
    expected: { word: "offline", code: "K-LINK-101", flow: ISSUED, money: CHANGE_GIVEN },
  },
  {
    device: "cabinet",
    fault: "the I/O board is gone for ten seconds",
    when: "the citizen pays",
    play: inSession("cabinet", { beforePaying: cut("cabinet", 10_000) }),
    expected: { word: "offline", code: "K-LINK-101", flow: `${NOTHING} (K-LINK-101)`, money: ALL_BACK },
  },
  {
    device: "cabinet",
    fault: "the I/O board is gone for ten seconds",
    when: "the copy is printed",
    play: inSession("cabinet", {
      afterPaying: async (w) => {
        await w.untilStep("printing");
        await cut("cabinet", 10_000)(w);
      },
    }),
    expected: { word: "offline", code: "K-LINK-101", flow: ISSUED, money: CHANGE_GIVEN },
  },
  {
    device: "coinVendor",
    fault: "its cable is pulled and stays out",
    when: "the citizen pays",
    play: inSession("coinVendor", { coins: [100], afterPaying: cut("coinVendor", 600_000) }),
    expected: {
      word: "offline",
      code: "K-LINK-101",
      flow: `${NOTHING} (K-KIOSK-113)`,
      money: "¥100 in: ¥100 owed",
    },
  },
  {
    device: "coinVendor",
    fault: "its cable is pulled and stays out",
    when: "change is paid",
    play: inSession("coinVendor", {
      afterPaying: async (w) => {
        await w.untilStep("printing");
        await cut("coinVendor", 600_000)(w);
      },
    }),
    expected: {
      word: "offline",
      code: "K-LINK-101",
      flow: `${ISSUED} (K-KIOSK-115)`,
      money: "¥500 in: ¥200 in the tray, ¥300 for the copy, ¥200 owed: nobody knows whether it came out",
    },
  },
  {
    device: "coinVendor",
    fault: "its cable is pulled for five seconds",
    when: "change is paid",
    play: inSession("coinVendor", {
      afterPaying: async (w) => {
        await w.untilStep("printing");
        await cut("coinVendor", 5_000)(w);
      },
    }),
    expected: { word: "offline", code: "K-LINK-101", flow: ISSUED, money: CHANGE_GIVEN },
  },
];
