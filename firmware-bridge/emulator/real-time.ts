import type { BytePort } from "../../devices/contract/port.ts";
import type { Clock, Timer } from "../../src/kernel/clock.ts";
import type { EmulatedBoard } from "./board.ts";

/** A board whose time passes with a clock, behind a UART that can be plugged in. */
export interface RunningBoard {
  /** Serves one connection; a later one takes the place of an earlier one, as one cable does. */
  attach(port: BytePort): void;
  /** The program hangs: no time passes on the board, and the port stays open. */
  freeze(on: boolean): void;
  /** Bytes towards the host that the board did not send: a bad cable. */
  noise(bytes: Uint8Array): void;
  stop(): void;
}

/** How far apart the steps are: half of what a switch is debounced for, and a tenth of what a person notices. */
const STEP_MS = 10;
/** A machine that was asleep does not make the board race through the night: what is longer is left out. */
const MAX_STEP_MS = 250;

/** Lets the board run with the clock until it is stopped. */
export function runInRealTime(board: EmulatedBoard, clock: Clock): RunningBoard {
  let current: BytePort | undefined;
  let sent: number[] = [];
  let lastMs = clock.monotonicMs();
  let timer: Timer | undefined;
  let frozen = false;
  const stopListening = board.onByte((byte) => {
    if (current) sent.push(byte);
  });

  function step(): void {
    timer = clock.setTimer(STEP_MS, step);
    const nowMs = clock.monotonicMs();
    if (!frozen) board.run(Math.min(MAX_STEP_MS, nowMs - lastMs));
    lastMs = nowMs;
    if (sent.length === 0) return;
    const bytes = Uint8Array.from(sent);
    sent = [];
    void current?.write(bytes);
  }

  step();
  return {
    attach(port) {
      current?.close();
      current = port;
      sent = [];
      port.onData((bytes) => {
        if (current === port) board.send(bytes);
      });
      port.onClose(() => {
        if (current === port) current = undefined;
      });
    },
    freeze(on) {
      frozen = on;
    },
    noise(bytes) {
      void current?.write(bytes);
    },
    stop() {
      timer?.cancel();
      stopListening();
      current?.close();
    },
  };
}
