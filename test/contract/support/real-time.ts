import { systemClock } from "../../../src/kernel/clock.ts";
import type { Time } from "./world.ts";

/** The machine's own time, for links whose bytes really travel. */
export function realTime(): Time {
  const clock = systemClock;
  return {
    clock,
    sleep: (ms) => new Promise((resolve) => clock.setTimer(ms, resolve)),
    until(promise, maxMs) {
      return new Promise((resolve, reject) => {
        const timer = clock.setTimer(maxMs, () => reject(new Error(`did not settle in ${maxMs} ms`)));
        promise.then(resolve, reject).finally(timer.cancel);
      });
    },
    pending: () => undefined,
  };
}
