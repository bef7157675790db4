import { describe, expect, it } from "vitest";
import { unwrap } from "../../../src/kernel/result.ts";
import { coinVendorRig, memoryCredits } from "../../../test/support/coin-vendor-rig.ts";
import { createFakeClock, type FakeClock } from "../../../test/support/fake-clock.ts";
import { createId003Simulator, type Id003Simulator } from "../simulator/index.ts";
import { readCurrencyAssignment } from "./acceptor.ts";
import { id003Commands as command, id003Statuses } from "./tables.ts";

type Given = Parameters<typeof coinVendorRig>[0];
interface World extends ReturnType<typeof coinVendorRig> {
  readonly notes: Id003Simulator;
}

async function started(given: Given = {}, before: Partial<Pick<World, "notes" | "clock">> = {}): Promise<World> {
  const clock: FakeClock = before.clock ?? createFakeClock();
  const notes = before.notes ?? createId003Simulator({ clock });
  const rig = coinVendorRig({ ...given, clock, notes });
  await rig.start();
  await clock.advance(3000);
  return { ...rig, notes };
}
async function open(given: Given = {}): Promise<World> {
  const rig = await started(given);
  unwrap(await rig.settle(rig.vendor.cashInStart()));
  return rig;
}
async function holding(given: Given = {}): Promise<World> {
  const rig = await open(given);
  expect(rig.notes.insertNote(1000)).toBe("accepted");
  await rig.clock.advance(2000);
  expect(rig.credits.heldNote("notes")).toBe(1000);
  return rig;
}
const noteBox = (rig: World) => rig.vendor.storageUnits().find((unit) => unit.id === "noteBox");
const stacked = (rig: World) => rig.credits.records.flatMap((events) => events.stacked ?? []);
const credited = (rig: World) => rig.credits.records.flatMap((events) => events.credits);

describe("a JCM note acceptor", () => {
  it("is reset and set up after power-up, and stays inhibited until the slot opens", async () => {
    const rig = await started();
    expect(noteBox(rig)?.state).toBe("ok");
    expect(rig.notes.state().status).toBe("inhibited");
    expect(rig.notes.insertNote(1000)).toBe("rejected");
    unwrap(await rig.settle(rig.vendor.cashInStart()));
    expect(rig.notes.state().status).toBe("idle");
    unwrap(await rig.settle(rig.vendor.cashInStop()));
    expect(rig.notes.state().status).toBe("inhibited");
  });

  it("credits a note in the escrow, holds it as long as it takes, and lets no second one in", async () => {
    const rig = await holding();
    await rig.clock.advance(120_000);
    expect(rig.notes.state()).toMatchObject({ escrow: 1000, status: "holding" });
    expect(rig.notes.insertNote(1000)).toBe("rejected");
    expect(credited(rig)).toEqual([1000]);
  });

  it("gives a note that was not asked for back from the escrow", async () => {
    const rig = await started();
    unwrap(await rig.settle(rig.vendor.cashInStart({ accept: [100, 1000] })));
    rig.notes.insertNote(10_000);
    await rig.clock.advance(3000);
    expect(rig.notes.state()).toMatchObject({ back: [10_000], status: "idle" });
    expect(credited(rig)).toEqual([]);
  });

  it("puts note and coins into their boxes at the end", async () => {
    const rig = await holding();
    await rig.insert(100);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.notes.state()).toMatchObject({ box: [1000], back: [] });
    expect(rig.machine.state().cashBox[100]).toBe(1);
    expect(stacked(rig)).toEqual([1000]);
  });

  it("gives note and coins back together on a rollback", async () => {
    const rig = await holding();
    await rig.insert(500);
    unwrap(await rig.settle(rig.vendor.cashInRollback()));
    expect(rig.notes.state()).toMatchObject({ box: [], back: [1000] });
    expect(rig.machine.state().tray[500]).toBe(1);
  });

  it("records VEND VALID before it is acknowledged, and once, however often it is repeated", async () => {
    const rig = await holding();
    const boxAtRecord: number[] = [];
    rig.vendor.onCoins((events) => {
      if (events.stacked) boxAtRecord.push(rig.notes.state().box.length);
    });
    rig.notes.ignoreNext(command.ack, 3);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(boxAtRecord).toEqual([0]);
    await rig.clock.advance(3000);
    expect(rig.notes.vendValids()).toBe(4);
    expect(rig.notes.state().box).toEqual([1000]);
    expect(stacked(rig)).toEqual([1000]);
  });

  it("leaves the coins in the escrow when the stacker gives the note back", async () => {
    const rig = await holding();
    await rig.insert(100);
    rig.notes.refuseNextStack();
    expect(await rig.settle(rig.vendor.cashInEnd())).toMatchObject({ ok: false, error: { code: "K-COIN-302" } });
    expect(rig.notes.state()).toMatchObject({ box: [], back: [1000] });
    expect(rig.machine.state().escrow[100]).toBe(1);
    expect(stacked(rig)).toEqual([]);
  });

  it("stacks once also when the answer to STACK is lost", async () => {
    const rig = await holding();
    rig.notes.loseReplies(command.stack1, 3);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.notes.state().box).toEqual([1000]);
    expect(stacked(rig)).toEqual([1000]);
  });
});

