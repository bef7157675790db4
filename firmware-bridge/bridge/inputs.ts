import type { Board } from "johnny-five";
import type { Clock, Timer } from "../../src/kernel/clock.ts";
import { type SensorName, type Sensors, sensorNames } from "../protocol.ts";
import type { PinMap } from "./config.ts";

/** Good switches bounce for less than ten milliseconds; our firmware waits 24. */
const SETTLE_MS = 25;

/** The board's inputs as sensors. */
export interface Inputs {
  /** Modes and reports after a start of the board. */
  setUp(): void;
  sensors(): Sensors;
  close(): void;
}

/** `settles`: the firmware debounces by itself; otherwise levels count when they have stood for 25 ms. */
export function createInputs(
  board: Board,
  pins: PinMap,
  options: { readonly clock: Clock; readonly settles: boolean; readonly onSensors: (sensors: Sensors) => void },
): Inputs {
  const { io } = board;
  // Until a pin has been heard of, it is what an open circuit says: doors open, trays empty.
  const levels = new Map<number, boolean>();
  let told = JSON.stringify(sensors());
  let settling: Timer | undefined;

  function sensors(): Sensors {
    const read = (name: SensorName) => {
      const { pin, activeHigh } = pins.sensors[name];
      return (levels.get(pin) ?? true) === activeHigh;
    };
    return Object.fromEntries(sensorNames.map((name) => [name, read(name)])) as Sensors;
  }

  function tell(): void {
    const now = sensors();
    const text = JSON.stringify(now);
    if (text === told) return;
    told = text;
    options.onSensors(now);
  }

  function hear(pin: number, high: boolean): void {
    if (levels.get(pin) === high) return;
    levels.set(pin, high);
    settling?.cancel();
    if (options.settles) tell();
    else settling = options.clock.setTimer(SETTLE_MS, tell);
  }

  for (const { pin } of Object.values(pins.sensors)) io.on(`digital-read-${pin}`, (value) => hear(pin, value === 1));
  return {
    setUp() {
      const all = Object.values(pins.sensors).map((sensor) => sensor.pin);
      const withMode = all.filter((pin) => io.pins[pin]?.supportedModes.includes(io.MODES.PULLUP));
      const without = all.filter((pin) => !withMode.includes(pin));
      for (const pin of withMode) board.pinMode(pin, io.MODES.PULLUP);
      for (const pin of without) board.pinMode(pin, io.MODES.INPUT);
      // Before Firmata 2.5 an input that is written high has its pull-up on. Not one before all are inputs: StandardFirmata
      // begins with outputs, a write names a whole port, and a high output against a closed switch is a short circuit.
      for (const pin of without) board.digitalWrite(pin, 1);
      for (const pin of all) io.reportDigitalPin(pin, 1);
    },
    sensors,
    close: () => settling?.cancel(),
  };
}
