import {
  type BridgeCommand,
  createLineReader,
  type DeadManSettings,
  type DeadManState,
  encodeLine,
  type FlashRate,
  type OutputName,
  outputNames,
  type PowerCycled,
  PROTOCOL_VERSION,
  type ToBridge,
  type ToKiosk,
  toBridge,
} from "../../../firmware-bridge/protocol.ts";
import { createListeners } from "../../contract/listeners.ts";
import type { BytePort } from "../../contract/port.ts";
import { type CabinetSensor, type CabinetSensors, type GuideLight, guideLights } from "../port.ts";

/**
 * The cabinet and the bridge in front of it, as one simulated socket: for tests of the driver and of the kiosk. The real
 * bridge with the real firmware is in firmware-bridge/, and the embedded default runs that.
 */
export interface CabinetSimulator {
  /** Serves one connection; a later one takes the place of an earlier one. */
  attach(port: BytePort): void;
  setSensor(sensor: CabinetSensor, present: boolean): void;
  sensors(): CabinetSensors;
  /** Which guide lights are lit, blinking or not. */
  lights(): Readonly<Record<GuideLight, boolean>>;
  flashOf(output: OutputName): FlashRate;
  buzzer(): boolean;
  /** Called when an output was switched. */
  onChange(listener: () => void): () => void;
  /** How long each device was without power, in the order of the commands. */
  powerCycles(): readonly { readonly device: PowerCycled; readonly offMs: number }[];
  /** What the dead man was fed with, in order. */
  feeds(): readonly { readonly periodMs: number; readonly busy: boolean }[];
  /** What the dead man was set to, in order. */
  settings(): readonly DeadManSettings[];
  /** The dead man comes into this state and says so. */
  setDeadMan(state: DeadManState, tripsThisHour: number): void;
  /** The board has a firmware without a dead man. */
  withoutDeadMan(): void;
  /** The board's program hangs: the socket stays open and nothing is answered or done. */
  freeze(on: boolean): void;
  /** The board was reset: it forgets its outputs and the connection breaks, as the bridge is started again. */
  reset(): void;
  /** The board was reset and the bridge lived on: it greets again on the same connection. */
  restartBoard(): void;
  /** The next command is refused. */
  refuseNext(why: string): void;
  /** The version that the bridge claims to speak. */
  speak(protocol: number): void;
  /** Bytes that are no message, towards the kiosk, now. */
  noise(bytes: Uint8Array): void;
}

/** A cabinet with nothing in it, everything shut and dark. */
export function createCabinetSimulator(): CabinetSimulator {
  const changes = createListeners<void>();
  const outputs = new Map<OutputName, FlashRate>();
  const powerCycles: { device: PowerCycled; offMs: number }[] = [];
  const settings: DeadManSettings[] = [];
  const feeds: { periodMs: number; busy: boolean }[] = [];
  let sensors: CabinetSensors = {
    documentPresent: false,
    receiptPresent: false,
    coinsPresent: false,
    cardLeft: false,
    serviceDoorOpen: false,
    cashBoxOpen: false,
    tampered: false,
    upsLow: false,
  };
  let deadMan: { state: DeadManState; tripsThisHour: number; trips: number } | undefined = {
    state: "off",
    tripsThisHour: 0,
    trips: 0,
  };
  let current: BytePort | undefined;
  let frozen = false;
  let refusal: string | undefined;
  let protocol = PROTOCOL_VERSION;

  function say(message: ToKiosk): void {
    if (current && !frozen) void current.write(encodeLine(message));
  }

  function obey(message: ToBridge): void {
    if (frozen) return;
    if (message.type === "heartbeat") say(message);
    if (!("id" in message)) return;
    const why = refusal ?? refusalOf(message);
    refusal = undefined;
    if (why !== undefined) {
      say({ type: "refused", id: message.id, why });
      return;
    }
    const changed = carryOut(message);
    say({ type: "done", id: message.id });
    if (changed) changes.emit();
  }

  function refusalOf(command: BridgeCommand): string | undefined {
    const aboutDeadMan = command.type === "feed" || command.type === "configureDeadMan";
    return aboutDeadMan && !deadMan ? "this firmware has no dead man" : undefined;
  }

  /** Returns whether an output changed. */
  function carryOut(command: BridgeCommand): boolean {
    if (command.type === "powerCycle") powerCycles.push({ device: command.device, offMs: command.offMs });
    if (command.type === "configureDeadMan") settings.push(command.settings);
    if (command.type === "feed") {
      feeds.push({ periodMs: command.periodMs, busy: command.busy });
      tellDeadMan(command.periodMs === 0 ? "off" : "armed");
    }
    if (command.type !== "setOutput") return false;
    const changed = flashOf(command.output) !== command.flash;
    outputs.set(command.output, command.flash);
    return changed;
  }

  function flashOf(output: OutputName): FlashRate {
    return outputs.get(output) ?? "off";
  }

  function tellDeadMan(state: DeadManState): void {
    if (!deadMan || deadMan.state === state) return;
    deadMan = { ...deadMan, state };
    say({ type: "deadMan", ...deadMan });
  }

  function forget(): void {
    for (const output of outputNames) outputs.set(output, "off");
  }

  function greet(): void {
    say({
      type: "hello",
      protocol,
      bridge: "simulated",
      firmware: "simulated",
      deadMan: deadMan !== undefined,
      resetCause: "powerOn",
    });
    say({ type: "sensors", sensors });
    if (deadMan) say({ type: "deadMan", ...deadMan });
  }

  forget();
  return {
    attach(port) {
      current?.close();
      current = port;
      const read = createLineReader(toBridge);
      port.onData((bytes) => {
        if (current !== port) return;
        for (const line of read(bytes)) if ("message" in line) obey(line.message);
      });
      port.onClose(() => {
        if (current === port) current = undefined;
      });
      greet();
    },
    setSensor(sensor, present) {
      if (sensors[sensor] === present) return;
      sensors = { ...sensors, [sensor]: present };
      say({ type: "sensors", sensors });
    },
    sensors: () => sensors,
    lights() {
      const lit = guideLights.map((light) => [light, flashOf(`light.${light}`) !== "off"] as const);
      return Object.fromEntries(lit) as Record<GuideLight, boolean>;
    },
    flashOf,
    buzzer: () => flashOf("buzzer") !== "off",
    onChange: changes.add,
    powerCycles: () => powerCycles,
    feeds: () => feeds,
    settings: () => settings,
    setDeadMan(state, tripsThisHour) {
      if (!deadMan) return;
      deadMan = { state, tripsThisHour, trips: Math.max(deadMan.trips, tripsThisHour) };
      say({ type: "deadMan", ...deadMan });
    },
    withoutDeadMan() {
      deadMan = undefined;
    },
    freeze(on) {
      frozen = on;
      if (!on) say({ type: "sensors", sensors });
    },
    reset() {
      forget();
      current?.close();
      changes.emit();
    },
    restartBoard() {
      forget();
      greet();
      changes.emit();
    },
    refuseNext(why) {
      refusal = why;
    },
    speak(version) {
      protocol = version;
    },
    noise(bytes) {
      if (current) void current.write(bytes);
    },
  };
}
