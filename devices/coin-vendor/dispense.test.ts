import { describe, expect, it } from "vitest";
import { coinVendorRig } from "../../test/support/coin-vendor-rig.ts";
import type { PayoutIntent } from "./port.ts";

async function started(given: Parameters<typeof coinVendorRig>[0] = {}) {
  const rig = coinVendorRig(given);
  await rig.start();
  return rig;
}
const PAYOUT = 167;
const STATUS = 166;
const fresh = { counterBefore: 0, paidBefore: 0, unpaidBefore: 0, dispensedBefore: 1000 };

describe("a payout", () => {
  it("pays each denomination once, the largest first, with the intent told before", async () => {
    const rig = await started();
    const { outcome, intents, results } = await rig.dispense({ 10: 2, 100: 3, 500: 1 });
    expect(outcome).toEqual({ ok: true, value: { state: "done", paid: { 10: 2, 100: 3, 500: 1 }, unpaid: {} } });
    expect(intents).toEqual([
      { denomination: 500, coins: 1, ...fresh },
      { denomination: 100, coins: 3, ...fresh },
      { denomination: 10, coins: 2, ...fresh },
    ]);
    expect(results).toEqual([
      { denomination: 500, paid: 1, unpaid: 0, known: true },
      { denomination: 100, paid: 3, unpaid: 0, known: true },
      { denomination: 10, paid: 2, unpaid: 0, known: true },
    ]);
    expect(rig.machine.state()).toMatchObject({ tray: { 10: 2, 50: 0, 100: 3, 500: 1 }, hoppers: { 100: 47 } });
    expect(rig.sent(PAYOUT)).toHaveLength(3);
  });

  it("is sent once with the hopper's own serial number, and its intent is told before the command leaves", async () => {
    const rig = await started();
    let sentBefore = -1;
    const paying = rig.vendor.dispense(
      { 100: 1 },
      { beforeEach: () => (sentBefore = rig.sent(PAYOUT).length), afterEach: () => {} },
    );
    await rig.settle(paying);
    expect(sentBefore).toBe(0);
    const serial = 200_005;
    const bytes = [serial & 0xff, (serial >> 8) & 0xff, serial >> 16, 1];
    expect(rig.sent(PAYOUT)[0]?.slice(8, 16)).toBe(Buffer.from(bytes).toString("hex"));
  });

  it("never pays twice when its reply is lost", async () => {
    const rig = await started();
    rig.machine.failNext(PAYOUT, "loseReply");
    const { outcome } = await rig.dispense({ 100: 3 });
    expect(outcome).toMatchObject({ ok: true, value: { state: "done", paid: { 100: 3 } } });
    expect(rig.sent(PAYOUT)).toHaveLength(1);
    expect(rig.machine.state().tray[100]).toBe(3);
  });

  it("is proved not to have happened when the command itself was lost", async () => {
    const rig = await started();
    rig.machine.failNext(PAYOUT, "loseRequest");
    const { outcome, results } = await rig.dispense({ 100: 3 });
    expect(outcome).toMatchObject({ ok: true, value: { state: "incomplete", paid: {}, unpaid: { 100: 3 } } });
    expect(results).toEqual([{ denomination: 100, paid: 0, unpaid: 3, known: true }]);
    expect(rig.sent(PAYOUT)).toHaveLength(1);
    expect(rig.machine.state().tray[100]).toBe(0);
  });

  it("is judged after a long silence of the status too", async () => {
    const rig = await started();
    rig.machine.failNext(PAYOUT, "loseReply");
    rig.machine.failNext(STATUS, "loseReply", 0);
    const paying = rig.dispense({ 500: 4 });
    await rig.clock.advance(200);
    rig.machine.failNext(STATUS, "loseReply", 20);
    const { outcome } = await paying;
    expect(outcome).toMatchObject({ ok: true, value: { state: "done", paid: { 500: 4 } } });
    expect(rig.machine.state().tray[500]).toBe(4);
  });

  it("survives a pulled plug: what was paid meanwhile is judged when the link is back", async () => {
    const rig = await started();
    let cut = false;
    const paying = rig.vendor.dispense({ 100: 5 }, { beforeEach: () => {}, afterEach: () => {} });
    const stop = rig.machine.onChange(() => {
      if (cut) return;
      cut = true;
      rig.opener.refuse(true);
      rig.opener.cut();
      rig.clock.setTimer(4000, () => rig.opener.refuse(false));
    });
    const outcome = await rig.settle(paying);
    stop();
    expect(cut).toBe(true);
    expect(outcome).toMatchObject({ ok: true, value: { state: "done", paid: { 100: 5 } } });
    expect(rig.machine.state().tray[100]).toBe(5);
  });

  it("is unknown, not guessed, when the hopper never speaks again", async () => {
    const rig = await started();
    const paying = rig.vendor.dispense(
      { 100: 2, 10: 1 },
      { beforeEach: ({ denomination }) => rig.machine.silence(100, denomination === 100), afterEach: () => {} },
    );
    // The intent of the next hopper ends the silence: its payout must still happen.
    const outcome = await rig.settle(paying);
    expect(outcome).toMatchObject({ ok: true, value: { state: "unknown", paid: { 10: 1 }, unpaid: {} } });
    expect(rig.events.filter((e) => e.name === "coin.dispensed").map((e) => e.fields.known)).toEqual([false, true]);
  });

  it("tells what is missing when the hopper runs empty, and refuses it from then on", async () => {
    const rig = await started({ simulator: { hoppers: { 10: 50, 50: 50, 100: 2, 500: 50 } } });
    const { outcome } = await rig.dispense({ 100: 5 });
    expect(outcome).toMatchObject({ ok: true, value: { state: "incomplete", paid: { 100: 2 }, unpaid: { 100: 3 } } });
    expect(rig.vendor.storageUnits()).toContainEqual(expect.objectContaining({ denomination: 100, state: "empty" }));
    rig.machine.refill(100, 100);
    await rig.clock.advance(10_000);
    expect(rig.vendor.storageUnits()).toContainEqual(expect.objectContaining({ denomination: 100, state: "ok" }));
  });

  it("tells a low hopper", async () => {
    const rig = await started({ simulator: { hoppers: { 10: 9, 50: 50, 100: 50, 500: 50 } } });
    expect(rig.vendor.storageUnits()).toContainEqual(expect.objectContaining({ denomination: 10, state: "low" }));
  });

  it("tells what a jam left unpaid, and works again after the jam was cleared and the power switched", async () => {
    const rig = await started();
    rig.machine.jam(100, 1);
    const { outcome } = await rig.dispense({ 100: 4 });
    expect(outcome).toMatchObject({ ok: true, value: { state: "incomplete", paid: { 100: 1 }, unpaid: { 100: 3 } } });
    expect(rig.vendor.storageUnits()).toContainEqual(
      expect.objectContaining({ denomination: 100, state: "inoperative" }),
    );
    rig.machine.jam(100, undefined);
    rig.machine.powerCycle();
    await rig.clock.advance(10_000);
    const again = await rig.dispense({ 100: 3 });
    expect(again.outcome).toMatchObject({ ok: true, value: { state: "done", paid: { 100: 3 } } });
  });

  it("is known after a power cut in its middle: the totals survive although the counter is zero", async () => {
    const rig = await started();
    const paying = rig.dispense({ 100: 5 });
    rig.clock.setTimer(500, () => rig.machine.powerCycle());
    const { outcome } = await paying;
    const { tray } = rig.machine.state();
    expect(tray[100]).toBeGreaterThan(0);
    expect(tray[100]).toBeLessThan(5);
    expect(outcome).toMatchObject({
      ok: true,
      value: { state: "incomplete", paid: { 100: tray[100] }, unpaid: { 100: 5 - tray[100] } },
    });
  });

  it("stops the motor on a cancel and says what was paid until then", async () => {
    const rig = await started();
    const caller = new AbortController();
    rig.clock.setTimer(500, () => caller.abort());
    const { outcome, intents } = await rig.dispense({ 100: 40, 10: 5 }, { signal: caller.signal });
    expect(intents).toHaveLength(1);
    const { tray } = rig.machine.state();
    expect(tray[100]).toBeGreaterThan(0);
    expect(tray).toMatchObject({ 10: 0 });
    expect(outcome).toMatchObject({
      ok: true,
      value: { state: "incomplete", paid: { 100: tray[100] }, unpaid: { 100: 40 - tray[100], 10: 5 } },
    });
  });

  it("fails with nothing sent when it is cancelled before, or when a number cannot be paid", async () => {
    const rig = await started();
    const early = await rig.dispense({ 100: 1 }, { signal: AbortSignal.abort() });
    expect(early.outcome).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
    const many = await rig.dispense({ 10: 256 });
    expect(many.outcome).toMatchObject({ ok: false, error: { code: "K-COIN-401" } });
    expect(rig.sent(PAYOUT)).toHaveLength(0);
  });

  it("goes on with the other hoppers when one does not answer at all", async () => {
    const rig = await started();
    rig.machine.silence(100, true);
    const { outcome, intents } = await rig.dispense({ 100: 1, 50: 2 });
    expect(outcome).toMatchObject({ ok: true, value: { state: "incomplete", paid: { 50: 2 }, unpaid: { 100: 1 } } });
    expect(intents).toEqual([{ denomination: 50, coins: 2, ...fresh }]);
  });

  it("is refused by a hopper that sees fraud, and proved unpaid", async () => {
    const rig = await started();
    rig.machine.cheat(500);
    const { outcome } = await rig.dispense({ 500: 1 });
    expect(outcome).toMatchObject({ ok: true, value: { state: "incomplete", unpaid: { 500: 1 } } });
    expect(rig.vendor.storageUnits()).toContainEqual(
      expect.objectContaining({ denomination: 500, state: "inoperative" }),
    );
  });
});