describe("the end of the driver", () => {
  it("closes the slot and the line, also while the coin bus is away", async () => {
    const rig = await open();
    rig.opener.refuse(true);
    rig.opener.cut();
    await rig.clock.advance(100);
    await rig.settle(rig.vendor.close());
    expect(rig.notes.state().status).toBe("inhibited");
    expect(rig.notes.connected()).toBe(false);
    const openings = rig.noteOpener?.openings();
    await rig.clock.advance(60_000);
    expect(rig.noteOpener?.openings()).toBe(openings);
  });
});

describe("a kiosk that was started again", () => {
  it("does not credit a note twice whose VEND VALID is still repeated", async () => {
    const first = await holding();
    const { notes, clock } = first;
    notes.ignoreNext(command.ack, 5);
    unwrap(await first.settle(first.vendor.cashInEnd()));
    expect(stacked(first)).toEqual([1000]);
    await first.vendor.close();
    expect(notes.state()).toMatchObject({ status: "vendValid", box: [] });
    const second = await started({ credits: memoryCredits(0) }, { notes, clock });
    expect(credited(second)).toEqual([]);
    expect(stacked(second)).toEqual([]);
    expect(notes.state().box).toEqual([1000]);
  });

  it("finds a held note and can give it back", async () => {
    const first = await holding();
    const { notes, clock } = first;
    first.noteOpener?.refuse(true);
    first.noteOpener?.cut();
    const second = await started({ credits: memoryCredits(0, 1000) }, { notes, clock });
    unwrap(await second.settle(second.vendor.cashInRollback()));
    expect(notes.state()).toMatchObject({ back: [1000], box: [] });
    await second.clock.advance(5000);
    expect(noteBox(second)?.state).toBe("ok");
  });
});

describe("a power cut", () => {
  it("with a note in the acceptor gives it back, and says so", async () => {
    const rig = await holding();
    rig.notes.powerCycle();
    await rig.clock.advance(3000);
    expect(rig.credits.records.at(-1)).toMatchObject({ returned: [1000], reset: true });
    expect(rig.notes.state().back).toEqual([1000]);
    expect(noteBox(rig)?.state).toBe("ok");
  });

  it("with a note on its last way means that it was taken", async () => {
    const rig = await holding();
    const ending = rig.vendor.cashInEnd();
    const stop = rig.notes.onChange(() => {
      if (rig.notes.state().status !== "stacking") return;
      stop();
      rig.clock.setTimer(10, rig.notes.powerCycle);
    });
    unwrap(await rig.settle(ending));
    expect(stacked(rig)).toEqual([1000]);
    expect(rig.notes.state().box).toEqual([1000]);
  });

  it("with a note in the stacker that nobody recorded is a discrepancy, never a credit", async () => {
    const rig = await open();
    rig.notes.insertNote(1000);
    await rig.clock.advance(2000);
    const { notes, clock } = rig;
    rig.noteOpener?.refuse(true);
    rig.noteOpener?.cut();
    const other = await started({ credits: memoryCredits(0, 1000) }, { notes, clock });
    const ending = other.vendor.cashInEnd();
    const stop = notes.onChange(() => {
      if (notes.state().status !== "stacking") return;
      stop();
      other.noteOpener?.refuse(true);
      other.noteOpener?.cut();
      clock.setTimer(10, notes.powerCycle);
    });
    await other.clock.advance(2000);
    expect(notes.state().status).toBe("powerUpBillInStacker");
    const last = await started({ credits: memoryCredits(0) }, { notes, clock });
    expect(last.credits.records).toContainEqual(expect.objectContaining({ lostEvents: 1, reset: true, credits: [] }));
    await other.vendor.close();
    await other.settle(ending);
  });

  it("with no note in the way leaves a held one unproved", async () => {
    const rig = await started({ credits: memoryCredits(0, 1000) }, {});
    expect(rig.credits.records.flatMap((events) => events.unproved ?? [])).toEqual([1000]);
  });
});

