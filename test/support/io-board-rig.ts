import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { createCabinet } from "../../devices/cabinet/cabinet.ts";
import type { Cabinet } from "../../devices/cabinet/port.ts";
import { openerFor } from "../../devices/contract/openers.ts";
import { createEmulatedBoard, type EmulatedBoard } from "../../firmware-bridge/emulator/board.ts";
import { type RunningBoard, runInRealTime } from "../../firmware-bridge/emulator/real-time.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { startPlug } from "../../src/town/bench/plug.ts";
import { createSupervisor } from "../../src/town/supervisor/supervisor.ts";

const BRIDGE = fileURLToPath(new URL("../../firmware-bridge/bridge/main.ts", import.meta.url));
/** A foreign firmware of the same protocol, from npm's avrgirl-arduino (MIT). */
export const standardFirmataHex = fileURLToPath(
  new URL("../../node_modules/avrgirl-arduino/junk/hex/uno/StandardFirmata.cpp.hex", import.meta.url),
);

/** Pins of the wiring table in firmware-bridge/README.md. */
export const pins = {
  light: { card: 2, coin: 3, change: 4, document: 5, receipt: 6 },
  buzzer: 7,
  statusLamp: 8,
  relay: { cardReader: 9, host: 10 },
  cashBox: 11,
  serviceDoor: 12,
  tamper: 14,
  document: 15,
  receipt: 16,
  coins: 17,
  card: 18,
  ups: 19,
} as const;

/** Closes what is closed in a kiosk that stands in a shop: all doors. */
export function closeDoors(board: EmulatedBoard): void {
  for (const pin of [pins.cashBox, pins.serviceDoor, pins.tamper]) board.setInput(pin, false);
}

/** Waits until something is true; the time-out is a watchdog for a test that would hang, and decides nothing. */
export async function until(what: string, condition: () => boolean, watchdogMs = 150_000): Promise<void> {
  const startedMs = systemClock.monotonicMs();
  while (!condition()) {
    if (systemClock.monotonicMs() - startedMs > watchdogMs) throw new Error(`it never came: ${what}`);
    await new Promise((resume) => setTimeout(resume, 2));
  }
}

/** The real bridge process between the real cabinet driver and `port`, started again whenever it ends. */
export async function startBridgeRig(port: string, patience = 1) {
  const folder = mkdtempSync(join(tmpdir(), "mdg-io-"));
  const socket = join(folder, "cabinet.sock");
  const configFile = join(folder, "io-bridge.yaml");
  writeFileSync(configFile, stringify({ port, socket, patience }));
  const said: string[] = [];
  const supervisor = createSupervisor({
    clock: systemClock,
    logFolder: folder,
    restartCrashed: false,
    onProgress: (text) => said.push(text),
  });
  unwrap(await supervisor.start({ name: "io-bridge", entry: BRIDGE, configFile, respawn: true }));
  const cabinet: Cabinet = createCabinet({
    name: "cabinet",
    opener: unwrap(openerFor(`unix:${socket}`)),
    clock: systemClock,
    logger: silentLogger,
  });
  const statuses: string[] = [];
  cabinet.onStatus((s) => statuses.push(s.word));
  return {
    cabinet,
    /** The cabinet's status words, in order. */
    statuses,
    /** What the supervisor said, e.g. with which code the bridge ended. */
    said,
    /** Every line that the bridge has logged. */
    log: (): Record<string, unknown>[] =>
      readFileSync(join(folder, "io-bridge.jsonl"), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    bridge: () => supervisor.find("io-bridge"),
    online: () => until("the cabinet is online", () => cabinet.status().word === "online"),
    async stop() {
      await cabinet.close();
      await supervisor.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The rig with an emulated board that runs `hexFile` behind a unix socket: in real time, or slower on a busy machine, which
 * `patience` allows for.
 */
export async function startEmulatedRig(hexFile: string, patience = 1) {
  const board = unwrap(createEmulatedBoard(readFileSync(hexFile, "utf8")));
  closeDoors(board);
  const running: RunningBoard = runInRealTime(board, systemClock);
  const folder = mkdtempSync(join(tmpdir(), "mdg-uart-"));
  const path = join(folder, "uart.sock");
  const plug = unwrap(await startPlug(path, running.attach));
  const rig = await startBridgeRig(`unix:${path}`, patience);
  const switched: string[] = [];
  board.onOutput((pin, high) => {
    if (pin !== 13) switched.push(`${pin} ${high ? "on" : "off"}`);
  });
  return {
    ...rig,
    board,
    running,
    plug,
    /** Lets the board's own time pass faster than ours; the bridge and the kiosk hear it all the while. */
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        board.run(1_000);
        // One turn of the event loop: what has come over the sockets is read.
        await new Promise((resume) => setImmediate(resume));
      }
    },
    /** Output changes in order, e.g. `2 on`; without the alive lamp. */
    switched,
    async stop() {
      await rig.stop();
      running.stop();
      await plug.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