describe.each([
  { counterRisesOnNak: true },
  { bareAck: true },
  { clearsUnpaid: true },
  { noLevelSensor: true },
  { counterRisesOnNak: true, bareAck: true, clearsUnpaid: true, noLevelSensor: true },
])("with a maker's habits %j", (habits) => {
  it("the money is right when the hopper refuses and its refusal is lost", async () => {
    const rig = await started({ simulator: { habits, hoppers: { 100: 9 } } });
    await rig.dispense({ 100: 2 });
    rig.machine.cheat(100);
    rig.machine.failNext(PAYOUT, "loseReply");
    const { results } = await rig.dispense({ 100: 2 });
    expect(results).toEqual([{ denomination: 100, paid: 0, unpaid: 2, known: true }]);
  });

  it.each(["nothing", "loseReply", "loseRequest", "nak"] as const)("the money is right after %s", async (fault) => {
    const rig = await started({ simulator: { habits, hoppers: { 100: 9 } } });
    // Two payouts of the same number, so that stale totals look like fresh ones.
    await rig.dispense({ 100: 2 });
    if (fault !== "nothing") rig.machine.failNext(PAYOUT, fault);
    const before = rig.machine.state().tray[100];
    const { results } = await rig.dispense({ 100: 2 });
    const really = rig.machine.state().tray[100] - before;
    expect(results).toEqual([{ denomination: 100, paid: really, unpaid: 2 - really, known: true }]);
  });
});

