import { expect } from "vitest";
import { type CoinVendor, type Denomination, denominations } from "../../../devices/coin-vendor/port.ts";
import { createCoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import { createCoinVendor } from "../../../devices/coin-vendor/vendor.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { memoryCredits, memoryExchanges } from "../../support/coin-vendor-rig.ts";
import { type Carrier, inMemory } from "../support/carrier.ts";
import { type BreakableWorld, type Call, type Harm, type Outcome, type Time, untilWord } from "../support/world.ts";

const PAID = { 10: 2, 50: 1 } as const;
const STOCK = 50;
const PACE_MS = 20;
const COIN_TRAVEL_MS = 100;

/** The coins that the session puts in, and what it pays out: told, and where they are. */
export function coinSession(vendor: CoinVendor, time: Time, insert: (coin: Denomination) => void) {
  const claims = { paid: 0, settled: true };
  return {
    claims,
    async run(call: Call): Promise<void> {
      await untilWord({ device: vendor, time }, "online");
      await call("cashInStart", (options) => vendor.cashInStart(options));
      insert(100);
      await time.sleep(300);
      insert(500);
      await time.sleep(300);
      await call("cashInStop", (options) => vendor.cashInStop(options));
      await call("cashInEnd", (options) => vendor.cashInEnd(options));
      const paid = await call("dispense", (options) =>
        vendor.dispense(
          PAID,
          {
            beforeEach: () => {},
            afterEach: (result) => {
              claims.paid += result.paid;
              claims.settled &&= result.known;
            },
          },
          options,
        ),
      );
      if (paid.ok && paid.value.state === "unknown") claims.settled = false;
    },
  };
}

/** A coin vendor and its machine on what carries their bytes. */
export async function coinVendorWorld(carrier: Carrier = inMemory()): Promise<BreakableWorld> {
  const { time } = carrier;
  const machine = createCoinVendorSimulator({
    clock: carrier.machineClock,
    hoppers: { 10: STOCK, 50: STOCK, 100: STOCK, 500: STOCK },
    mechanicsMs: PACE_MS,
  });
  const line = await carrier.lineTo(machine.attach);
  const credits = memoryCredits();
  const vendor = createCoinVendor({
    name: "coins",
    opener: line.opener,
    clock: time.clock,
    logger: silentLogger,
    credits,
    exchanges: memoryExchanges(),
    options: { coinTravelMs: COIN_TRAVEL_MS },
  });
  const accepted: Denomination[] = [];
  const session = coinSession(vendor, time, (coin) => {
    if (machine.insertCoin(coin) === "accepted") accepted.push(coin);
  });

  function judge(outcomes: readonly Outcome[], harm: Harm): void {
    const credited = credits.records.flatMap((record) => [...record.credits]);
    const admitted = credits.records.some((record) => record.lostEvents > 0 || record.reset);
    // After a close nobody reads the counter any more; the journal's counter tells the next process what it missed.
    if (harm === "closed" || admitted) expect(accepted.length).toBeGreaterThanOrEqual(credited.length);
    else expect(credited).toEqual(accepted);
    const { hoppers } = machine.state();
    const gone = denominations.reduce((sum, denomination) => sum + STOCK - hoppers[denomination], 0);
    for (const denomination of denominations) {
      const commanded = (PAID as Partial<Record<Denomination, number>>)[denomination] ?? 0;
      expect(STOCK - hoppers[denomination], `${denomination} yen coins paid`).toBeLessThanOrEqual(commanded);
    }
    const dispense = outcomes.find(({ command }) => command === "dispense");
    if (dispense?.code !== "ok") expect(gone, "coins paid by a command that says it never left").toBe(0);
    else if (session.claims.settled) expect(gone, "coins paid").toBe(session.claims.paid);
  }

  return {
    device: vendor,
    line,
    time,
    session: session.run,
    judge,
    async probe(call) {
      const opened = await call("probe cashInStart", (options) => vendor.cashInStart(options));
      if (!opened.ok) return opened;
      return await call("probe cashInStop", (options) => vendor.cashInStop(options));
    },
    dispose: carrier.end,
    async look() {
      await time.sleep(4_000);
    },
    faults: [
      {
        name: "a thing in the coin path",
        word: "hardwareError",
        code: "K-COIN-202",
        happen: () => machine.blockCoinPath(true),
        mend: () => machine.blockCoinPath(false),
      },
    ],
  };
}
