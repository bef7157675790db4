import sinon from "sinon";
import type { Clock } from "../../src/kernel/clock.ts";

/** A clock that only moves when the test says so. Timers fire inside `advance`, in order. */
export interface FakeClock extends Clock {
  /** Moves both clocks and lets timers and promises run up to that moment. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock only, as an NTP jump does; the monotonic clock does not notice. */
  jumpWallClock(toMs: number): void;
  /** A process that did not run for so long: a timer that came due meanwhile fires late, and once. */
  stall(ms: number): Promise<void>;
}

const START_MS = Date.UTC(2026, 10, 24, 1, 0, 0);

/** A fake clock on sinon's timers; `startMs` is wall time, by default a Tuesday at ten in Japan. */
export function createFakeClock(startMs = START_MS): FakeClock {
  const timers = sinon.useFakeTimers({ now: 0, toFake: ["queueMicrotask"] });
  timers.uninstall();
  let wallOffsetMs = startMs;
  return {
    nowMs: () => wallOffsetMs + timers.now,
    monotonicMs: () => timers.now,
    setTimer(delayMs, fn) {
      const id = timers.setTimeout(fn, delayMs);
      return { cancel: () => timers.clearTimeout(id) };
    },
    async advance(ms) {
      await timers.tickAsync(ms);
    },
    jumpWallClock(toMs) {
      wallOffsetMs = toMs - timers.now;
    },
    async stall(ms) {
      timers.jump(ms);
      await timers.tickAsync(0);
    },
  };
}
