import { afterEach, describe, expect, test } from "vitest";
import { type KioskRig, startKioskRig } from "../../../test/support/kiosk-rig.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";

let rig: KioskRig;
afterEach(() => rig.stop());

const start = async (...args: Parameters<typeof startKioskRig>) => {
  rig = await startKioskRig(...args);
  return rig;
};

/** Confirms one copy; nothing is awaited after it. */
async function confirm(copies = 1): Promise<void> {
  const { hands } = rig;
  await hands.toOffer();
  hands.touch({ touch: "selectCertificate", kind: "resident-record" });
  hands.touch({ touch: "proceed" });
  hands.touch({ touch: "proceed" });
  hands.touch({ touch: "setCopies", copies });
  hands.touch({ touch: "proceed" });
  hands.touch({ touch: "proceed" });
}

describe("before any money", () => {
  test.each<[ErrorCode, string]>([
    ["K-BIND-130", "contradiction"],
    ["K-BIND-134", "contradiction"],
    ["K-BIND-140", "contradiction"],
    ["K-BIND-101", "contradiction"],
  ])("a document that is refuted with %s is never paid for and never printed", async (code, reason) => {
    const { at, binding, devices } = await start();
    binding.contradicts = code;
    await confirm();
    expect(await at("ended")).toMatchObject({ reason, code, moneyOutcome: { money: "notTaken" } });
    expect(devices.coinVendor.slotOpen).toBe(false);
    expect(devices.certificatePrinter.taken.size).toBe(0);
    expect(rig.events("binding.contradiction")).toMatchObject([{ code }]);
  });

  test("verified documents of another request are a contradiction", async () => {
    const { at, binding, devices } = await start();
    binding.answersFor = "019e0000-0000-7000-8000-000000000000";
    await confirm();
    expect(await at("ended")).toMatchObject({ reason: "contradiction", code: "K-KIOSK-122" });
    expect(devices.certificatePrinter.taken.size).toBe(0);
  });

  test("a printer that is not ready refuses before the coin slot opens", async () => {
    const { at, devices } = await start();
    devices.certificatePrinter.checkFails = "K-PRINT-201";
    await confirm();
    expect(await at("ended")).toMatchObject({
      reason: "fault",
      code: "K-PRINT-201",
      what: { key: "ended.what.device" },
      moneyOutcome: { money: "notTaken" },
    });
    expect(devices.coinVendor.slotOpen).toBe(false);
  });

  test("a receipt printer that cannot print is a choice, asked before the coin slot opens", async () => {
    const { at, devices, hands } = await start();
    devices.receiptPrinter.checkFails = "K-RCPT-101";
    await confirm();
    expect(await at("withoutReceipt")).toMatchObject({ feeYen: 300 });
    expect(devices.coinVendor.slotOpen).toBe(false);
    hands.touch({ touch: "proceed" });
    await hands.slotOpen();
    hands.pay(100, 100, 100);
    expect(await at("takeEverything")).toMatchObject({ issued: true });
    expect(devices.receiptPrinter.receipts).toEqual([]);
    expect(devices.certificatePrinter.printed).toHaveLength(1);
  });

  test("who does not want to go on without a receipt has paid nothing", async () => {
    const { at, devices, hands } = await start();
    devices.receiptPrinter.checkFails = "K-RCPT-101";
    await confirm();
    await at("withoutReceipt");
    hands.touch({ touch: "cancel" });
    expect(await at("ended")).toMatchObject({ reason: "cancelled", moneyOutcome: { money: "notTaken" } });
    expect(devices.coinVendor.slotOpen).toBe(false);
  });

  test("a receipt printer without paper does not close the kiosk; the first screen says that there is no receipt", async () => {
    const { at, until, devices } = await start();
    expect(await at("language")).toMatchObject({ noReceipt: false });
    devices.receiptPrinter.fail("K-RCPT-101");
    await until("no receipt", (v) => v.step === "language" && v.noReceipt);
    devices.receiptPrinter.fail(undefined);
    await until("a receipt", (v) => v.step === "language" && !v.noReceipt);
  });

  test("an unsettled movement in the journal refuses before the coin slot opens", async () => {
    const { at, journal, devices } = await start();
    await rig.hands.toOffer();
    journal.intent("an earlier session", "cashIn", {});
    rig.hands.touch({ touch: "selectCertificate", kind: "seal-registration" });
    for (let i = 0; i < 3; i++) rig.hands.touch({ touch: "proceed" });
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-121", moneyOutcome: { money: "notTaken" } });
    expect(devices.coinVendor.slotOpen).toBe(false);
  });

  test("a lost connection interrupts the request, which resumes with the same signed choice", async () => {
    const { until, uplink, clock, hands } = await start();
    uplink.failing.set("prepare", ["K-TUNNEL-101"]);
    await confirm();
    await until("interrupted", (v) => v.step === "preparing" && v.doing.key === "preparing.interrupted");
    await clock.advance(2_000);
    await hands.slotOpen();
    expect(uplink.choices).toHaveLength(2);
    expect(uplink.choices[1]).toEqual(uplink.choices[0]);
  });

  test("a connection that stays lost ends the session without money", async () => {
    const { at, uplink, clock } = await start();
    uplink.failing.set("prepare", Array<ErrorCode>(9).fill("K-TUNNEL-101"));
    await confirm();
    const ended = at("ended");
    for (let i = 0; i < 40; i++) {
      await new Promise((done) => setImmediate(done));
      await clock.advance(500);
    }
    expect(await ended).toMatchObject({ what: { key: "ended.what.connection" }, moneyOutcome: { money: "notTaken" } });
  });

  test("a refusal by the municipality is told in general words and without a code", async () => {
    const { hands, at, uplink } = await start();
    uplink.failing.set("apply", ["K-CERT-110"]);
    await hands.toCardRead();
    await hands.enterPin();
    const ended = await at("ended");
    expect(ended).toMatchObject({ reason: "refused", what: { key: "ended.what.refused" } });
    expect(ended.code).toBeUndefined();
  });

  test("an empty offer is told in the very same words as any other refusal", async () => {
    const { hands, at, uplink, devices } = await start();
    uplink.offer = { ...uplink.offer, items: [] };
    await hands.toCardRead();
    await hands.enterPin();
    await at("removeCard");
    devices.cardReader.take();
    const { what, next, ask } = await at("ended");
    expect([what.key, next.key, ask.key]).toEqual(["ended.what.refused", "ended.next.townHall", "ended.ask.townHall"]);
  });

  test("a request that is good for hours means a wrong clock", async () => {
    const { hands, at, uplink, clock } = await start();
    const open = uplink.open.bind(uplink);
    uplink.open = async () => {
      const reply = await open();
      return reply.ok ? { ok: true, value: { ...reply.value, notAfterMs: clock.nowMs() + 7_200_000 } } : reply;
    };
    await hands.toCardRead();
    await hands.enterPin();
    expect(await at("ended")).toMatchObject({ code: "K-BIND-104", what: { key: "ended.what.clock" } });
  });

  test("a device that fails takes the first screen out of service, and its return brings it back", async () => {
    const { at, devices } = await start();
    devices.coinVendor.fail("K-COIN-101");
    expect(await at("outOfService")).toMatchObject({ reason: { params: { code: "K-COIN-101" } } });
    devices.coinVendor.fail(undefined);
    await at("language");
  });
});