describe("a hopper without a dispense count", () => {
  const given = {
    simulator: { habits: { noDispenseCount: true, counterRisesOnNak: true } },
    options: { quirks: { 100: { hasDispenseCount: false } } },
  };

  it("is believed when its totals tell of this payout", async () => {
    const rig = await started(given);
    rig.machine.failNext(PAYOUT, "loseReply");
    const { results } = await rig.dispense({ 100: 3 });
    expect(results).toEqual([{ denomination: 100, paid: 3, unpaid: 0, known: true }]);
  });

  it("is not believed when a lost answer leaves two readings of the same totals", async () => {
    const rig = await started(given);
    await rig.dispense({ 100: 3 });
    rig.machine.failNext(PAYOUT, "loseReply");
    const { results } = await rig.dispense({ 100: 3 });
    expect(results).toEqual([{ denomination: 100, paid: 0, unpaid: 0, known: false }]);
  });
});

describe("a payout that the kiosk did not live to see", () => {
  type Rig = Awaited<ReturnType<typeof started>>;

  /** Begins a payout, ends the kiosk at the intent or while coins fall, and starts another on the same machine. */
  async function afterCrash(rig: Rig, coins: number, when: "beforeTheCommand" | "whileCoinsFall") {
    const intents: PayoutIntent[] = [];
    if (when === "beforeTheCommand") rig.machine.failNext(PAYOUT, "loseRequest");
    const lost = rig.vendor.dispense({ 100: coins }, { beforeEach: (i) => intents.push(i), afterEach: () => {} });
    await rig.clock.advance(when === "beforeTheCommand" ? 10 : 400);
    await rig.settle(rig.vendor.close());
    await rig.settle(lost);
    const next = await started({ clock: rig.clock, machine: rig.machine });
    const [intent] = intents;
    if (!intent) throw new Error("no intent");
    return { next, intent };
  }

  it("is judged by the intent in the journal: all coins, and none when the command never left", async () => {
    for (const [when, paid] of [
      ["whileCoinsFall", 5],
      ["beforeTheCommand", 0],
    ] as const) {
      const rig = await started();
      await rig.dispense({ 100: 5 });
      const { next, intent } = await afterCrash(rig, 5, when);
      const judged = await next.settle(next.vendor.judgeDispense(intent));
      expect(judged).toEqual({ ok: true, value: { denomination: 100, paid, unpaid: 5 - paid, known: true } });
      expect(rig.machine.state().tray[100]).toBe(5 + paid);
      expect(next.sent(PAYOUT)).toHaveLength(0);
    }
  });

  it("is judged after a power cut of everything", async () => {
    const rig = await started();
    const { next, intent } = await afterCrash(rig, 20, "whileCoinsFall");
    rig.machine.powerCycle();
    await rig.clock.advance(10_000);
    const { tray } = rig.machine.state();
    const judged = await next.settle(next.vendor.judgeDispense(intent));
    expect(judged).toMatchObject({ ok: true, value: { paid: tray[100], unpaid: 20 - tray[100], known: true } });
  });

  it("is unknown when others have paid since", async () => {
    const rig = await started();
    const { next, intent } = await afterCrash(rig, 2, "whileCoinsFall");
    await next.dispense({ 100: 1 });
    expect(await next.settle(next.vendor.judgeDispense(intent))).toMatchObject({ ok: true, value: { known: false } });
  });
});
