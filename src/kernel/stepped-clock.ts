import type { Clock } from "./clock.ts";

/** A clock that moves only when it is told to, from timer to timer: for replays and for tests by the thousand. */
export interface SteppedClock extends Clock {
  /** Fires what falls due within `ms`, in order; everything that a timer sets in motion happens before the next one. */
  advance(ms: number): Promise<void>;
  /** Moves on until `promise` settles. Throws when nothing is left to wait for, or after `maxMs`. */
  until<T>(promise: Promise<T>, maxMs?: number): Promise<T>;
  /** Timers that are set and neither fired nor were cancelled. */
  pending(): number;
  /** The same time, with its timers counted apart: to see which owner leaves some behind. */
  view(): Clock & { pending(): number };
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

const DEFAULT_MAX_MS = 600_000;

/**
 * A stepped clock that begins at zero; `startMs` is its wall time then. Between two timers it lets every promise settle
 * that needs no system call, which one turn of the event loop guarantees.
 */
export function createSteppedClock(startMs = 0): SteppedClock {
  const queue: Entry[] = [];
  let nowMs = 0;
  let order = 0;

  function add(delayMs: number, fire: () => void): () => boolean {
    const entry: Entry = { atMs: nowMs + Math.max(0, delayMs), order, fire };
    order += 1;
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((queue[middle] as Entry).atMs <= entry.atMs) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, entry);
    return () => {
      const at = queue.indexOf(entry);
      if (at >= 0) queue.splice(at, 1);
      return at >= 0;
    };
  }

  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

  async function step(endMs: number): Promise<boolean> {
    await turn();
    const next = queue[0];
    if (!next || next.atMs > endMs) return false;
    queue.shift();
    nowMs = next.atMs;
    next.fire();
    return true;
  }

  const base: Clock = {
    nowMs: () => startMs + nowMs,
    monotonicMs: () => nowMs,
    setTimer(delayMs, fn) {
      const remove = add(delayMs, fn);
      return { cancel: () => void remove() };
    },
  };

  return {
    ...base,
    pending: () => queue.length,
    async advance(ms) {
      const endMs = nowMs + ms;
      while (await step(endMs));
      nowMs = endMs;
      await turn();
    },
    async until(promise, maxMs = DEFAULT_MAX_MS) {
      let done = false;
      const mark = () => {
        done = true;
      };
      promise.then(mark, mark);
      const endMs = nowMs + maxMs;
      await turn();
      while (!done) {
        if (!(await step(endMs)) && !done) throw new Error(`nothing settled it in ${maxMs} ms of the stepped clock`);
        if (!done) await Promise.resolve();
      }
      return promise;
    },
    view() {
      let mine = 0;
      return {
        ...base,
        pending: () => mine,
        setTimer(delayMs, fn) {
          mine += 1;
          const remove = add(delayMs, () => {
            mine -= 1;
            fn();
          });
          return {
            cancel: () => {
              if (remove()) mine -= 1;
            },
          };
        },
      };
    },
  };
}
