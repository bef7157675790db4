import { describe, expect, it } from "vitest";
import { unwrap } from "../../../src/kernel/result.ts";
import { coinVendorRig, memoryCredits } from "../../../test/support/coin-vendor-rig.ts";
import { billEvents } from "../codec/bill-events.ts";
import { defaultAddresses } from "../settings.ts";

const addresses = { ...defaultAddresses, notes: 40 };
type Given = Parameters<typeof coinVendorRig>[0];

async function started(given: Given = {}) {
  const rig = coinVendorRig({ options: { addresses }, ...given, simulator: { addresses, ...given?.simulator } });
  await rig.start();
  await rig.clock.advance(3000);
  return rig;
}
async function open(given: Given = {}) {
  const rig = await started(given);
  unwrap(await rig.settle(rig.vendor.cashInStart()));
  return rig;
}
/** Into the escrow. */
async function holding(given: Given = {}) {
  const rig = await open(given);
  expect(rig.machine.insertNote(1000)).toBe("accepted");
  await rig.clock.advance(2000);
  return rig;
}
const noteBox = (rig: Awaited<ReturnType<typeof started>>) =>
  rig.vendor.storageUnits().find((unit) => unit.id === "noteBox")?.state;
const note = { source: "notes", errors: [], lostEvents: 0, reset: false };

describe("a note validator on the bus", () => {
  it("takes nothing while the slot is closed, and the notes that are asked for while it is open", async () => {
    const rig = await started();
    expect(noteBox(rig)).toBe("ok");
    expect(rig.machine.insertNote(1000)).toBe("rejected");
    unwrap(await rig.settle(rig.vendor.cashInStart({ accept: [100, 1000] })));
    expect(rig.machine.insertNote(10_000)).toBe("rejected");
    expect(rig.machine.insertNote(1000)).toBe("accepted");
  });

  it("credits a note when it lies in the escrow, recorded first, and takes no second one", async () => {
    const rig = await holding();
    expect(rig.told.at(-1)).toEqual({ ...note, counter: 1, credits: [1000] });
    expect(rig.credits.records).toContainEqual(rig.told.at(-1));
    expect(rig.machine.state().notes.escrow).toBe(1000);
    expect(rig.machine.insertNote(1000)).toBe("rejected");
  });

  it("puts note and coins into their boxes at the end, the note once", async () => {
    const rig = await holding();
    await rig.insert(500);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.machine.state()).toMatchObject({ cashBox: { 500: 1 }, notes: { box: [1000], back: [] } });
    expect(rig.credits.records.flatMap((e) => e.credits)).toEqual([1000, 500]);
    expect(rig.credits.records.flatMap((e) => e.stacked ?? [])).toEqual([1000]);
    expect(rig.credits.heldNote("notes")).toBeUndefined();
  });

  it("gives note and coins back together on a rollback", async () => {
    const rig = await holding();
    await rig.insert(100);
    unwrap(await rig.settle(rig.vendor.cashInRollback()));
    expect(rig.machine.state()).toMatchObject({
      tray: { 100: 1 },
      cashBox: { 100: 0 },
      notes: { box: [], back: [1000] },
    });
    expect(rig.credits.records.flatMap((e) => e.returned ?? [])).toEqual([1000]);
  });

  it("leaves the coins in the escrow when the note comes back instead of going into the box", async () => {
    const rig = await holding();
    await rig.insert(100);
    rig.machine.refuseNextStack();
    expect(await rig.settle(rig.vendor.cashInEnd())).toMatchObject({ ok: false, error: { code: "K-COIN-302" } });
    expect(rig.machine.state()).toMatchObject({ escrow: { 100: 1 }, notes: { box: [], back: [1000] } });
    unwrap(await rig.settle(rig.vendor.cashInRollback()));
    expect(rig.machine.state().tray[100]).toBe(1);
  });

  it("keeps a note that waits for a slow citizen, far beyond the escrow's own time", async () => {
    const rig = await holding();
    await rig.clock.advance(120_000);
    expect(rig.machine.state().notes.escrow).toBe(1000);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.machine.state().notes.box).toEqual([1000]);
  });

  it("stacks once also when every answer of the routing is lost", async () => {
    const rig = await holding();
    rig.machine.failNext(154, "loseReply", 6);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.machine.state().notes.box).toEqual([1000]);
    expect(rig.credits.records.flatMap((e) => e.stacked ?? [])).toEqual([1000]);
  });

  it("takes the credit away again when the note leaves by itself", async () => {
    const rig = await holding();
    rig.machine.silence("notes", true);
    await rig.clock.advance(40_000);
    rig.machine.silence("notes", false);
    await rig.clock.advance(5000);
    expect(rig.told.at(-1)).toMatchObject({ returned: [1000] });
    expect(rig.credits.heldNote("notes")).toBeUndefined();
  });

  it("does not know where the note is after a power cut in the middle, and says so", async () => {
    const rig = await holding();
    rig.machine.powerCycle();
    await rig.clock.advance(5000);
    expect(rig.credits.records.flatMap((e) => e.unproved ?? [])).toEqual([1000]);
    expect(rig.told.some((e) => e.source === "notes" && e.reset)).toBe(true);
  });

  it("finds a held note again after a restart of the kiosk, and gives it back", async () => {
    const first = await holding();
    const { machine, clock } = first;
    // As a killed kiosk leaves it: nothing is told to the machine any more.
    first.opener.refuse(true);
    first.opener.cut();
    const counter = first.credits.lastCounter("notes");
    const credits = memoryCredits(0, 1000);
    credits.recordCoins({ ...note, counter: counter ?? 0, credits: [] });
    const second = coinVendorRig({ machine, clock, credits, options: { addresses } });
    await second.start();
    unwrap(await second.settle(second.vendor.cashInRollback()));
    expect(machine.state().notes).toMatchObject({ escrow: undefined, back: [1000] });
  });

  it("that fails takes no notes, and the coins go on", async () => {
    const rig = await started();
    rig.machine.silence("notes", true);
    await rig.clock.advance(3000);
    expect(noteBox(rig)).toBe("inoperative");
    expect(rig.vendor.status().word).toBe("online");
    unwrap(await rig.settle(rig.vendor.cashInStart()));
    await rig.insert(100);
    expect(rig.told.flatMap((e) => e.credits)).toEqual([100]);
    rig.machine.silence("notes", false);
    await rig.clock.advance(5000);
    expect(noteBox(rig)).toBe("ok");
  });

  it.each(billEvents.filter(({ meaning }) => !["status", "rejected", "returned"].includes(meaning)))(
    "shows $name",
    async ({ code, meaning }) => {
      const rig = await started();
      rig.machine.noteEvent(code);
      await rig.clock.advance(1000);
      if (meaning === "fraud") {
        expect(rig.vendor.status()).toMatchObject({ word: "fraudAttempt", cause: { code: "K-COIN-605" } });
      }
      const states = { boxFull: "full", boxOpen: "inoperative", jam: "inoperative", fault: "inoperative" };
      expect(noteBox(rig)).toBe(states[meaning as keyof typeof states] ?? "ok");
    },
  );

  it("names a stranger at its address", async () => {
    const strange = { ...defaultAddresses, notes: 3 };
    const rig = await started({ options: { addresses: strange } });
    expect(noteBox(rig)).toBe("inoperative");
    expect(rig.events.filter((e) => e.name === "note.state").at(-1)?.fields).toMatchObject({ code: "K-COIN-106" });
  });
});
