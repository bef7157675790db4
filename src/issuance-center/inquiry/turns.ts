import { fail, ok, type Result } from "../../kernel/result.ts";

/** Lets only so many files in, and only so many of them be worked on side by side. */
export interface Turns {
  /** A place for a file that is about to be read into memory. `K-INQ-101` when all are taken. */
  enter(): Result<Place>;
}

export interface Place {
  /** Resolves when it is this one's turn; `K-CMD-102` when it is given up before. */
  turn(signal: AbortSignal): Promise<Result<void>>;
  /** Gives the turn to the next and keeps the place, for an answer that is still being taken. Idempotent. */
  rest(): void;
  /** Gives place and turn to the next. Idempotent. */
  leave(): void;
}

/** `atOnce` are worked on; `waiting` more are held. */
export function createTurns(limits: { readonly atOnce: number; readonly waiting: number }): Turns {
  let inside = 0;
  let working = 0;
  const queue: (() => void)[] = [];

  function createPlace(): Place {
    let works = false;
    let left = false;
    const begin = () => {
      works = true;
      working += 1;
    };
    const rest = () => {
      if (!works) return;
      works = false;
      working -= 1;
      queue.shift()?.();
    };
    return {
      rest,
      turn(signal) {
        if (signal.aborted) return Promise.resolve(fail("K-CMD-102"));
        if (working < limits.atOnce) {
          begin();
          return Promise.resolve(ok());
        }
        return new Promise((resolve) => {
          const next = () => {
            signal.removeEventListener("abort", giveUp);
            begin();
            resolve(ok());
          };
          const giveUp = () => {
            queue.splice(queue.indexOf(next), 1);
            resolve(fail("K-CMD-102"));
          };
          queue.push(next);
          signal.addEventListener("abort", giveUp, { once: true });
        });
      },
      leave() {
        if (left) return;
        left = true;
        inside -= 1;
        rest();
      },
    };
  }

  return {
    enter() {
      if (inside >= limits.atOnce + limits.waiting) return fail("K-INQ-101");
      inside += 1;
      return ok(createPlace());
    },
  };
}
