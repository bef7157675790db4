import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/kernel/logger.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { memoryOpener } from "../contract/memory-port.ts";
import { createCabinet } from "./cabinet.ts";
import type { CabinetSensors } from "./port.ts";
import { createCabinetSimulator } from "./simulator/index.ts";

async function rig() {
  const clock = createFakeClock();
  const machine = createCabinetSimulator();
  const opener = memoryOpener(machine.attach);
  const cabinet = createCabinet({ name: "cabinet", opener, clock, logger: silentLogger });
  const heard: CabinetSensors[] = [];
  cabinet.onSensors((sensors) => heard.push(sensors));
  const statuses: string[] = [];
  cabinet.onStatus((s) => statuses.push(`${s.word} ${s.cause?.code ?? ""}`.trim()));
  return { clock, machine, opener, cabinet, heard, statuses };
}

async function online() {
  const all = await rig();
  await all.clock.advance(100);
  expect(all.cabinet.status().word).toBe("online");
  return all;
}

const empty: CabinetSensors = {
  documentPresent: false,
  receiptPresent: false,
  coinsPresent: false,
  cardLeft: false,
  serviceDoorOpen: false,
  cashBoxOpen: false,
  tampered: false,
  upsLow: false,
};

describe("the cabinet", () => {
  it("knows no sensor before the board has spoken, and all of them afterwards", async () => {
    const { clock, cabinet, machine, heard } = await rig();
    expect(cabinet.sensors()).toBeUndefined();
    expect(cabinet.status().word).toBe("offline");
    machine.setSensor("cardLeft", true);
    await clock.advance(100);
    expect(cabinet.status().word).toBe("online");
    expect(cabinet.sensors()).toEqual({ ...empty, cardLeft: true });
    expect(heard).toEqual([empty, { ...empty, cardLeft: true }]);
  });

  it("tells each change of a sensor once", async () => {
    const { clock, machine, heard } = await online();
    machine.setSensor("documentPresent", true);
    machine.setSensor("documentPresent", true);
    await clock.advance(5000);
    machine.setSensor("documentPresent", false);
    await clock.advance(10);
    expect(heard.map((s) => s.documentPresent)).toEqual([false, true, false]);
  });

  it("switches lights and the buzzer, and completes when the board has done it", async () => {
    const { clock, cabinet, machine } = await online();
    const lit = cabinet.setLight("coin", true);
    const loud = cabinet.setBuzzer(true);
    await clock.advance(10);
    unwrap(await lit);
    unwrap(await loud);
    expect(machine.lights()).toEqual({ card: false, coin: true, change: false, document: false, receipt: false });
    expect(machine.buzzer()).toBe(true);
  });

  it("lets lights blink and the buzzer beep at the rates of XFS4IoT", async () => {
    const { clock, cabinet, machine } = await online();
    const done = [
      cabinet.setLight("card", "slow"),
      cabinet.setLight("status", "medium"),
      cabinet.setLight("change", true),
      cabinet.setBuzzer("quick"),
    ];
    await clock.advance(10);
    for (const result of await Promise.all(done)) unwrap(result);
    const shown = (["light.card", "light.status", "light.change", "buzzer"] as const).map(machine.flashOf);
    expect(shown).toEqual(["slow", "medium", "continuous", "quick"]);
    machine.restartBoard();
    await clock.advance(10);
    expect(machine.flashOf("light.card")).toBe("slow");
  });

  it("takes the power off a device, and refuses a time that the board does not allow without asking it", async () => {
    const { clock, cabinet, machine } = await online();
    const cycled = cabinet.powerCycle("cardReader", 2000);
    await clock.advance(10);
    unwrap(await cycled);
    expect(machine.powerCycles()).toEqual([{ device: "cardReader", offMs: 2000 }]);
    expect(await cabinet.powerCycle("cardReader", 60_000)).toMatchObject({ error: { code: "K-CAB-105" } });
    expect(machine.powerCycles()).toHaveLength(1);
  });

  it("feeds the dead man only when it is told to, and knows what the dead man does", async () => {
    const { clock, cabinet, machine } = await online();
    await clock.advance(60_000);
    expect(machine.feeds()).toEqual([]);
    expect(cabinet.deadMan()).toEqual({ state: "off", tripsThisHour: 0, trips: 0 });
    const fed = cabinet.feedDeadMan({ periodMs: 30_000, busy: true });
    await clock.advance(10);
    unwrap(await fed);
    expect(machine.feeds()).toEqual([{ periodMs: 30_000, busy: true }]);
    expect(cabinet.deadMan()?.state).toBe("armed");
    machine.setDeadMan("lockedOut", 1);
    await clock.advance(10);
    expect(cabinet.deadMan()).toEqual({ state: "lockedOut", tripsThisHour: 1, trips: 1 });
  });

  it("sends the dead man's settings again after a restart of the board, and never a feed", async () => {
    const { clock, cabinet, machine } = await online();
    const settings = { graceS: 240, heldMaxS: 60, pulseMs: 5000, tripsPerHour: 2 };
    const set = cabinet.configureDeadMan(settings);
    const fed = cabinet.feedDeadMan({ periodMs: 30_000, busy: false });
    await clock.advance(10);
    unwrap(await set);
    unwrap(await fed);
    machine.restartBoard();
    await clock.advance(10);
    expect(machine.settings()).toEqual([settings, settings]);
    expect(machine.feeds()).toHaveLength(1);
  });

  it("says which firmware it talks to, and refuses to feed a dead man that is not there", async () => {
    const { clock, cabinet, machine } = await rig();
    machine.withoutDeadMan();
    machine.reset();
    await clock.advance(1000);
    expect(cabinet.board()).toEqual({ firmware: "simulated", hasDeadMan: false, resetCause: "powerOn" });
    expect(cabinet.deadMan()).toBeUndefined();
    const fed = cabinet.feedDeadMan({ periodMs: 30_000, busy: false });
    await clock.advance(10);
    expect(await fed).toMatchObject({ error: { code: "K-CAB-103", detail: { why: "this firmware has no dead man" } } });
  });

  it("is a fraud attempt while the tamper contact is open, and online again when it is shut", async () => {
    const { clock, cabinet, machine, statuses } = await online();
    machine.setSensor("tampered", true);
    await clock.advance(10);
    machine.setSensor("serviceDoorOpen", true);
    await clock.advance(10);
    expect(cabinet.sensors()).toMatchObject({ tampered: true, serviceDoorOpen: true });
    machine.setSensor("tampered", false);
    await clock.advance(10);
    expect(statuses).toEqual(["online", "fraudAttempt K-CAB-104", "online"]);
  });

  it("is offline when the board stops answering although the socket is open, and online when it answers again", async () => {
    const { clock, cabinet, machine, statuses } = await online();
    machine.freeze(true);
    await clock.advance(5000);
    expect(cabinet.status()).toMatchObject({ word: "offline", cause: { code: "K-CAB-101" } });
    expect(await cabinet.setLight("card", true)).toMatchObject({ ok: false, error: { code: "K-CAB-101" } });
    machine.freeze(false);
    await clock.advance(1100);
    expect(machine.lights().card).toBe(true);
    expect(statuses).toEqual(["online", "offline K-CAB-101", "online"]);
  });

  it("takes a kiosk that did not run for a while for no silence of the board", async () => {
    const { clock, cabinet, statuses } = await online();
    await clock.stall(60_000);
    await clock.advance(2000);
    expect(cabinet.status().word).toBe("online");
    expect(statuses).toEqual(["online"]);
  });

  it("applies all outputs again after the board was reset, and reads the sensors afresh", async () => {
    const { clock, cabinet, machine } = await online();
    const lit = cabinet.setLight("document", true);
    await clock.advance(10);
    unwrap(await lit);
    machine.reset();
    machine.setSensor("receiptPresent", true);
    expect(machine.lights().document).toBe(false);
    await clock.advance(1000);
    expect(machine.lights().document).toBe(true);
    expect(cabinet.sensors()?.receiptPresent).toBe(true);
  });

  it("applies them again too when the board restarts behind a bridge that lives on", async () => {
    const { clock, cabinet, machine } = await online();
    const lit = cabinet.setLight("change", true);
    await clock.advance(10);
    unwrap(await lit);
    machine.restartBoard();
    expect(machine.lights().change).toBe(false);
    await clock.advance(10);
    expect(machine.lights().change).toBe(true);
    expect(cabinet.status().word).toBe("online");
  });

  it("keeps a wish that was made while the link was down", async () => {
    const { clock, cabinet, machine, opener } = await online();
    opener.refuse(true);
    opener.cut();
    await clock.advance(10);
    expect(await cabinet.setLight("receipt", true)).toMatchObject({ ok: false, error: { code: "K-LINK-101" } });
    opener.refuse(false);
    await clock.advance(5000);
    expect(machine.lights().receipt).toBe(true);
  });

  it("completes a command exactly once: refused, too late, cancelled, cut off, closed", async () => {
    const { clock, cabinet, machine, opener } = await online();
    machine.refuseNext("pin is stuck");
    const refused = cabinet.setBuzzer(true);
    await clock.advance(10);
    expect(await refused).toMatchObject({ error: { code: "K-CAB-103", detail: { why: "pin is stuck" } } });
    machine.freeze(true);
    const late = cabinet.setBuzzer(true);
    await clock.advance(1000);
    expect(await late).toMatchObject({ error: { code: "K-CMD-101" } });
    const caller = new AbortController();
    const cancelled = cabinet.setBuzzer(true, { signal: caller.signal });
    caller.abort();
    expect(await cancelled).toMatchObject({ error: { code: "K-CMD-102" } });
    const cutOff = cabinet.setBuzzer(true);
    opener.cut();
    await clock.advance(10);
    expect(await cutOff).toMatchObject({ error: { code: "K-LINK-102" } });
    machine.freeze(false);
    await clock.advance(5000);
    machine.freeze(true);
    const ended = cabinet.setBuzzer(true);
    await cabinet.close();
    expect(await ended).toMatchObject({ error: { code: "K-CMD-102" } });
    expect(await cabinet.setBuzzer(true)).toMatchObject({ error: { code: "K-CMD-102" } });
  });

  it("refuses a bridge of another version and says so", async () => {
    const { clock, cabinet, machine } = await rig();
    machine.speak(1);
    machine.reset();
    await clock.advance(10_000);
    expect(cabinet.status()).toMatchObject({ word: "offline", cause: { code: "K-CAB-102" } });
    expect(cabinet.sensors()).toBeUndefined();
  });

  it("lives through noise", async () => {
    const { clock, cabinet, machine } = await online();
    machine.noise(new Uint8Array(10_000).fill(0x41));
    machine.noise(Buffer.from('\n{"type":"sensors","sensors":{"documentPresent":"yes"}}\n'));
    machine.setSensor("coinsPresent", true);
    await clock.advance(10);
    expect(cabinet.sensors()?.coinsPresent).toBe(true);
    expect(cabinet.status().word).toBe("online");
  });
});
