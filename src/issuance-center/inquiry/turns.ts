import { fail, ok, type Result } from "../../kernel/result.ts";

/** Lets only so many work side by side, and only so many wait. */
export interface Turns {
  /** Resolves when it is this one's turn; call what it gives when done. `K-INQ-101` when too many wait already. */
  take(signal: AbortSignal): Promise<Result<() => void>>;
}

export function createTurns(limits: { readonly atOnce: number; readonly waiting: number }): Turns {
  let working = 0;
  const queue: (() => void)[] = [];

  const begin = (): Result<() => void> => {
    working += 1;
    let done = false;
    return ok(() => {
      if (done) return;
      done = true;
      working -= 1;
      queue.shift()?.();
    });
  };

  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(fail("K-CMD-102"));
      if (working < limits.atOnce) return Promise.resolve(begin());
      if (queue.length >= limits.waiting) return Promise.resolve(fail("K-INQ-101"));
      return new Promise((resolve) => {
        const turn = () => {
          signal.removeEventListener("abort", leave);
          resolve(begin());
        };
        const leave = () => {
          queue.splice(queue.indexOf(turn), 1);
          resolve(fail("K-CMD-102"));
        };
        queue.push(turn);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
  };
}
