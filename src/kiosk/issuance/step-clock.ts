import type { Clock, Timer } from "../../kernel/clock.ts";
import type { RemainingTime } from "../../protocol/panel.ts";
import { type FlowContext, MAX_EXTENSIONS } from "./flow/context.ts";
import { machineWaits, type WaitName } from "./flow/effect.ts";
import type { TimeEvent } from "./flow/events.ts";
import { type Waits, waitMs } from "./waits.ts";

/** The one clock of the step that is shown. */
export interface StepClock {
  /** Starts anew, for this step. */
  start(name: WaitName): void;
  stop(): void;
  /** What the citizen still has; undefined in steps of the machine. */
  remaining(c: FlowContext): RemainingTime | undefined;
}

/** A step clock that tells `timeWarning` (citizens' steps only) and `timeOver`. */
export function createStepClock(clock: Clock, waits: Waits, tell: (event: TimeEvent) => void): StepClock {
  let timers: Timer[] = [];
  let running: { readonly name: WaitName; readonly endsAtMs: number } | undefined;
  const stop = () => {
    for (const timer of timers) timer.cancel();
    timers = [];
    running = undefined;
  };
  return {
    start(name) {
      stop();
      const lengthMs = waitMs(waits, name);
      running = { name, endsAtMs: clock.monotonicMs() + lengthMs };
      if (!machineWaits.has(name) && lengthMs > waits.warningMs) {
        timers.push(clock.setTimer(lengthMs - waits.warningMs, () => tell({ type: "timeWarning" })));
      }
      timers.push(clock.setTimer(lengthMs, () => tell({ type: "timeOver" })));
    },
    stop,
    remaining(c) {
      if (!running || machineWaits.has(running.name)) return undefined;
      return {
        leftMs: Math.max(0, Math.round(running.endsAtMs - clock.monotonicMs())),
        warning: c.warning,
        extendable: c.extensions < MAX_EXTENSIONS,
      };
    },
  };
}
