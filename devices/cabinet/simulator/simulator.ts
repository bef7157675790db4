import {
  createLineReader,
  encodeLine,
  type OutputName,
  outputNames,
  PROTOCOL_VERSION,
  type ToBridge,
  type ToKiosk,
  toBridge,
} from "../../../firmware-bridge/protocol.ts";
import { createListeners } from "../../contract/listeners.ts";
import type { BytePort } from "../../contract/port.ts";
import { type CabinetSensor, type CabinetSensors, type GuideLight, guideLights } from "../port.ts";

/** The cabinet and the bridge in front of it, as one simulated socket. */
export interface CabinetSimulator {
  /** Serves one connection; a later one takes the place of an earlier one. */
  attach(port: BytePort): void;
  setSensor(sensor: CabinetSensor, present: boolean): void;
  sensors(): CabinetSensors;
  lights(): Readonly<Record<GuideLight, boolean>>;
  buzzer(): boolean;
  /** Called when an output was switched. */
  onChange(listener: () => void): () => void;
  /** The board's program hangs: the socket stays open and nothing is answered or done. */
  freeze(on: boolean): void;
  /** The board was reset: it forgets its outputs and the connection breaks, as the bridge is started again. */
  reset(): void;
  /** The board was reset and the bridge lived on: it greets again on the same connection. */
  restartBoard(): void;
  /** The next output is refused. */
  refuseNext(why: string): void;
  /** The version that the bridge claims to speak. */
  speak(protocol: number): void;
  /** Bytes that are no message, towards the kiosk, now. */
  noise(bytes: Uint8Array): void;
}

/** A cabinet with nothing in it and everything dark. */
export function createCabinetSimulator(): CabinetSimulator {
  const changes = createListeners<void>();
  const outputs = new Map<OutputName, boolean>();
  let sensors: CabinetSensors = {
    documentPresent: false,
    receiptPresent: false,
    coinsPresent: false,
    cardLeft: false,
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
    if (message.type !== "setOutput") return;
    if (refusal !== undefined) {
      say({ type: "refused", id: message.id, why: refusal });
      refusal = undefined;
      return;
    }
    const changed = (outputs.get(message.output) ?? false) !== message.on;
    outputs.set(message.output, message.on);
    say({ type: "done", id: message.id });
    if (changed) changes.emit();
  }

  function forget(): void {
    for (const output of outputNames) outputs.set(output, false);
  }

  function greet(): void {
    say({ type: "hello", protocol, bridge: "simulated", firmware: "simulated" });
    say({ type: "sensors", sensors });
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
      const lit = guideLights.map((light) => [light, outputs.get(`light.${light}`) ?? false] as const);
      return Object.fromEntries(lit) as Record<GuideLight, boolean>;
    },
    buzzer: () => outputs.get("buzzer") ?? false,
    onChange: changes.add,
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
