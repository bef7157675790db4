import type { Clock, Timer } from "../../../src/kernel/clock.ts";

/** What is common to all parts of the machine: time, power and the news that something physical changed. */
export interface Mechanics {
  readonly clock: Clock;
  /** The pace of the machine: one coin through the path or out of a hopper. All other movements are multiples of it. */
  readonly paceMs: number;
  powered(): boolean;
  changed(): void;
}

/** What a part of the machine does with a ccTalk command. `undefined` is silence: the command is not known to it. */
export type Answer = { readonly data: readonly number[] } | "ack" | "nak" | "busy" | undefined;

/** One device on the simulated bus. */
export interface SimulatedDevice {
  readonly address: number;
  answer(header: number, data: Uint8Array): Answer;
  /** The current is gone: movements stop where they are. */
  powerOff(): void;
  /** The current is back and its program has started. */
  powerOn(): void;
}

/** Answers of the core commands that every device has. */
export function identity(category: string, product: string, serial: number): ReadonlyMap<number, Answer> {
  const text = (words: string): Answer => ({ data: [...Buffer.from(words, "latin1")] });
  return new Map<number, Answer>([
    [254, "ack"],
    [246, text("Madoguchi simulator")],
    [245, text(category)],
    [244, text(product)],
    [242, { data: [serial & 0xff, (serial >> 8) & 0xff, (serial >> 16) & 0xff] }],
    [241, text("SIM-1.0")],
    [192, text("simulated")],
    [4, { data: [1, 4, 7] }],
  ]);
}

/** A timer that is forgotten when it fired, so that it can be asked whether something moves. */
export function createMovement(clock: Clock): {
  start(delayMs: number, end: () => void): void;
  stop(): void;
  active(): boolean;
} {
  let timer: Timer | undefined;
  return {
    start(delayMs, end) {
      timer?.cancel();
      timer = clock.setTimer(delayMs, () => {
        timer = undefined;
        end();
      });
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
    active: () => timer !== undefined,
  };
}
