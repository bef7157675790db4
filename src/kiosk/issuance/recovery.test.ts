import { rmSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { type KioskRig, startKioskRig } from "../../../test/support/kiosk-rig.ts";

let rig: KioskRig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

/** Runs a kiosk until something holds, cuts its power, and gives the folder of its journal. */
async function crashAfter(story: (first: KioskRig) => Promise<void>): Promise<KioskRig> {
  const first = await startKioskRig();
  await story(first);
  first.crash();
  return first;
}

/** The same machine after the power came back: its coins and its printer are what they were. */
async function restart(first: KioskRig): Promise<KioskRig> {
  rig = await startKioskRig({
    folder: first.folder,
    prepare({ devices }) {
      Object.assign(devices.coinVendor, {
        escrow: [...first.devices.coinVendor.escrow],
        boxYen: first.devices.coinVendor.boxYen,
        trayYen: first.devices.coinVendor.trayYen,
      });
      for (const [id, job] of first.devices.certificatePrinter.taken) devices.certificatePrinter.taken.set(id, job);
    },
  });
  await rig.at("language");
  return rig;
}

/** Stops the world at a command: it never answers. */
const never = () => new Promise<never>(() => {});

describe("after a crash", () => {
  test("between two sessions nothing is to be settled", async () => {
    const first = await crashAfter(async ({ at }) => void (await at("language")));
    const second = await restart(first);
    expect(second.events("recovery.settled")).toEqual([]);
    expect(second.lastSummary()).toBeUndefined();
  });

  test("while coins lie in the escrow they go back, and the session is summed up as not issued", async () => {
    const first = await crashAfter(async ({ hands }) => {
      await hands.toPay();
      hands.pay(100, 50);
    });
    const second = await restart(first);
    expect(second.devices.coinVendor).toMatchObject({ trayYen: 150, boxYen: 0, escrow: [] });
    expect(second.lastSummary()).toMatchObject({
      result: "notIssued",
      failureCode: "K-KIOSK-123",
      insertedYen: 150,
      refundedYen: 150,
      owedYen: 0,
    });
    expect(second.journal.openIntents()).toEqual([]);
    expect(second.journal.openFlows()).toEqual([]);
  });

  test("while the escrow was being accepted, its coins go into the box and are owed: nobody may be at the tray", async () => {
    const first = await crashAfter(async ({ hands, devices, until }) => {
      await hands.toPay();
      devices.coinVendor.cashInEnd = never;
      hands.pay(500);
      await until("accepting", (v) => v.step === "pay" && v.doing?.key === "pay.accepting");
    });
    const second = await restart(first);
    expect(second.devices.coinVendor).toMatchObject({ boxYen: 500, trayYen: 0 });
    expect(second.lastSummary()).toMatchObject({ result: "notIssued", insertedYen: 500, owedYen: 500 });
    expect(second.events("money.owed")).toMatchObject([{ owedYen: 500, code: "K-KIOSK-123" }]);
    expect(second.devices.certificatePrinter.printed).toEqual([]);
  });

  test("a job that the printer took is found by its document id and settled on its impressions", async () => {
    const first = await crashAfter(async ({ hands, devices, until }) => {
      await hands.toPay();
      devices.certificatePrinter.settle = never;
      hands.pay(100, 100, 100);
      await until("printing", (v) => v.step === "printing");
      await new Promise((done) => setImmediate(done));
    });
    const second = await restart(first);
    expect(second.lastSummary()).toMatchObject({ result: "issued", copies: 1, impressions: 2, owedYen: 0 });
  });

  test("a job that the printer never took is proved not printed: paid but not printed is owed", async () => {
    const first = await crashAfter(async ({ hands, devices, until }) => {
      await hands.toPay();
      devices.certificatePrinter.submit = never;
      hands.pay(100, 100, 100);
      await until("printing", (v) => v.step === "printing");
    });
    const second = await restart(first);
    expect(second.lastSummary()).toMatchObject({ result: "notIssued", owedYen: 300 });
  });

  test("a payout in its middle is judged by the hopper's counters", async () => {
    const first = await crashAfter(async ({ hands, devices, until }) => {
      await hands.toPay();
      devices.coinVendor.dispense = async (_coins, { beforeEach }) => {
        beforeEach({ denomination: 100, coins: 2, counterBefore: 4, paidBefore: 1, unpaidBefore: 0 });
        return never();
      };
      hands.pay(500);
      await until("change", (v) => v.step === "printing" && v.doing.key === "printing.change");
    });
    const second = await restart(first);
    expect(second.lastSummary()).toMatchObject({ result: "issued", changeYen: 200, owedYen: 0 });
  });

  test("nobody is served while a device that must give evidence is away", async () => {
    const first = await crashAfter(async ({ hands }) => {
      await hands.toPay();
      hands.pay(100);
    });
    rig = await startKioskRig({
      folder: first.folder,
      prepare({ devices }) {
        devices.coinVendor.escrow = [...first.devices.coinVendor.escrow];
        devices.coinVendor.fail("K-LINK-101");
      },
    });
    await rig.at("outOfService");
    expect(rig.journal.openIntents()).toHaveLength(1);
    rig.devices.coinVendor.fail(undefined);
    await rig.at("language");
    expect(rig.devices.coinVendor.trayYen).toBe(100);
  });

  test("what the centres must hear is sent after the restart", async () => {
    const first = await crashAfter(async ({ hands }) => {
      await hands.toPay();
      hands.pay(100);
    });
    const second = await restart(first);
    await second.clock.advance(0);
    expect(second.uplink.usages).toMatchObject([{ result: "notIssued", failureCode: "K-KIOSK-123" }]);
    expect(second.uplink.settled).toMatchObject([{ result: "notIssued", prints: [] }]);
    rmSync(first.folder, { recursive: true, force: true });
  });
});
