import { afterEach, describe, expect, it } from "vitest";
import { openerFor } from "../../devices/contract/openers.ts";
import { askFirmware } from "../../firmware-bridge/firmware/ask.ts";
import { buildFirmware, firmwareVersion, shippedFirmware } from "../../firmware-bridge/firmware/build.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { pins, startBridgeRig, until } from "../support/io-board-rig.ts";
import { type Simavr, startSimavr } from "../support/simavr.ts";

let board: Simavr | undefined;
let rig: Awaited<ReturnType<typeof startBridgeRig>> | undefined;
afterEach(async () => {
  await rig?.stop();
  await board?.stop();
  rig = undefined;
  board = undefined;
});

async function online(hex = shippedFirmware().hex) {
  const simavr = await startSimavr(hex);
  board = simavr;
  const started = await startBridgeRig(`serial:${simavr.pty}?baud=57600`);
  rig = started;
  await started.online();
  return { ...started, board: simavr };
}
/** A sysex that only a test build knows: the program hangs. The bridge has no word for it, so it goes beside it. */
const HANG = Uint8Array.of(0xf0, 0x0f, 0xf7);

describe("the firmware in simavr, behind a terminal and the real bridge", () => {
  it("says what it runs when it is asked", async () => {
    board = await startSimavr(shippedFirmware().hex);
    const opener = unwrap(openerFor(`serial:${board.pty}?baud=57600`));
    expect(unwrap(await askFirmware(opener, systemClock))).toEqual({
      name: "madoguchi-io",
      version: firmwareVersion(),
    });
  });

  it("has the same sensors and lights as in the other emulator", async () => {
    const r = await online();
    expect(r.cabinet.board()).toMatchObject({ hasDeadMan: true, resetCause: "powerOn" });
    r.board.setInput(pins.card, false);
    await until("the card is seen", () => r.cabinet.sensors()?.cardLeft === true);
    r.board.setInput(pins.serviceDoor, true);
    await until("the open door is seen", () => r.cabinet.sensors()?.serviceDoorOpen === true);
    unwrap(await r.cabinet.setLight("card", true));
    await until("lit", () => r.board.output(pins.light.card));
    unwrap(await r.cabinet.powerCycle("cardReader", 200));
    await until("the power is back", () => r.board.switched.includes("9 off"));
    unwrap(await r.cabinet.feedDeadMan({ periodMs: 30_000, busy: false }));
    await until("armed", () => r.cabinet.deadMan()?.state === "armed");
    expect(r.board.switched).toEqual(["2 on", "9 on", "9 off"]);
  });

  it("comes back from its reset button with the wished lights", async () => {
    const r = await online();
    unwrap(await r.cabinet.setLight("coin", true));
    await until("lit", () => r.board.output(pins.light.coin));
    r.board.reset();
    await until("dark, then lit again", () => r.board.switched.join() === "3 on,3 off,3 on");
    await until("the cause is told", () => r.cabinet.board()?.resetCause === "external");
  });

  it("is restarted by its watchdog when its program hangs; outputs are safe, lights come back, the cause is told", async () => {
    const simavr = await startSimavr(unwrap(buildFirmware(["TEST_HANG"])).hex);
    board = simavr;
    const beside = unwrap(await unwrap(openerFor(`serial:${simavr.pty}?baud=57600`)).open(AbortSignal.timeout(5000)));
    unwrap(await beside.write(HANG));
    const heard: number[] = [];
    beside.onData((bytes) => heard.push(...bytes));
    // F0 02, revision 1, patch 0, one boot later, MCUSR 08: the watchdog.
    await until("the watchdog has bitten", () => Buffer.from(heard).toString("hex").includes("f0020100010"));
    beside.close();
    expect(Buffer.from(heard).toString("hex")).toContain("f00201000108");
    expect(simavr.switched).toEqual([]);
    const started = await startBridgeRig(`serial:${simavr.pty}?baud=57600`);
    rig = started;
    await started.online();
    expect(started.cabinet.board()?.resetCause).toBe("watchdog");
  });
});
