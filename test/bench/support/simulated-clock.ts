import type { Clock } from "../../../src/kernel/clock.ts";

/** A clock that runs as fast as the machine: for a day in a minute. */
export interface SimulatedClock extends Clock {
  /** Fires what is due, in order, until so much time has passed; between two timers everything that was set off runs out. */
  run(forMs: number): Promise<void>;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  /** Undefined when it was cancelled. */
  fire: (() => void) | undefined;
}

/** A clock at zero. Timers lie in a binary heap; a cancelled one is skipped when its time comes. */
export function createSimulatedClock(): SimulatedClock {
  const heap: Entry[] = [];
  let nowMs = 0;
  let order = 0;

  const before = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

  function push(entry: Entry): void {
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || !before(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  function pop(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!last || first === last) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const right = heap[child + 1];
      const left = heap[child];
      if (!left) break;
      let least = left;
      if (right && before(right, left)) {
        least = right;
        child += 1;
      }
      if (before(last, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer(delayMs, fire) {
      const entry: Entry = { atMs: nowMs + Math.max(0, delayMs), order: order++, fire };
      push(entry);
      return {
        cancel() {
          entry.fire = undefined;
        },
      };
    },
    async run(forMs) {
      const endMs = nowMs + forMs;
      for (;;) {
        // All microtasks, and what they set off, come before the next turn of the loop.
        await new Promise<void>((resolve) => setImmediate(resolve));
        while (heap[0] && !heap[0].fire) pop();
        const next = heap[0];
        if (!next || next.atMs > endMs) break;
        pop();
        nowMs = next.atMs;
        next.fire?.();
      }
      nowMs = endMs;
    },
  };
}
