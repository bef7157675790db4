import { createSteppedClock } from "../../../src/kernel/stepped-clock.ts";
import type { Time } from "./world.ts";

const TUESDAY_MS = Date.UTC(2026, 10, 24, 1, 0, 0);

/** Time for a driver and its machine in one process. The driver's timers are counted apart from the machine's. */
export function steppedTime(): Time & { readonly machineClock: Time["clock"] } {
  const clock = createSteppedClock(TUESDAY_MS);
  const driver = clock.view();
  return {
    clock: driver,
    machineClock: clock,
    sleep: (ms) => new Promise((resolve) => clock.setTimer(ms, resolve)),
    until: (promise, maxMs) => clock.until(promise, maxMs),
    pending: driver.pending,
  };
}