describe("money", () => {
  test("exact money only is said before a coin is taken when the hoppers could not give every change", async () => {
    const { until } = await start({ prepare: ({ devices }) => Object.assign(devices.coinVendor.hoppers, { 10: 0 }) });
    const first = await until("language", (v) => v.step === "language");
    expect(first.view).toMatchObject({ exactMoneyOnly: true });
  });

  test("the first screen says so as soon as a hopper runs empty, and no longer than it is", async () => {
    const { until, devices } = await start();
    await until("change", (v) => v.step === "language" && !v.exactMoneyOnly);
    for (const hopper of [10, 50, 100, 500] as const) devices.coinVendor.fill(hopper, 0);
    await until("no change", (v) => v.step === "language" && v.exactMoneyOnly);
    for (const hopper of [10, 50, 100, 500] as const) devices.coinVendor.fill(hopper, 50);
    await until("change again", (v) => v.step === "language" && !v.exactMoneyOnly);
  });

  test("coins for which there is no change go back, and the exact amount may be paid then", async () => {
    const { hands, at, until, devices } = await start({
      prepare: ({ devices }) => Object.assign(devices.coinVendor.hoppers, { 10: 0, 50: 0, 100: 0, 500: 0 }),
    });
    await hands.toPay();
    hands.pay(500);
    await until("asked for exact money", (v) => v.step === "pay" && v.doing?.key === "pay.noChange");
    await hands.slotOpen();
    expect(devices.coinVendor).toMatchObject({ trayYen: 500, boxYen: 0 });
    hands.pay(100, 100, 100);
    await at("takeEverything");
    await hands.backToStart();
    expect(rig.lastSummary()).toMatchObject({ result: "issued", insertedYen: 300, changeYen: 0, owedYen: 0 });
  });

  test("counts that the acceptor lost give everything back and print nothing", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    hands.pay(100);
    devices.coinVendor.loseEvents(3);
    expect(await at("ended")).toMatchObject({
      code: "K-KIOSK-112",
      moneyOutcome: { money: "returned", yen: 100 },
    });
    expect(devices.coinVendor.trayYen).toBe(100);
  });

  test("the machine's own return lever gives the coins back, as the panel's cancel does", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    hands.pay(100, 50);
    devices.coinVendor.pressReturnLever();
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-101", moneyOutcome: { money: "returned", yen: 150 } });
    expect(devices.coinVendor).toMatchObject({ trayYen: 150, boxYen: 0 });
  });

  test("a coin vendor that is away while money must go back is asked again when it has come back", async () => {
    const { hands, at, devices, clock } = await start();
    await hands.toPay();
    hands.pay(100);
    devices.coinVendor.fail("K-LINK-101");
    const ended = at("ended");
    await clock.advance(1_000);
    devices.coinVendor.fail(undefined);
    await clock.advance(2_000);
    expect(await ended).toMatchObject({ moneyOutcome: { money: "returned", yen: 100 } });
    expect(devices.coinVendor.trayYen).toBe(100);
  });

  test("coins whose return is not proved are owed, and nobody may pay before the escrow is proved empty", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    hands.pay(100, 50);
    devices.coinVendor.broken.set("cashInRollback", { code: "K-COIN-301", moved: false });
    devices.coinVendor.broken.set("cashInEnd", { code: "K-COIN-301", moved: false });
    hands.touch({ touch: "cancel" });
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-113", moneyOutcome: { money: "owed", yen: 150 } });
    expect(rig.events("money.owed")).toMatchObject([{ owedYen: 150 }]);
    await hands.backToStart();
    expect(await at("outOfService")).toMatchObject({ reason: { params: { code: "K-KIOSK-121" } } });
    // The coins go into the box: whoever comes next must not find them in the tray.
    devices.coinVendor.broken.clear();
    devices.coinVendor.fail("K-LINK-101");
    devices.coinVendor.fail(undefined);
    await at("language");
    expect(devices.coinVendor).toMatchObject({ boxYen: 150, trayYen: 0 });
    expect(rig.journal.openIntents()).toEqual([]);
  });

  test("an acceptance that is not proved prints nothing and owes everything", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    devices.coinVendor.broken.set("cashInEnd", { code: "K-CMD-101", moved: true });
    hands.pay(500);
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-114", moneyOutcome: { money: "owed", yen: 500 } });
    expect(devices.certificatePrinter.taken.size).toBe(0);
    expect(JSON.stringify(devices.receiptPrinter.receipts)).toContain("未返金");
  });

  test("documents whose time to print passed while the citizen paid are not paid for", async () => {
    const { hands, at, clock, devices } = await start();
    await hands.toPay();
    clock.jumpWallClock(clock.nowMs() + 3_600_000);
    hands.pay(100, 100, 100);
    expect(await at("ended")).toMatchObject({ code: "K-BIND-117", moneyOutcome: { money: "returned", yen: 300 } });
    expect(devices.coinVendor).toMatchObject({ boxYen: 0, trayYen: 300 });
  });

  test("a copy whose time to print passes before it is sent is not printed, and its fee comes back", async () => {
    const { hands, at, clock, devices } = await start();
    await hands.toPay(2);
    devices.certificatePrinter.onSheet = () => clock.jumpWallClock(clock.nowMs() + 3_600_000);
    hands.pay(500, 100);
    expect(await at("ended")).toMatchObject({ moneyOutcome: { money: "returned", yen: 300 } });
    expect(devices.certificatePrinter.printed).toHaveLength(1);
  });

  test("a hopper that runs empty: the rest comes from the others, or is owed", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    devices.coinVendor.givesOnly = { coins: 1, known: true };
    hands.pay(500);
    await at("takeEverything");
    expect(devices.coinVendor.trayYen).toBe(200);
  });

  test("a payout of which nothing is known is not paid a second time: it is owed", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    devices.coinVendor.givesOnly = { coins: 1, known: false };
    hands.pay(500);
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-115", moneyOutcome: { money: "owed", yen: 200 } });
    expect(devices.coinVendor.trayYen).toBe(100);
  });
});

