import { describe, expect, it } from "vitest";
import { yen } from "../../src/kernel/money.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { coinVendorRig, memoryCredits, memoryExchanges } from "../../test/support/coin-vendor-rig.ts";
import { encodeFrame } from "./codec/frame.ts";

async function started(given: Parameters<typeof coinVendorRig>[0] = {}) {
  const rig = coinVendorRig(given);
  await rig.start();
  expect(rig.vendor.status().word).toBe("online");
  return rig;
}

async function open(given: Parameters<typeof coinVendorRig>[0] = {}) {
  const rig = await started(given);
  unwrap(await rig.settle(rig.vendor.cashInStart()));
  return rig;
}

describe("start-up", () => {
  it("greets all devices, closes the slot and credits nothing of a time it does not know", async () => {
    const { machine, vendor, credits, events } = await started();
    expect(machine.state().slotOpen).toBe(false);
    expect(machine.insertCoin(100)).toBe("rejected");
    expect(vendor.storageUnits()).toEqual([
      ...([10, 50, 100, 500] as const).map((denomination) => ({
        id: `hopper-${denomination}`,
        kind: "cashOut",
        denomination,
        state: "ok",
        levelSensor: true,
      })),
      { id: "escrow", kind: "temporary", state: "ok" },
      { id: "cashBox", kind: "cashIn", state: "ok" },
    ]);
    expect(credits.records).toEqual([{ counter: 0, credits: [], errors: [], lostEvents: 0, reset: false }]);
    expect(events.map((e) => e.name)).toContain("coin.ready");
  });

  it("is offline with the cause while the machine is silent, and comes back by itself", async () => {
    const rig = coinVendorRig();
    rig.machine.silence("acceptor", true);
    await rig.start();
    expect(rig.vendor.status()).toMatchObject({ word: "offline", cause: { code: "K-COIN-101" } });
    expect(await rig.settle(rig.vendor.cashInStart())).toMatchObject({
      ok: false,
      error: { code: "K-COIN-204", cause: { code: "K-COIN-101" } },
    });
    rig.machine.silence("acceptor", false);
    await rig.clock.advance(5000);
    expect(rig.vendor.status().word).toBe("online");
  });

  it("is offline when the plug is pulled and online when it is back", async () => {
    const rig = await started();
    rig.opener.refuse(true);
    rig.opener.cut();
    await rig.clock.advance(1000);
    expect(rig.vendor.status()).toMatchObject({ word: "offline", cause: { code: "K-LINK-101" } });
    rig.opener.refuse(false);
    await rig.clock.advance(6000);
    expect(rig.vendor.status().word).toBe("online");
  });

  it("names a stranger at an address", async () => {
    const addresses = { acceptor: 3, escrow: 56, hoppers: { 10: 2, 50: 4, 100: 5, 500: 6 } };
    const rig = coinVendorRig({ options: { addresses } });
    await rig.start();
    expect(rig.vendor.status().cause).toMatchObject({ code: "K-COIN-106", detail: { address: 3, category: "Payout" } });
  });

  it.each(["checksum", "crc"] as const)("works in %s mode, with and without an echo", async (check) => {
    for (const echo of [true, false]) {
      const rig = await started({ simulator: { check, echo }, options: { check } });
      expect(rig.events.find((e) => e.name === "coin.ready")?.fields).toMatchObject({
        echo: echo ? "present" : "absent",
      });
      await rig.vendor.close();
    }
  });

  it("tells a broken adapter wire from a silent machine once it knows the echo", async () => {
    const rig = await started({ simulator: { echo: true } });
    rig.machine.setTamper(() => new Uint8Array());
    await rig.clock.advance(10_000);
    expect(rig.vendor.status().cause?.code).toBe("K-COIN-105");
  });
});

