import type { Board } from "johnny-five";
import type { Clock, Timer } from "../../src/kernel/clock.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import type { BridgeCommand, FlashRate, OutputName } from "../protocol.ts";
import type { PinMap } from "./config.ts";
import type { Extensions } from "./extensions.ts";

/** The board's outputs, however its firmware is spoken to. */
export interface Outputs {
  /** Modes and levels after a start of the board. */
  setUp(): void;
  show(output: OutputName, flash: FlashRate): Promise<Result<void>>;
  powerCycle(command: Extract<BridgeCommand, { type: "powerCycle" }>): Promise<Result<void>>;
  close(): void;
}

/** The relay's number in the pulse message; 0 would be the host's, which the firmware refuses. */
const RELAY_NUMBERS = { cardReader: 1 } as const;

/** Outputs through our firmware: it blinks and times by itself, and answers each command. */
export function ownOutputs(extensions: Extensions, pins: PinMap): Outputs {
  return {
    setUp() {},
    show: (output, flash) => extensions.light(pins.outputs[output], flash),
    powerCycle: ({ device, offMs }) => extensions.pulse(RELAY_NUMBERS[device], offMs),
    close() {},
  };
}

/** Half a cycle of each rate; the firmware has the same. */
const HALF_MS = { slow: 1_000, medium: 500, quick: 200 } as const;

/**
 * Outputs through a firmware that only knows pins (StandardFirmata): the bridge blinks and times. `confirm` is a round trip
 * to the board: what was written before it has arrived.
 */
export function plainOutputs(board: Board, pins: PinMap, clock: Clock, confirm: () => Promise<Result<void>>): Outputs {
  const { io } = board;
  const blinking = new Map<OutputName, Timer>();
  const inputs = Object.values(pins.sensors).map((s) => s.pin);
  let offTimer: Timer | undefined;

  /**
   * firmata-io writes a whole port with the levels that it last read. On a firmware without the pull-up mode a zero would
   * switch off the pull-ups of inputs on that port, and an open switch would float.
   */
  function write(pin: number, high: boolean): void {
    const port = pin >> 3;
    for (const input of inputs) if (input >> 3 === port) io.ports[port] = (io.ports[port] ?? 0) | (1 << (input & 7));
    board.digitalWrite(pin, high ? 1 : 0);
  }

  function blink(output: OutputName, high: boolean, halfMs: number): void {
    write(pins.outputs[output], high);
    blinking.set(
      output,
      clock.setTimer(halfMs, () => blink(output, !high, halfMs)),
    );
  }

  return {
    setUp() {
      for (const pin of [...Object.values(pins.outputs), ...Object.values(pins.relays), pins.hostRelay]) {
        board.pinMode(pin, io.MODES.OUTPUT);
        write(pin, false);
      }
    },
    show(output, flash) {
      blinking.get(output)?.cancel();
      blinking.delete(output);
      if (flash === "off" || flash === "continuous") write(pins.outputs[output], flash === "continuous");
      else blink(output, true, HALF_MS[flash]);
      return confirm();
    },
    async powerCycle({ device, offMs }) {
      const pin = pins.relays[device];
      if (offTimer) return fail("K-CAB-103", { why: "the relay is already pulling" });
      write(pin, true);
      offTimer = clock.setTimer(offMs, () => {
        offTimer = undefined;
        write(pin, false);
      });
      const confirmed = await confirm();
      return confirmed.ok ? ok() : confirmed;
    },
    close() {
      for (const timer of blinking.values()) timer.cancel();
      offTimer?.cancel();
    },
  };
}
