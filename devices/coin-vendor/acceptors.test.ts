import { describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { coinVendorRig, memoryCredits } from "../../test/support/coin-vendor-rig.ts";
import { acceptorErrors } from "./codec/acceptor-errors.ts";
import { defaultAddresses } from "./settings.ts";

async function started(given: Parameters<typeof coinVendorRig>[0] = {}) {
  const rig = coinVendorRig(given);
  await rig.start();
  return rig;
}
const INHIBIT = 231;
const SET_PATH = 210;

describe("the inhibit mask", () => {
  it("lets in only the coins that are asked for", async () => {
    const { vendor, settle, machine, clock, sent, told } = await started();
    unwrap(await settle(vendor.cashInStart({ accept: [100, 500] })));
    expect(sent(INHIBIT).at(-1)?.slice(8, 12)).toBe("0c00");
    expect(machine.insertCoin(10)).toBe("rejected");
    expect(machine.insertCoin(100)).toBe("accepted");
    await clock.advance(2000);
    expect(told.flatMap((events) => events.credits)).toEqual([100]);
  });

  it("is sent again after a power cut as it was asked for, and a closed slot keeps the whole one", async () => {
    const { vendor, settle, machine, clock } = await started();
    unwrap(await settle(vendor.cashInStart({ accept: [500] })));
    machine.powerCycle();
    await clock.advance(4000);
    expect(machine.insertCoin(100)).toBe("rejected");
    expect(machine.insertCoin(500)).toBe("accepted");
    await clock.advance(2000);
    unwrap(await settle(vendor.cashInStop()));
    unwrap(await settle(vendor.cashInStart()));
    expect(machine.insertCoin(10)).toBe("accepted");
  });

  it("of no coin at all opens nothing", async () => {
    const { vendor, settle, machine } = await started();
    unwrap(await settle(vendor.cashInStart({ accept: [] })));
    expect(machine.state().slotOpen).toBe(false);
  });
});

describe("sorter paths", () => {
  const sorterPaths = { 10: 1, 50: 2, 100: 3, 500: 4 };

  it("are sent for each coin, read back, and sent again after a power cut", async () => {
    const { vendor, machine, clock, sent } = await started({ options: { sorterPaths } });
    expect(vendor.status().word).toBe("online");
    expect(sent(SET_PATH).map((hex) => hex.slice(8, 12))).toEqual(["0101", "0202", "0303", "0404"]);
    machine.powerCycle();
    await clock.advance(4000);
    expect(sent(SET_PATH)).toHaveLength(8);
  });

  it("that the machine does not have keep it offline with the coin and the path", async () => {
    const { vendor } = await started({ options: { sorterPaths: { 500: 9 } } });
    expect(vendor.status()).toMatchObject({
      word: "offline",
      cause: { code: "K-COIN-205", detail: { denomination: 500, path: 9 } },
    });
  });
});

describe("further acceptors", () => {
  const addresses = { ...defaultAddresses, furtherAcceptors: [11, 12] };
  const two = { simulator: { addresses }, options: { addresses } };

  it("credit with a counter of their own, and open and close together with the first", async () => {
    const { vendor, settle, machine, clock, credits, told } = await started(two);
    expect(machine.insertCoin(100, 11)).toBe("rejected");
    await clock.advance(500);
    unwrap(await settle(vendor.cashInStart()));
    for (const address of [2, 11, 12, 12]) {
      machine.insertCoin(100, address);
      await clock.advance(1000);
    }
    expect(told.filter((e) => e.credits.length > 0).map((e) => e.source)).toEqual([
      undefined,
      "acceptor-11",
      "acceptor-12",
      "acceptor-12",
    ]);
    expect([credits.lastCounter(), credits.lastCounter("acceptor-11"), credits.lastCounter("acceptor-12")]).toEqual([
      1, 2, 2,
    ]);
    unwrap(await settle(vendor.cashInRollback()));
    expect(machine.state()).toMatchObject({ tray: { 100: 5 }, escrow: { 100: 0 }, slotOpen: false });
  });

  it("that stay silent keep the machine offline, because a slot that cannot be closed must not be open", async () => {
    const rig = coinVendorRig({ ...two, options: { addresses: { ...addresses, furtherAcceptors: [11, 13] } } });
    await rig.start();
    expect(rig.vendor.status()).toMatchObject({
      word: "offline",
      cause: { code: "K-COIN-101", detail: { address: 13 } },
    });
  });
});

describe("attempts to cheat", () => {
  const frauds = acceptorErrors.filter((entry) => entry.meaning === "fraud");

  it("are told with their cause, each of the specification's events", async () => {
    expect(frauds.map((entry) => entry.code)).toEqual([16, 17, 18, 19, 20, 23, 34, 37, 38, 40]);
    for (const { code, name } of frauds) {
      const { vendor, machine, clock } = await started();
      machine.acceptorEvent(code);
      await clock.advance(500);
      expect(vendor.status()).toMatchObject({
        word: "fraudAttempt",
        cause: { code: "K-COIN-203", detail: { code, error: name } },
      });
      await vendor.close();
    }
  });

  it("at a hopper are told too, and its own coins are not paid any more", async () => {
    const { vendor, machine, clock } = await started();
    machine.cheat(500);
    await clock.advance(8000);
    expect(vendor.status()).toMatchObject({ word: "fraudAttempt", cause: { detail: { hopper: 500 } } });
    expect(vendor.storageUnits().find((unit) => unit.denomination === 500)?.state).toBe("inoperative");
  });

  it("do not close the machine for ever", async () => {
    const { vendor, machine, clock } = await started();
    machine.cheat("acceptor");
    await clock.advance(30_000);
    machine.cheat("acceptor");
    await clock.advance(45_000);
    expect(vendor.status().word).toBe("fraudAttempt");
    await clock.advance(20_000);
    expect(vendor.status().word).toBe("online");
  });
});

describe("the frame check", () => {
  it("is found out for each device when it is to be, also on a bus of both kinds", async () => {
    const checks = new Map([
      [2, "crc"],
      [5, "crc"],
    ] as const);
    const { vendor, settle, insert, events, dispense } = await started({
      simulator: { checks },
      options: { check: "auto" },
    });
    expect(vendor.status().word).toBe("online");
    const found = events.filter((e) => e.name === "coin.checkDetected").map((e) => [e.fields.address, e.fields.check]);
    expect(Object.fromEntries(found)).toEqual({
      2: "crc",
      3: "checksum",
      4: "checksum",
      5: "crc",
      6: "checksum",
      56: "checksum",
    });
    unwrap(await settle(vendor.cashInStart()));
    await insert(100);
    unwrap(await settle(vendor.cashInEnd()));
    expect((await dispense({ 100: 2, 10: 1 })).outcome).toMatchObject({ value: { state: "done" } });
  });

  it("is found out again behind a link that was down", async () => {
    const checks = new Map<number, "crc" | "checksum">();
    const { vendor, opener, clock } = await started({ simulator: { checks }, options: { check: "auto" } });
    checks.set(2, "crc");
    opener.cut();
    await clock.advance(10_000);
    expect(vendor.status().word).toBe("online");
  });
});

describe("a kiosk that was started again", () => {
  it("credits what fell in meanwhile, by the counter in the journal", async () => {
    const first = await started();
    unwrap(await first.settle(first.vendor.cashInStart()));
    await first.insert(100);
    const { machine, clock } = first;
    machine.insertCoin(500);
    first.opener.refuse(true);
    first.opener.cut();
    await clock.advance(10);
    const second = coinVendorRig({ machine, clock, credits: memoryCredits(first.credits.lastCounter()) });
    await second.start();
    expect(second.told.flatMap((events) => events.credits)).toEqual([500]);
  });
});
