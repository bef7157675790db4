import { expect } from "vitest";
import type { CardReader } from "../../devices/card-reader/port.ts";
import type { Denomination } from "../../devices/coin-vendor/port.ts";
import type { DeviceStatusWord } from "../../devices/contract/device.ts";
import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import type { KioskDevices } from "../../src/kiosk/ports.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import { MUNICIPALITY } from "../support/kiosk-centres.ts";
import { newCard } from "../support/kiosk-rig.ts";
import { type FaultWorld, startFaultWorld } from "./fault-world.ts";

/** What a fault came to: what the device says, what the flow does about it, where the money is. */
export interface FaultOutcome {
  readonly word: DeviceStatusWord;
  /** Its clerk's sentence stands in the error catalogue. */
  readonly code: ErrorCode | "";
  readonly flow: string;
  readonly money: string;
}

/** One fault of one device at one moment, with what must come of it. */
export interface FaultCase {
  readonly device: keyof KioskDevices;
  readonly fault: string;
  readonly when: string;
  /** Lets it happen and follows it to its end. */
  readonly play: (world: FaultWorld) => Promise<FaultOutcome>;
  readonly expected: FaultOutcome;
  readonly reader?: () => CardReader;
}

/** Plays a case in a world of its own and compares. Returns what was seen. */
export async function playCase(given: FaultCase): Promise<FaultOutcome> {
  const world = await startFaultWorld(given.reader ? { reader: given.reader() } : {});
  try {
    const before = totalYen(world);
    const outcome = await given.play(world);
    expect(outcome).toEqual(given.expected);
    expect(totalYen(world) - before, "no coin came or went but by hands").toBe(world.broughtYen());
    return outcome;
  } finally {
    await world.stop();
  }
}

const worth = (heap: Readonly<Record<string, number>>) =>
  Object.entries(heap).reduce((sum, [denomination, count]) => sum + Number(denomination) * count, 0);

function totalYen(world: FaultWorld): number {
  const { escrow, cashBox, tray, hoppers, inTransit } = world.coins.state();
  return worth(escrow) + worth(cashBox) + worth(tray) + worth(hoppers) + worth(inTransit);
}

/** What the first screen does while an issue stands. */
const consequences = {
  outOfService: "out of service until it is mended",
  exactMoneyOnly: "served, and told before any coin: exact money only",
  noReceipt: "served, and told at the beginning: no receipt",
  watch: "served; staff are told",
} as const;

type Happen = (world: FaultWorld) => void | Promise<void>;

/** A fault while nobody is there: it happens, the first screen says what follows, it is mended, and all is well again. */
export function atRest(device: keyof KioskDevices, happen: Happen, mend: Happen): FaultCase["play"] {
  return async (world) => {
    await world.untilStep("language");
    await world.until("a kiosk that is well", () => world.issues().length === 0);
    await happen(world);
    await world.until("an issue", () => world.issues().some(({ part }) => part === device));
    const [issue] = world.issues();
    const { word, cause } = world.devices[device].status();
    if (!issue) throw new Error("there is no issue");
    const { view } = world;
    if (issue.consequence === "outOfService")
      expect(view()).toMatchObject({ step: "outOfService", reason: { params: { code: issue.code } } });
    if (issue.consequence === "exactMoneyOnly")
      expect(view()).toMatchObject({ step: "language", exactMoneyOnly: true });
    if (issue.consequence === "noReceipt") expect(view()).toMatchObject({ step: "language", noReceipt: true });
    if (issue.consequence === "watch") expect(view()).toMatchObject({ step: "language" });
    if (cause) expect(cause.code).toBe(issue.code);
    await mend(world);
    await world.until("a mended kiosk", () => world.issues().length === 0 && view().step === "language");
    return { word, code: issue.code, flow: consequences[issue.consequence], money: "none was taken" };
  };
}

/** What a citizen does in a session that meets the fault. */
export interface Visit {
  readonly copies?: number;
  readonly coins?: readonly Denomination[];
  /** Before the first coin; the slot is open. */
  readonly beforePaying?: Happen;
  /** After the coins were put in. */
  readonly afterPaying?: Happen;
  /** When staff are called. */
  readonly attention?: Happen;
}

/** What a citizen reads when staff must come to the printer. */
const CALLS: ReadonlySet<string> = new Set(["printing.attention", "printing.held"]);

