import { describe, expect, it } from "vitest";
import type { BenchState, TimelineEntry } from "../../src/town/bench/protocol.ts";
import { guideKey } from "./guide.ts";

/** A machine at rest with nothing in its trays, and what is different this time. */
function machine(different: Partial<BenchState> = {}): BenchState {
  const none = {};
  return {
    card: undefined,
    coins: {
      slotOpen: false,
      inTransit: none,
      escrow: none,
      cashBox: none,
      tray: none,
      hoppers: none,
      fault: "none",
      jammed: [],
    },
    printer: { state: "idle", fault: "none", blankSheets: 250 },
    receiptPrinter: { fault: "none" },
    cabinet: {
      lights: {},
      buzzer: false,
      power: { host: true, cardReader: true },
      switches: { serviceDoorOpen: false, cashBoxOpen: false, tampered: false, upsLow: false },
    },
    sidesPrinted: 0,
    sheetsInTray: 0,
    receiptInTray: false,
    receiptsKept: 0,
    plugs: { coinVendor: true, receiptPrinter: true, cabinet: true, certificatePrinter: true, cardReader: true },
    ocsp: "normal",
    processes: [{ name: "kiosk", state: "running", pid: 1 }],
    lies: {},
    ...different,
  };
}

function guide(step: string, state: BenchState): string {
  const entry: TimelineEntry = {
    seq: 1,
    atMs: 0,
    kind: "event",
    source: "kiosk",
    name: "session.step",
    level: "info",
    detail: { step },
  };
  return guideKey({ connected: true, setup: undefined, citizens: [], state, entries: [entry], refused: undefined });
}

describe("the bench's guide", () => {
  it("sends whoever has read why it ended to the panel, and not to a machine that is at rest", () => {
    expect(guide("session.ended.clear", machine())).toBe("guide.ended");
  });

  it("names what still lies there before that", () => {
    expect(guide("session.ended.left", machine({ sheetsInTray: 1 }))).toBe("guide.takePaper");
    expect(guide("session.ended.left", machine({ receiptInTray: true }))).toBe("guide.takeReceipt");
  });

  it("waits when everything was taken and the machine must see it", () => {
    expect(guide("session.takeEverything", machine())).toBe("guide.wait");
  });

  it("asks for coins only while the slot is open", () => {
    const open = machine();
    expect(guide("session.paying", { ...open, coins: { ...open.coins, slotOpen: true } })).toBe("guide.pay");
    expect(guide("session.paying", open)).toBe("guide.wait");
  });

  it("says that the kiosk is away whatever it said before", () => {
    expect(guide("session.paying", machine({ processes: [{ name: "kiosk", state: "ended" }] }))).toBe(
      "guide.kioskAway",
    );
  });
});