describe("paper", () => {
  test("a printer that refuses after the payment: the fee and the change come from the hoppers", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    devices.certificatePrinter.submitFails = ["K-PRINT-105"];
    hands.pay(500);
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-116", moneyOutcome: { money: "returned", yen: 300 } });
    expect(devices.coinVendor).toMatchObject({ boxYen: 500, trayYen: 500 });
    await hands.backToStart();
    expect(rig.lastSummary()).toMatchObject({ result: "notIssued", changeYen: 200, refundedYen: 300, owedYen: 0 });
  });

  test("a busy printer interrupts the step, and the copy is sent again", async () => {
    const { hands, at, until, devices, clock } = await start();
    await hands.toPay();
    devices.certificatePrinter.submitFails = ["K-PRINT-103"];
    hands.pay(100, 100, 100);
    await until("busy", (v) => v.step === "printing" && v.doing.key === "printing.busy");
    await clock.advance(2_000);
    expect(await at("takeEverything")).toMatchObject({ issued: true });
  });

  test("a jam after the payment: staff are called, and when it is cleared the copy comes out", async () => {
    const { hands, at, until, devices, clock } = await start();
    await hands.toPay();
    devices.certificatePrinter.submitFails = Array<ErrorCode>(5).fill("K-PRINT-202");
    hands.pay(500);
    await until("attention", (v) => v.step === "printing" && v.doing.key === "printing.attention");
    const end = at("takeEverything");
    for (let i = 0; i < 12; i++) {
      await clock.advance(1_000);
      await new Promise((done) => setImmediate(done));
    }
    expect(await end).toMatchObject({ issued: true });
  });

  test.each(["K-PRINT-202", "K-PRINT-201"] as const)(
    "%s in the middle of the sheet: staff are called, nothing can be cancelled, and it is printed to the end",
    async (code) => {
      const { hands, at, until, devices } = await start();
      await hands.toPay();
      const { promise, resolve } = Promise.withResolvers<void>();
      devices.certificatePrinter.waitsFor = { code, hands: promise };
      hands.pay(500);
      await until("held", (v) => v.step === "printing" && v.doing.key === "printing.held" && v.impressionsDone === 1);
      expect(rig.issuance.view().canCancel).toBe(false);
      resolve();
      expect(await at("takeEverything")).toMatchObject({ issued: true });
      await hands.backToStart();
      expect(rig.lastSummary()).toMatchObject({ result: "issued", owedYen: 0 });
    },
  );

  test("a jam that nobody clears in time: the fee and the change come back", async () => {
    const { hands, at, devices, clock } = await start();
    await hands.toPay();
    devices.certificatePrinter.submitFails = Array<ErrorCode>(500).fill("K-PRINT-202");
    hands.pay(500);
    const end = at("ended");
    for (let i = 0; i < 200; i++) {
      await clock.advance(1_000);
      await new Promise((done) => setImmediate(done));
    }
    expect(await end).toMatchObject({ code: "K-KIOSK-116", moneyOutcome: { money: "returned", yen: 300 } });
    expect(devices.coinVendor.trayYen).toBe(500);
  });

  test("a citizen who will not wait for a jam to be cleared gets the money back at once", async () => {
    const { hands, at, until, devices } = await start();
    await hands.toPay();
    devices.certificatePrinter.submitFails = Array<ErrorCode>(9).fill("K-PRINT-201");
    hands.pay(500);
    await until("attention", (v) => v.step === "printing" && v.doing.key === "printing.attention");
    await until("may cancel", () => rig.issuance.view().canCancel);
    hands.touch({ touch: "cancel" });
    expect(await at("ended")).toMatchObject({ moneyOutcome: { money: "returned", yen: 300 } });
    expect(devices.coinVendor.trayYen).toBe(500);
  });

  test("the second of three copies is not printed: two fees come back, one is kept", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay(3);
    devices.certificatePrinter.outcomes = ["done", "notDone"];
    hands.pay(500, 500);
    expect(await at("ended")).toMatchObject({
      moneyOutcome: { money: "returned", yen: 600 },
      left: ["document", "receipt"],
    });
    expect(devices.coinVendor).toMatchObject({ boxYen: 1000, trayYen: 700 });
    await hands.backToStart();
    expect(rig.lastSummary()).toMatchObject({ result: "partial", changeYen: 100, refundedYen: 600, owedYen: 0 });
  });

  test("a copy of which nobody knows whether it was printed is not guessed: its fee is owed", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    devices.certificatePrinter.outcomes = ["unknown"];
    hands.pay(100, 100, 100);
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-117", moneyOutcome: { money: "owed", yen: 300 } });
    await hands.backToStart();
    expect(rig.lastSummary()).toMatchObject({ result: "unknown", owedYen: 300, refundedYen: 0 });
    expect(rig.uplink.settled).toMatchObject([{ result: "unknown", prints: [{}] }]);
  });

  test("a job that the printer may have taken counts as unknown", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    devices.certificatePrinter.submitFails = ["K-PRINT-109"];
    hands.pay(100, 100, 100);
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-117", moneyOutcome: { money: "owed", yen: 300 } });
  });

  test("a receipt printer that fails costs the receipt only", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    devices.receiptPrinter.printFails = "K-CMD-101";
    hands.pay(100, 100, 100);
    expect(await at("takeEverything")).toMatchObject({ issued: true, left: ["document"] });
  });

  test("what is left calls the citizen back, and is then recorded", async () => {
    const { hands, at, until, clock, devices } = await start();
    await hands.toPay();
    hands.pay(100, 100, 100);
    await at("takeEverything");
    await clock.advance(50_000);
    const alarm = await until("alarm", (v) => v.step === "takeEverything" && v.alarm);
    expect(alarm.view).toMatchObject({ left: ["document", "receipt"] });
    expect(devices.cabinet.buzzer).toBe(true);
    await clock.advance(20_000);
    await at("language");
    expect(devices.cabinet.buzzer).toBe(false);
    expect(rig.events("leftItem.found").map((e) => e.thing)).toEqual(["document", "receipt"]);
  });
});
