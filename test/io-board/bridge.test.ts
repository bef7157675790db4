import { afterEach, describe, expect, it } from "vitest";
import { firmwareHexFile, firmwareVersion } from "../../firmware-bridge/firmware/build.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { pins, standardFirmataHex, startEmulatedRig, until } from "../support/io-board-rig.ts";

type Rig = Awaited<ReturnType<typeof startEmulatedRig>>;
let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function online(hexFile = firmwareHexFile, patience = 1): Promise<Rig> {
  const started = await startEmulatedRig(hexFile, patience);
  rig = started;
  await started.online();
  return started;
}
/** A board of another firmware blinks for two seconds of its own time before it speaks: on a busy machine that is long. */
const BUSY_MACHINE = 20;
/** And a command takes as long as its emulated processor needs: these tests are about what happens, not when. */
const BOARD_TIME = { timeoutMs: 60_000 } as const;
const events = (r: Rig) => r.log().map((line) => line.event);

describe("the cabinet over the real bridge and the real firmware", () => {
  it("says which board it has, sees every sensor and drives every output", async () => {
    const { cabinet, board, switched } = await online();
    expect(cabinet.board()).toEqual({
      firmware: `madoguchi-io ${firmwareVersion()}`,
      hasDeadMan: true,
      resetCause: "powerOn",
    });
    const sensors = [
      ["cashBoxOpen", pins.cashBox, true],
      ["serviceDoorOpen", pins.serviceDoor, true],
      ["tampered", pins.tamper, true],
      ["documentPresent", pins.document, false],
      ["receiptPresent", pins.receipt, false],
      ["coinsPresent", pins.coins, false],
      ["cardLeft", pins.card, false],
      ["upsLow", pins.ups, false],
    ] as const;
    for (const [name, pin, high] of sensors) {
      board.setInput(pin, high);
      await until(name, () => cabinet.sensors()?.[name] === true);
      const others = Object.entries(cabinet.sensors() ?? {}).filter(([other]) => other !== name);
      expect(others.every(([, on]) => !on)).toBe(true);
      board.setInput(pin, !high);
      await until(`${name} is over`, () => cabinet.sensors()?.[name] === false);
    }
    for (const light of ["card", "coin", "change", "document", "receipt"] as const) {
      unwrap(await cabinet.setLight(light, true));
      expect(board.output(pins.light[light])).toBe(true);
    }
    unwrap(await cabinet.setLight("status", true));
    unwrap(await cabinet.setBuzzer(true));
    unwrap(await cabinet.setBuzzer(false));
    expect(switched).toEqual(["2 on", "3 on", "4 on", "5 on", "6 on", "8 on", "7 on", "7 off"]);
  });

  it("lets the board blink by itself, and take and give back a device's power", async () => {
    const { cabinet, switched } = await online();
    unwrap(await cabinet.setLight("card", "quick"));
    await until("it blinked twice", () => switched.filter((s) => s === "2 on").length >= 2);
    unwrap(await cabinet.setLight("card", false));
    switched.splice(0);
    unwrap(await cabinet.powerCycle("cardReader", 300));
    await until("the power is back", () => switched.includes("9 off"));
    expect(switched).toEqual(["9 on", "9 off"]);
  });

  it("feeds the dead man when it is told to and never by itself; its settings and its trips are told", async () => {
    const { cabinet, pass, switched } = await online();
    unwrap(await cabinet.configureDeadMan({ graceS: 180, heldMaxS: 60, pulseMs: 1000, tripsPerHour: 1 }));
    unwrap(await cabinet.feedDeadMan({ periodMs: 1000, busy: false }));
    await until("armed", () => cabinet.deadMan()?.state === "armed");
    // Heartbeats go on, and are no feed: three minutes pass on the board.
    await pass(181);
    await until("the trip was told", () => cabinet.deadMan()?.trips === 1);
    expect(switched).toEqual(["10 on", "10 off"]);
    await pass(400);
    await until("exhausted", () => cabinet.deadMan()?.state === "exhausted");
    expect(switched).toEqual(["10 on", "10 off"]);
    unwrap(await cabinet.feedDeadMan({ periodMs: 0, busy: false }));
    await until("off", () => cabinet.deadMan()?.state === "off");
  });

  it("applies the outputs again after a reset of the board, and says why it started", async () => {
    const r = await online();
    unwrap(await r.cabinet.setLight("document", true));
    r.board.reset("external");
    expect(r.board.output(pins.light.document)).toBe(false);
    await until("lit again", () => r.board.output(pins.light.document));
    await until("greeted again", () => r.cabinet.board()?.resetCause === "external");
    await r.online();
    expect(events(r)).toContain("bridge.boardRestarted");
    // One bridge has seen it all.
    expect(r.said).toEqual([]);
  });

  it("is offline when the bridge is killed, and online with the wished lights when it was started again", async () => {
    const r = await online();
    unwrap(await r.cabinet.setLight("coin", true));
    r.bridge()?.kill();
    await until("offline", () => r.cabinet.status().word === "offline");
    await r.online();
    await until("lit again", () => r.board.output(pins.light.coin));
    expect(r.statuses).toEqual(["online", "offline", "online"]);
    expect(r.said).toEqual(["io-bridge ended (signal); starting it again"]);
  });

  it("ends with 69 when the board is unplugged, and comes back with it", async () => {
    const r = await online();
    unwrap(await r.cabinet.setLight("coin", true));
    unwrap(await r.plug.setConnected(false));
    await until("offline", () => r.cabinet.status().word === "offline");
    await until("the bridge ended", () => r.said.length === 1);
    expect(r.said).toEqual(["io-bridge ended (69); starting it again"]);
    r.board.setInput(pins.receipt, false);
    unwrap(await r.plug.setConnected(true));
    await r.online();
    expect(r.cabinet.sensors()?.receiptPresent).toBe(true);
    await until("lit again", () => r.board.output(pins.light.coin));
  });

  it("ends with 75 when the board hangs although its port is open", async () => {
    const r = await online();
    r.running.freeze(true);
    await until("the bridge ended", () => r.said.length > 0);
    expect(r.said[0]).toBe("io-bridge ended (75); starting it again");
    await until("offline", () => r.cabinet.status().word === "offline");
    r.running.freeze(false);
    await r.online();
  });

  it("lives through garbage on the line and through an endless sysex", async () => {
    const r = await online();
    r.running.noise(Uint8Array.from({ length: 5000 }, (_, i) => (i * 73 + (i >> 3)) & 0xff));
    r.running.noise(Uint8Array.of(0xf0, ...new Array<number>(20_000).fill(0x41)));
    // Each of these would throw inside firmata-io.
    for (const bad of [
      [0xf0, 0x79, 0xf7],
      [0xf0, 0x6e, 0x7f, 1, 1, 0xf7],
      [0xf0, 0x6a, ...new Array<number>(90).fill(1), 0xf7],
    ])
      r.running.noise(Uint8Array.from(bad));
    r.board.setInput(pins.coins, false);
    await until("the sensor is seen", () => r.cabinet.sensors()?.coinsPresent === true);
    unwrap(await r.cabinet.setLight("receipt", true));
    expect(events(r)).toContain("bridge.garbage");
    expect(r.said).toEqual([]);
  });

  it("switches everything off when the kiosk goes", async () => {
    const r = await online();
    unwrap(await r.cabinet.setBuzzer(true));
    unwrap(await r.cabinet.setLight("change", "slow"));
    await r.cabinet.close();
    await until("silent and dark", () => !r.board.output(pins.buzzer) && r.switched.at(-1)?.endsWith("off") === true);
    expect(r.board.output(pins.light.change)).toBe(false);
  });
});

