import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canGiveAllChange } from "../../../devices/coin-vendor/denominate.ts";
import { denominations, type ExchangeEntry } from "../../../devices/coin-vendor/port.ts";
import { coinVendorRig } from "../../../test/support/coin-vendor-rig.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { unwrap } from "../../kernel/result.ts";
import { type Ledger, openLedger } from "./ledger.ts";

const SESSION = "0193c5a0-0000-7000-8000-000000000001";
const hoppers = denominations.map((coin) => `hopper-${coin}` as const);
const found = (count: number): ExchangeEntry[] =>
  denominations.map((coin) => ({ unit: `hopper-${coin}`, denomination: coin, found: count }));

describe("the coin vendor with the kiosk's ledger", () => {
  let folder: string;
  const ledgers: Ledger[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "madoguchi-coins-"));
  });
  afterEach(() => {
    for (const ledger of ledgers.splice(0)) ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A kiosk's vendor on the ledger of the folder; hoppers without level sensors, so that only the book knows. */
  async function started(before: Parameters<typeof coinVendorRig>[0] = {}) {
    const clock = before.clock ?? createFakeClock();
    const ledger = unwrap(openLedger({ folder, clock }));
    ledgers.push(ledger);
    const rig = coinVendorRig({
      simulator: { hoppers: { 10: 20, 50: 20, 100: 20, 500: 20 }, habits: { noLevelSensor: true } },
      ...before,
      clock,
      credits: { ...ledger.credits, records: [] },
      exchanges: ledger.exchanges,
    });
    await rig.start();
    const counts = () => rig.vendor.storageUnits().map(({ id, counts: held }) => [id, held]);
    return { ...rig, ledger, counts };
  }

  it("promises change only after its hoppers were counted, and its counts follow every coin", async () => {
    const { vendor, settle, insert, ledger, counts, clock } = await started();
    expect(canGiveAllChange(vendor.storageUnits())).toBe(false);
    unwrap(await settle(vendor.startExchange(hoppers)));
    unwrap(await settle(vendor.endExchange(found(20))));
    expect(canGiveAllChange(vendor.storageUnits())).toBe(true);

    unwrap(await settle(vendor.cashInStart()));
    await insert(500, 100);
    expect(Object.fromEntries(counts())).toMatchObject({ escrow: { 100: 1, 500: 1 } });
    const accept = ledger.intent(SESSION, "escrowAccept", {});
    unwrap(await settle(vendor.cashInEnd()));
    ledger.settle(accept, "done");
    let payout = "";
    const hooks = {
      beforeEach: (intent: object) => {
        payout = ledger.intent(SESSION, "payout", { purpose: "change", ...intent });
      },
      afterEach: ({ paid, unpaid }: { readonly paid: number; readonly unpaid: number }) =>
        ledger.settle(payout, "done", { paid, unpaid }),
    };
    unwrap(await settle(vendor.dispense({ 100: 3 }, hooks)));
    await clock.advance(100);
    expect(Object.fromEntries(counts())).toMatchObject({
      "hopper-100": { 100: 17 },
      escrow: { 100: 0, 500: 0 },
      cashBox: { 100: 1, 500: 1 },
    });
  });

  it("has a collection under way for a kiosk that was started again in its middle, and records what was missing", async () => {
    const first = await started();
    unwrap(await first.settle(first.vendor.startExchange(["cashBox", ...hoppers])));
    const { machine, clock } = first;
    await first.vendor.close();
    first.ledger.close();
    const second = await started({ machine, clock });
    expect(second.vendor.status()).toMatchObject({ word: "userError", cause: { code: "K-COIN-501" } });
    unwrap(await second.settle(second.vendor.endExchange(found(20))));
    unwrap(await second.settle(second.vendor.startExchange(["hopper-500"])));
    const entry = { unit: "hopper-500", denomination: 500, found: 18, added: 30, removed: 0 } as const;
    const differences = unwrap(await second.settle(second.vendor.endExchange([entry])));
    expect(differences).toMatchObject([{ expected: 20, found: 18, difference: -2, left: 48 }]);
    expect(second.vendor.status().word).toBe("online");
    expect(second.ledger.cashBook().hoppers[500]).toBe(48);
  });
});
