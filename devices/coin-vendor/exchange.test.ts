import { describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { coinVendorRig, memoryExchanges } from "../../test/support/coin-vendor-rig.ts";

async function started(given: Parameters<typeof coinVendorRig>[0] = {}) {
  const exchanges = memoryExchanges({ "hopper-100": { 100: 20 }, cashBox: { 100: 5 } });
  const rig = coinVendorRig({ exchanges, ...given });
  await rig.start();
  return { ...rig, exchanges };
}

describe("an exchange", () => {
  it("keeps every cash command from working, and says that a person is at work", async () => {
    const { vendor, settle, dispense } = await started();
    unwrap(await settle(vendor.startExchange(["hopper-100", "cashBox"])));
    expect(vendor.status()).toMatchObject({ word: "userError", cause: { code: "K-COIN-501" } });
    for (const command of [vendor.cashInStart, vendor.cashInEnd, vendor.cashInRollback]) {
      expect(await settle(command())).toMatchObject({ ok: false, error: { code: "K-COIN-501" } });
    }
    expect((await dispense({ 100: 1 })).outcome).toMatchObject({ ok: false, error: { code: "K-COIN-501" } });
    expect(await settle(vendor.startExchange(["escrow"]))).toMatchObject({ error: { code: "K-COIN-501" } });
  });

  it("ends with the differences, and the machine serves again", async () => {
    const { vendor, settle, exchanges, events } = await started();
    unwrap(await settle(vendor.startExchange(["hopper-100"])));
    const entries = [{ unit: "hopper-100", denomination: 100, found: 19, added: 50 }] as const;
    expect(unwrap(await settle(vendor.endExchange(entries)))).toMatchObject([{ found: 19 }]);
    expect(exchanges.ended).toEqual([entries]);
    expect(vendor.status().word).toBe("online");
    expect(events.map((event) => event.name)).toEqual(
      expect.arrayContaining(["coin.exchangeStarted", "coin.exchanged", "coin.exchangeEnded"]),
    );
  });

  it("is still under way for a kiosk that was started again", async () => {
    const exchanges = memoryExchanges();
    exchanges.startExchange(["cashBox"]);
    const { vendor, settle } = await started({ exchanges });
    expect(vendor.status()).toMatchObject({ word: "userError", cause: { code: "K-COIN-501" } });
    unwrap(await settle(vendor.endExchange([])));
    expect(vendor.status().word).toBe("online");
  });

  it("is refused while a citizen is paying", async () => {
    const { vendor, settle } = await started();
    unwrap(await settle(vendor.cashInStart()));
    expect(await settle(vendor.startExchange(["cashBox"]))).toMatchObject({ error: { code: "K-COIN-502" } });
  });

  it.each([
    ["a unit that is not open", { unit: "cashBox", denomination: 100, found: 1 }],
    ["money that the unit cannot hold", { unit: "hopper-100", denomination: 50, found: 1 }],
    ["a note in a hopper", { unit: "hopper-100", denomination: 1000, found: 1 }],
    ["less than nothing", { unit: "hopper-100", denomination: 100, removed: 21 }],
    ["half a coin", { unit: "hopper-100", denomination: 100, found: 0.5 }],
    ["a negative count", { unit: "hopper-100", denomination: 100, found: -1 }],
  ] as const)("does not record %s, and stays open", async (_what, entry) => {
    const { vendor, settle, exchanges } = await started();
    unwrap(await settle(vendor.startExchange(["hopper-100"])));
    expect(await settle(vendor.endExchange([entry]))).toMatchObject({ ok: false, error: { code: "K-COIN-503" } });
    expect(exchanges.ended).toEqual([]);
    expect(exchanges.openUnits()).toEqual(["hopper-100"]);
  });

  it("cannot be ended twice, nor tell one denomination twice", async () => {
    const { vendor, settle } = await started();
    expect(await settle(vendor.endExchange([]))).toMatchObject({ error: { code: "K-COIN-503" } });
    unwrap(await settle(vendor.startExchange(["hopper-100"])));
    const entry = { unit: "hopper-100", denomination: 100, found: 1 } as const;
    expect(await settle(vendor.endExchange([entry, entry]))).toMatchObject({ error: { code: "K-COIN-503" } });
  });

  it("lets a hopper work again whose jam staff have cleared", async () => {
    const { vendor, settle, machine, dispense } = await started();
    machine.jam(100, 0);
    await dispense({ 100: 2 });
    const state = () => vendor.storageUnits().find((unit) => unit.id === "hopper-100")?.state;
    expect(state()).toBe("inoperative");
    unwrap(await settle(vendor.startExchange(["hopper-100"])));
    machine.jam(100, undefined);
    unwrap(await settle(vendor.endExchange([{ unit: "hopper-100", denomination: 100, found: 50 }])));
    expect(state()).toBe("ok");
    expect((await dispense({ 100: 2 })).outcome).toMatchObject({ ok: true, value: { state: "done" } });
  });
});
