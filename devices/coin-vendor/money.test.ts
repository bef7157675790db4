import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coinVendorRig } from "../../test/support/coin-vendor-rig.ts";
import { type Denomination, denominations } from "./port.ts";

fc.configureGlobal({ seed: 20261130 });

/** Loses bytes by a fixed pattern, so that a failing run can be repeated. */
function lossy(pattern: readonly boolean[]) {
  let at = 0;
  return (_direction: string, bytes: Uint8Array): Uint8Array =>
    bytes.filter(() => {
      at += 1;
      return pattern[at % pattern.length] !== true;
    });
}

const coin = fc.constantFrom<Denomination>(...denominations);
/** Mostly clean: one byte in sixteen is lost at most. */
const loss = fc.array(fc.nat(15), { minLength: 40, maxLength: 80 }).map((numbers) => numbers.map((n) => n === 0));

describe("coins and credits", () => {
  const accident = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("insert" as const), coin, thenMs: fc.nat(1200) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(3000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("lever" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("power" as const), ms: fc.integer({ min: 50, max: 2500 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), times: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("silence" as const), ms: fc.nat(4000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("noise" as const), bytes: fc.uint8Array({ maxLength: 20 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("dirt" as const), loss }) },
  );

  it("agree, or the difference is reported: never a credit without a coin, never a coin lost in silence", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(accident, { maxLength: 25 }), fc.boolean(), async (accidents, echo) => {
        const rig = coinVendorRig({ simulator: { echo, pollWatchdogMs: 10_000 } });
        await rig.start();
        await rig.settle(rig.vendor.cashInStart());
        for (const one of accidents) {
          if (one.do === "insert") {
            rig.machine.insertCoin(one.coin);
            await rig.clock.advance(one.thenMs);
          } else if (one.do === "wait") await rig.clock.advance(one.ms);
          else if (one.do === "lever") rig.machine.pressReturnLever();
          else if (one.do === "power") rig.machine.powerCycle(one.ms);
          else if (one.do === "cut") rig.opener.cut();
          else if (one.do === "lose") rig.machine.failNext(229, "loseReply", one.times);
          else if (one.do === "noise") rig.machine.noise(one.bytes);
          else if (one.do === "dirt") {
            rig.machine.setTamper(lossy(one.loss));
            await rig.clock.advance(2000);
            rig.machine.setTamper(undefined);
          } else {
            rig.machine.silence("acceptor", true);
            await rig.clock.advance(one.ms);
            rig.machine.silence("acceptor", false);
          }
        }
        await rig.clock.advance(30_000);
        const { records } = rig.credits;
        const { escrow, inTransit } = rig.machine.state();
        const reported = records.some((r) => r.lostEvents > 0 || r.reset);
        for (const d of denominations) {
          const credited = records.flatMap((r) => r.credits).filter((c) => c === d).length;
          expect(inTransit[d]).toBe(0);
          expect(credited).toBeLessThanOrEqual(escrow[d]);
          if (!reported) expect(credited).toBe(escrow[d]);
        }
        expect(rig.told.flatMap((e) => e.credits)).toEqual(records.flatMap((r) => r.credits));
        expect(rig.vendor.status().word).toBe("online");
        await rig.settle(rig.vendor.close());
      }),
      { numRuns: 100 },
    );
  });
});

describe("payouts", () => {
  const trouble = fc.oneof(
    fc.record({
      do: fc.constant("lose" as const),
      header: fc.constantFrom(163, 164, 166, 167, 168, 172),
      what: fc.constantFrom("loseReply" as const, "loseRequest" as const, "nak" as const, "busy" as const),
      times: fc.integer({ min: 1, max: 8 }),
    }),
    fc.record({ do: fc.constant("power" as const), atMs: fc.nat(3000), offMs: fc.integer({ min: 50, max: 3000 }) }),
    fc.record({ do: fc.constant("cut" as const), atMs: fc.nat(3000) }),
    fc.record({ do: fc.constant("jam" as const), after: fc.nat(6) }),
    fc.record({ do: fc.constant("cancel" as const), atMs: fc.nat(3000) }),
    fc.record({ do: fc.constant("dirt" as const), loss }),
  );
  const habits = fc.record({
    counterRisesOnNak: fc.boolean(),
    bareAck: fc.boolean(),
    clearsUnpaid: fc.boolean(),
    noLevelSensor: fc.boolean(),
  });
  const payout = fc.record({ coins: fc.integer({ min: 1, max: 9 }), troubles: fc.array(trouble, { maxLength: 3 }) });

  it("leave once, and what is called known is what fell into the tray", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(payout, { minLength: 1, maxLength: 4 }), habits, async (payouts, maker) => {
        const rig = coinVendorRig({ simulator: { habits: maker, hoppers: { 100: 12 } } });
        await rig.start();
        for (const { coins, troubles } of payouts) {
          const caller = new AbortController();
          for (const one of troubles) {
            if (one.do === "lose") rig.machine.failNext(one.header, one.what, one.times);
            else if (one.do === "jam") rig.machine.jam(100, one.after);
            else if (one.do === "dirt") rig.machine.setTamper(lossy(one.loss));
            else if (one.do === "power") rig.clock.setTimer(one.atMs, () => rig.machine.powerCycle(one.offMs));
            else if (one.do === "cut") rig.clock.setTimer(one.atMs, () => rig.opener.cut());
            else rig.clock.setTimer(one.atMs, () => caller.abort());
          }
          const sentBefore = rig.sent(167).length;
          const fallenBefore = rig.machine.state().tray[100];
          const { outcome, intents, results } = await rig.dispense({ 100: coins }, { signal: caller.signal });
          const fell = rig.machine.state().tray[100] - fallenBefore;
          // At most once; not at all when the plug was pulled in that very moment.
          expect(rig.sent(167).length - sentBefore).toBeLessThanOrEqual(intents.length);
          expect(intents.length).toBeLessThanOrEqual(1);
          expect(results.length).toBe(intents.length);
          expect(fell).toBeLessThanOrEqual(coins);
          if (!outcome.ok) expect(fell).toBe(0);
          const [result] = results;
          if (result?.known)
            expect(result).toEqual({ denomination: 100, paid: fell, unpaid: coins - fell, known: true });
          rig.machine.setTamper(undefined);
          rig.machine.jam(100, undefined);
          await rig.clock.advance(10_000);
        }
        await rig.settle(rig.vendor.close());
      }),
      { numRuns: 100 },
    );
  });
});