/** A fault within a session: a citizen pays, whatever happens is followed to its end, and everything is taken. */
export function inSession(device: keyof KioskDevices, visit: Visit): FaultCase["play"] {
  return async (world) => {
    await world.untilStep("language");
    await world.until("a kiosk that is well", () => world.issues().length === 0);
    let first: Pick<FaultOutcome, "word" | "code"> = { word: "online", code: "" };
    const stop = world.devices[device].onStatus(({ word, cause }) => {
      if (first.word === "online" && word !== "deviceBusy" && word !== "online")
        first = { word, code: cause?.code ?? "" };
    });
    let called = false;
    const stopView = world.kiosk.issuance.onView(({ view }: PanelView) => {
      if (view.step === "printing" && CALLS.has(view.doing.key)) called = true;
    });
    await toPay(world, visit.copies ?? 1);
    await visit.beforePaying?.(world);
    for (const coin of visit.coins ?? [500]) {
      if (world.view().step !== "pay") break;
      await world.putIn(coin);
    }
    await visit.afterPaying?.(world);
    const over = () => ["takeEverything", "ended"].includes(world.view().step);
    await world.until("the end, or staff", () => over() || called);
    if (!over()) await visit.attention?.(world);
    await world.until("the end of the session", over);
    const ending = world.view();
    const left = worth(world.coins.state().tray);
    await leave(world);
    stop();
    stopView();
    const summary = world.journal.lastSummary();
    if (!summary) throw new Error("no summary was written");
    const copies = world.printer.pages().filter(({ waste }) => !waste).length / SIDES_A_COPY;
    const earned = summary.result === "issued" ? summary.feeYen : 0;
    expect(copies, "copies on paper that were paid for").toBe(earned > 0 ? (visit.copies ?? 1) : 0);
    const unheard = world.journal
      .settledIntents(summary.sessionId)
      .some(({ kind, state }) => kind === "payout" && state === "unknown");
    const accounted = left + earned + summary.owedYen;
    // A payout of which nothing was heard is owed although it may have come out: never less than all, at most that twice.
    expect(accounted).toBeGreaterThanOrEqual(world.putInYen());
    expect(accounted).toBeLessThanOrEqual(world.putInYen() + (unheard ? summary.owedYen : 0));
    const why = ending.step === "ended" && ending.code ? ` (${ending.code})` : "";
    return {
      ...first,
      flow: `${called ? "staff are called; " : ""}${words[summary.result]}${why}`,
      money: moneyWords({ putIn: world.putInYen(), left, earned, owed: summary.owedYen, unheard }),
    };
  };
}

const SIDES_A_COPY = 2;
const words = {
  issued: "the certificate is issued",
  partial: "some copies are issued",
  notIssued: "nothing is issued",
  unknown: "whether it was printed is not known",
} as const;

function moneyWords(yen: { putIn: number; left: number; earned: number; owed: number; unheard: boolean }): string {
  const parts = [
    ...(yen.left > 0 ? [`¥${yen.left} in the tray`] : []),
    ...(yen.earned > 0 ? [`¥${yen.earned} for the copy`] : []),
    ...(yen.owed > 0 ? [`¥${yen.owed} owed${yen.unheard ? ": nobody knows whether it came out" : ""}`] : []),
  ];
  return `¥${yen.putIn} in: ${parts.join(", ")}`;
}

/** From the first screen to the open coin slot. */
async function toPay(world: FaultWorld, copies: number): Promise<void> {
  const { touch, untilStep } = world;
  touch({ touch: "chooseLanguage", language: "ja" });
  await untilStep("notice");
  touch({ touch: "agree" });
  await untilStep("card");
  world.memoryReader.place(newCard());
  await untilStep("municipality");
  touch({ touch: "chooseMunicipality", code: MUNICIPALITY, relation: "residence" });
  await untilStep("pin");
  for (const digit of [1, 2, 3, 4]) touch({ touch: "pinDigit", digit });
  touch({ touch: "pinEnter" });
  await untilStep("removeCard");
  world.memoryReader.take();
  await untilStep("choose");
  touch({ touch: "selectCertificate", kind: "resident-record" });
  touch({ touch: "proceed" });
  touch({ touch: "proceed" });
  touch({ touch: "setCopies", copies });
  touch({ touch: "proceed" });
  touch({ touch: "proceed" });
  await world.until("the open slot", () => world.coins.state().slotOpen);
}

/** Takes what lies there and waits until the next citizen may come, or the kiosk is closed. */
async function leave(world: FaultWorld): Promise<void> {
  world.takeCoins();
  world.printer.takePaper();
  world.receipts.takeReceipt();
  world.touch({ touch: "dismiss" });
  await world.until("the first screen", () => {
    if (world.printer.sheetsInOutput() > 0) world.printer.takePaper();
    if (world.receipts.receiptInTray()) world.receipts.takeReceipt();
    return ["language", "outOfService"].includes(world.view().step);
  });
}