describe("what the acceptor says about itself", () => {
  it.each([
    ["stackerFull", 0, "full", "K-COIN-601"],
    ["stackerOpen", 0, "inoperative", "K-COIN-602"],
    ["jamInAcceptor", 0, "inoperative", "K-COIN-603"],
    ["jamInStacker", 0, "inoperative", "K-COIN-603"],
    ["failure", 0xa6, "inoperative", "K-COIN-604"],
    ["commError", 0, "inoperative", "K-COIN-604"],
    ["cheated", 0, "inoperative", "K-COIN-605"],
  ] as const)("%s is shown, coins go on, and notes are taken again afterwards", async (status, data, state, code) => {
    const rig = await started();
    rig.notes.fault(status, data);
    await rig.clock.advance(1000);
    expect(noteBox(rig)?.state).toBe(state);
    expect(rig.events.filter((e) => e.name === "note.state").at(-1)?.fields).toMatchObject({ state, code });
    expect(rig.vendor.status().word).toBe(status === "cheated" ? "fraudAttempt" : "online");
    rig.notes.fault(undefined);
    await rig.clock.advance(3000);
    expect(noteBox(rig)?.state).toBe("ok");
  });

  it("pause is no fault", async () => {
    const rig = await started();
    rig.notes.fault("pause");
    await rig.clock.advance(1000);
    expect(noteBox(rig)?.state).toBe("ok");
  });

  it("silence and a pulled plug are shown, and healed", async () => {
    const rig = await started();
    rig.notes.silence(true);
    await rig.clock.advance(3000);
    expect(noteBox(rig)?.state).toBe("inoperative");
    rig.notes.silence(false);
    await rig.clock.advance(3000);
    expect(noteBox(rig)?.state).toBe("ok");
    rig.noteOpener?.refuse(true);
    rig.noteOpener?.cut();
    await rig.clock.advance(1000);
    expect(rig.events.filter((e) => e.name === "note.state").at(-1)?.fields).toMatchObject({ code: "K-LINK-101" });
    rig.noteOpener?.refuse(false);
    await rig.clock.advance(6000);
    expect(noteBox(rig)?.state).toBe("ok");
  });

  it("noise between its frames costs no note", async () => {
    const rig = await open();
    rig.notes.onChange(() => rig.notes.noise(Uint8Array.of(0xfc, 0x07, 0x00)));
    rig.notes.insertNote(1000);
    await rig.clock.advance(3000);
    unwrap(await rig.settle(rig.vendor.cashInEnd()));
    expect(rig.notes.state().box).toEqual([1000]);
    expect(credited(rig)).toEqual([1000]);
  });

  it("its notes are read from its currency assignment, or from the settings when it has none", async () => {
    const assignment = Uint8Array.of(0x61, 0, 1, 3, 0x62, 0, 2, 3, 0x64, 0, 1, 4, 0x65, 0, 7, 2, 0x6f, 0, 1, 3, 0x66);
    expect([...readCurrencyAssignment(assignment)]).toEqual([
      [0x61, 1000],
      [0x62, 2000],
      [0x64, 10_000],
    ]);
    const clock = createFakeClock();
    const silentOnCurrency = () => createId003Simulator({ clock, noCurrencyAssignment: true });
    const without = await started({}, { notes: silentOnCurrency(), clock });
    expect(without.events.find((e) => e.name === "note.state")?.fields).toMatchObject({ code: "K-COIN-606" });
    expect(noteBox(without)?.state).toBe("inoperative");
    const options = { id003: { escrowCodes: { 97: 1000 } } } as const;
    const configured = await started({ options }, { notes: silentOnCurrency(), clock });
    expect(noteBox(configured)?.state).toBe("ok");
  });

  it("every status of the table is answered without a throw", async () => {
    for (const status of Object.keys(id003Statuses) as (keyof typeof id003Statuses)[]) {
      const rig = await started();
      rig.notes.fault(status, 0x61);
      await rig.clock.advance(1000);
      rig.notes.fault(undefined);
      expect(["ok", "full", "inoperative"]).toContain(noteBox(rig)?.state);
      await rig.vendor.close();
    }
  });
});