describe("the cabinet over the real bridge and StandardFirmata", () => {
  it("has sensors, lights that the bridge blinks, and power cycles; it says that there is no dead man", async () => {
    const r = await online(standardFirmataHex, BUSY_MACHINE);
    const { cabinet, board } = r;
    expect(cabinet.board()).toMatchObject({ firmware: "StandardFirmata.ino 2.4", hasDeadMan: false });
    expect(cabinet.deadMan()).toBeUndefined();
    expect(events(r)).toContain("bridge.plainFirmware");
    board.setInput(pins.document, false);
    await until("the document is seen", () => cabinet.sensors()?.documentPresent === true);
    unwrap(await cabinet.setLight("status", true, BOARD_TIME));
    expect(board.output(pins.statusLamp)).toBe(true);
    unwrap(await cabinet.setLight("card", "quick", BOARD_TIME));
    await until("it blinked twice", () => r.switched.filter((s) => s === "2 on").length >= 2);
    unwrap(await cabinet.powerCycle("cardReader", 200, BOARD_TIME));
    await until("the power is back", () => r.switched.includes("9 off"));
    const fed = await cabinet.feedDeadMan({ periodMs: 30_000, busy: false }, BOARD_TIME);
    expect(fed).toMatchObject({ error: { code: "K-CAB-103", detail: { why: "this firmware has no dead man" } } });
    // A switch that is closed must never meet a high output, and the host's relay never moves.
    const inputs = [
      pins.cashBox,
      pins.serviceDoor,
      pins.tamper,
      pins.document,
      pins.receipt,
      pins.coins,
      pins.card,
      pins.ups,
    ];
    const moved = r.switched.map((s) => Number(s.split(" ")[0]));
    expect(moved.filter((pin) => inputs.some((input) => input === pin) || pin === pins.relay.host)).toEqual([]);
  });

  it("applies the outputs again after a reset of the board", async () => {
    const r = await online(standardFirmataHex, BUSY_MACHINE);
    unwrap(await r.cabinet.setLight("coin", true, BOARD_TIME));
    r.board.reset("external");
    await until("the bridge saw it", () => events(r).includes("bridge.boardRestarted"));
    await until("lit again", () => r.board.output(pins.light.coin));
    expect(r.said).toEqual([]);
  });
});