describe("cash in", () => {
  it("credits coins in order, after they were recorded", async () => {
    const rig = await open();
    rig.vendor.onCoins((told) => expect(rig.credits.records.at(-1)).toEqual(told));
    await rig.insert(500, 10, 100, 50);
    expect(rig.told.flatMap((e) => e.credits)).toEqual([500, 10, 100, 50]);
    expect(rig.credits.records.flatMap((e) => e.credits)).toEqual([500, 10, 100, 50]);
    expect(rig.machine.state().escrow).toEqual({ 10: 1, 50: 1, 100: 1, 500: 1 });
  });

  it("sends the coins back on a rollback and to the cash box on an end", async () => {
    const rig = await open();
    await rig.insert(100);
    unwrap(await rig.settle(rig.vendor.cashInStop()));
    unwrap(await rig.settle(rig.vendor.cashInRollback()));
    expect(rig.machine.state()).toMatchObject({ tray: { 100: 1 }, escrow: { 100: 0 }, slotOpen: false });
    unwrap(await rig.settle(rig.vendor.cashInStart()));
    await rig.insert(500);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.machine.state()).toMatchObject({ cashBox: { 500: 1 }, escrow: { 500: 0 }, slotOpen: false });
  });

  it("waits for the coin that is on its way when the slot closes", async () => {
    const rig = await open({ simulator: { mechanicsMs: 700 } });
    rig.machine.insertCoin(100);
    unwrap(await rig.settle(rig.vendor.cashInStop()));
    expect(rig.told.flatMap((e) => e.credits)).toEqual([100]);
    expect(rig.machine.state().inTransit[100]).toBe(0);
  });

  it("closes the slot when the start is cancelled or runs out of time", async () => {
    const rig = await started();
    const caller = new AbortController();
    const opening = rig.vendor.cashInStart({ signal: caller.signal });
    await Promise.resolve();
    caller.abort();
    expect(await rig.settle(opening)).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
    expect(rig.machine.state().slotOpen).toBe(false);

    rig.machine.failNext(228, "loseReply", 4);
    const late = await rig.settle(rig.vendor.cashInStart({ timeoutMs: 400 }));
    expect(late.ok).toBe(false);
    await rig.clock.advance(2000);
    expect(rig.machine.state().slotOpen).toBe(false);
  });

  it("closes the slot as soon as the link is back when a stop met a broken link", async () => {
    const rig = await open();
    rig.opener.refuse(true);
    rig.opener.cut();
    await rig.clock.advance(100);
    expect((await rig.settle(rig.vendor.cashInStop())).ok).toBe(false);
    expect(rig.machine.state().slotOpen).toBe(true);
    rig.opener.refuse(false);
    await rig.clock.advance(5000);
    expect(rig.machine.state().slotOpen).toBe(false);
  });

  it("opens the slot again after a short break of the link, and loses no credit", async () => {
    const rig = await open();
    rig.machine.insertCoin(100);
    rig.opener.cut();
    await rig.clock.advance(5000);
    await rig.insert(50);
    expect(rig.told.flatMap((e) => e.credits)).toEqual([100, 50]);
  });

  it("tells the return lever", async () => {
    const rig = await open();
    rig.machine.pressReturnLever();
    await rig.clock.advance(300);
    expect(rig.told.at(-1)?.errors).toEqual([254]);
    expect(rig.vendor.status().word).toBe("online");
  });

  it("reports exactly how many events were lost while nobody could poll, and guesses none", async () => {
    const rig = await open({ simulator: { mechanicsMs: 20, pollWatchdogMs: 60_000 } });
    rig.machine.silence("acceptor", true);
    for (let n = 0; n < 8; n++) {
      rig.machine.insertCoin(100);
      await rig.clock.advance(50);
    }
    rig.machine.silence("acceptor", false);
    await rig.clock.advance(5000);
    expect(rig.told.flatMap((e) => e.credits)).toEqual([100, 100, 100, 100, 100]);
    expect(rig.told.reduce((sum, e) => sum + e.lostEvents, 0)).toBe(3);
    expect(rig.events.find((e) => e.name === "coin.eventsLost")?.fields).toMatchObject({ lost: 3 });
  });

  it("sends the inhibits again after the acceptor lost its power, and reports the possible loss once", async () => {
    const rig = await open();
    await rig.insert(100);
    rig.machine.powerCycle();
    await rig.clock.advance(10_000);
    expect(rig.told.filter((e) => e.reset)).toHaveLength(1);
    expect(rig.machine.state().slotOpen).toBe(true);
    await rig.insert(50);
    expect(rig.told.flatMap((e) => e.credits)).toEqual([100, 50]);
  });

  it("sees a power cut also when events have moved the counter on since", async () => {
    const rig = await open();
    await rig.insert(100, 100, 100);
    rig.machine.silence("acceptor", true);
    rig.machine.powerCycle(200);
    await rig.clock.advance(300);
    for (let n = 0; n < 4; n++) rig.machine.pressReturnLever();
    rig.machine.silence("acceptor", false);
    await rig.clock.advance(5000);
    expect(rig.told.filter((e) => e.reset)).toHaveLength(1);
    expect(rig.told.flatMap((e) => e.credits)).toEqual([100, 100, 100]);
    expect(rig.machine.state().slotOpen).toBe(true);
  });

  it("sees a power cut by the counter alone where the acceptor does not tell its mask", async () => {
    const rig = await open({ simulator: { noInhibitStatus: true } });
    await rig.insert(100);
    rig.machine.powerCycle();
    await rig.clock.advance(10_000);
    expect(rig.told.filter((e) => e.reset)).toHaveLength(1);
    expect(rig.machine.state().slotOpen).toBe(true);
  });

  it("does not believe one reading that looks like two hundred lost events", async () => {
    const rig = await open();
    const old = Buffer.from("010b02000100010000000000000000f0", "hex");
    await rig.insert(10, 50, 100);
    let swapped = 0;
    rig.machine.setTamper((direction, bytes) => {
      if (direction === "toMachine" || bytes.length !== old.length || swapped > 0) return bytes;
      swapped += 1;
      return old;
    });
    await rig.clock.advance(1000);
    expect(swapped).toBe(1);
    expect(rig.told.flatMap((e) => e.credits)).toEqual([10, 50, 100]);
    expect(rig.told.every((e) => e.lostEvents === 0 && !e.reset)).toBe(true);
  });

  it("does not take coins while the acceptor has a fault, and takes them again when it is mended", async () => {
    const rig = await open();
    rig.machine.blockCoinPath(true);
    await rig.clock.advance(500);
    expect(rig.vendor.status()).toMatchObject({ word: "hardwareError", cause: { code: "K-COIN-202" } });
    unwrap(await rig.settle(rig.vendor.cashInStop()));
    expect(await rig.settle(rig.vendor.cashInStart())).toMatchObject({ ok: false, error: { code: "K-COIN-202" } });
    rig.machine.blockCoinPath(false);
    await rig.clock.advance(4000);
    unwrap(await rig.settle(rig.vendor.cashInStart()));
  });

  it("says fraudAttempt when a coin comes back up on a string", async () => {
    const rig = await open();
    rig.machine.cheat("acceptor");
    await rig.clock.advance(300);
    expect(rig.vendor.status()).toMatchObject({ word: "fraudAttempt", cause: { code: "K-COIN-203" } });
    unwrap(await rig.settle(rig.vendor.cashInStop()));
    unwrap(await rig.settle(rig.vendor.cashInStart()));
    expect(rig.vendor.status().word).toBe("online");
  });

  it("counts a credit of a position that has no value as lost, and does not guess it", async () => {
    const rig = await open();
    const strange = encodeFrame({
      destination: 1,
      source: 2,
      header: 0,
      data: Uint8Array.of(1, 9, 1, ...Array(8).fill(0)),
    });
    rig.machine.setTamper((direction, bytes) => (direction === "toHost" && bytes.length === 16 ? strange : bytes));
    await rig.clock.advance(1000);
    expect(rig.told).toEqual([{ counter: 1, credits: [], errors: [], lostEvents: 1, reset: false }]);
  });

  it("reports a stuck escrow with its fault code and moves the coins when it is free", async () => {
    const rig = await open();
    await rig.insert(100);
    rig.machine.stickEscrow(true);
    const stuck = await rig.settle(rig.vendor.cashInRollback());
    expect(stuck).toMatchObject({ ok: false, error: { code: "K-COIN-301", detail: { fault: 250 } } });
    expect(rig.vendor.status().word).toBe("hardwareError");
    rig.machine.stickEscrow(false);
    unwrap(await rig.settle(rig.vendor.cashInRollback()));
    expect(rig.machine.state().tray[100]).toBe(1);
    expect(rig.vendor.status().word).toBe("online");
  });

  it("finishes an escrow movement whose answers were lost, in its own direction", async () => {
    const rig = await open();
    await rig.insert(100);
    rig.machine.failNext(107, "loseReply", 6);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.machine.state()).toMatchObject({ cashBox: { 100: 1 }, tray: { 100: 0 } });
  });
});

describe("an escrow movement over a link that stays broken", () => {
  it("never fails as if nothing had been sent once its command may have left", async () => {
    const rig = await open();
    unwrap(await rig.settle(rig.vendor.cashInStop()));
    rig.machine.failNext(107, "loseReply", 9);
    const moving = rig.vendor.cashInEnd();
    await rig.clock.advance(500);
    rig.opener.refuse(true);
    rig.opener.cut();
    expect(await rig.settle(moving)).toMatchObject({ ok: false, error: { code: "K-COIN-301" } });
  });

  it("fails with the link's own code when it certainly did not leave", async () => {
    const rig = await open();
    unwrap(await rig.settle(rig.vendor.cashInStop()));
    rig.opener.refuse(true);
    rig.opener.cut();
    await rig.clock.advance(100);
    const moved = await rig.settle(rig.vendor.cashInEnd());
    expect(moved).toMatchObject({ ok: false, error: { code: "K-COIN-204", cause: { code: "K-LINK-101" } } });
  });
});

describe("after a restart of the kiosk", () => {
  it("credits what fell in meanwhile, because the journal holds the last counter", async () => {
    const before = await open();
    await before.insert(100);
    before.machine.insertCoin(500);
    before.opener.refuse(true);
    before.opener.cut();
    await before.clock.advance(1000);
    const { clock, machine, credits } = before;
    const after = coinVendorRig({ clock, machine, credits: memoryCredits(credits.lastCounter()) });
    await after.start();
    expect(after.credits.records.flatMap((e) => e.credits)).toEqual([500]);
    expect(machine.state().slotOpen).toBe(false);
  });

  it("tells those credits also when the start-up stops behind them", async () => {
    const before = await open();
    before.machine.insertCoin(500);
    await before.clock.advance(150);
    before.opener.refuse(true);
    before.opener.cut();
    before.machine.silence("escrow", true);
    const { clock, machine, credits } = before;
    const after = coinVendorRig({ clock, machine, credits: memoryCredits(credits.lastCounter()) });
    await after.start();
    expect(after.vendor.status()).toMatchObject({ word: "offline", cause: { detail: { address: 56 } } });
    expect([...before.told, ...after.told].flatMap((e) => e.credits)).toEqual([500]);
  });

  it("credits nothing when the journal knows no counter", async () => {
    const before = await open();
    await before.insert(100);
    before.opener.refuse(true);
    before.opener.cut();
    const after = coinVendorRig({ clock: before.clock, machine: before.machine });
    await after.start();
    expect(after.credits.records).toEqual([{ counter: 1, credits: [], errors: [], lostEvents: 0, reset: false }]);
  });

  it("reports a power cut that happened meanwhile", async () => {
    const machineOwner = await open();
    await machineOwner.insert(100);
    machineOwner.opener.refuse(true);
    machineOwner.opener.cut();
    machineOwner.machine.powerCycle();
    await machineOwner.clock.advance(2000);
    const after = coinVendorRig({
      clock: machineOwner.clock,
      machine: machineOwner.machine,
      credits: memoryCredits(machineOwner.credits.lastCounter()),
    });
    await after.start();
    expect(after.credits.records).toEqual([{ counter: 0, credits: [], errors: [], lostEvents: 0, reset: true }]);
  });
});

describe("the end", () => {
  it("closes the slot, ends commands with K-CMD-102 and stays closed", async () => {
    const rig = await open();
    const closing = rig.vendor.close();
    await rig.settle(closing);
    expect(rig.machine.state().slotOpen).toBe(false);
    expect(rig.vendor.status().word).toBe("offline");
    expect(await rig.vendor.cashInStart()).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
  });
});

describe("denomination", () => {
  it("uses the hoppers' states and the kiosk's book", async () => {
    const exchanges = memoryExchanges({
      "hopper-10": { 10: 3 },
      "hopper-50": { 50: 0 },
      "hopper-100": { 100: 9 },
      "hopper-500": { 500: 2 },
    });
    const rig = await started({ exchanges, simulator: { habits: { noLevelSensor: true } } });
    expect(rig.vendor.denominate(yen(1230))).toEqual({ 500: 2, 100: 2, 10: 3 });
    expect(rig.vendor.denominate(yen(240))).toBeUndefined();
    expect(rig.vendor.denominate(yen(0))).toEqual({});
    rig.machine.silence(500, true);
    await rig.clock.advance(10_000);
    expect(rig.vendor.denominate(yen(500))).toEqual({ 100: 5 });
  });
});
