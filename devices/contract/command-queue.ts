import type { Clock } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import { err, fail, type Result } from "../../src/kernel/result.ts";
import type { CommandOptions } from "./device.ts";

export interface QueueOptions {
  /** Milliseconds from the call to the completion, waiting in the queue included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * When a time-out or a cancel completes the command. `atOnce` (default): immediately, and a late result is dropped.
   * `whenWorkEnds`: the work's signal aborts and the work itself says what came of it: for commands that leave something
   * behind (coins paid, a slot open). Such work must end soon after its signal.
   */
  readonly completion?: "atOnce" | "whenWorkEnds";
}

/** Runs commands one at a time. */
export interface CommandQueue {
  /**
   * Runs `work` when everything before it has ended. Exactly one completion: the work's own, `K-CMD-101` after the
   * time-out, or `K-CMD-102` when the caller cancels or the queue closes.
   */
  run<T>(what: string, options: QueueOptions, work: (signal: AbortSignal) => Promise<Result<T>>): Promise<Result<T>>;
  /** A command is running or waiting. */
  busy(): boolean;
  /** Cancels everything; every later command completes with `K-CMD-102`. */
  close(): void;
}

/**
 * A queue for one device.
 *
 * INVARIANT: two works never overlap. A work that was timed out keeps its place until its promise settles, because a
 * command that still holds the device must not meet the next one there. So work has to honour its signal.
 */
export function createCommandQueue(clock: Clock): CommandQueue {
  const closing = new AbortController();
  let tail: Promise<void> = Promise.resolve();
  let pending = 0;
  return {
    run<T>(what: string, options: QueueOptions, work: (signal: AbortSignal) => Promise<Result<T>>) {
      if (closing.signal.aborted || options.signal?.aborted) return Promise.resolve(fail("K-CMD-102", { what }));
      pending += 1;
      return new Promise<Result<T>>((resolve, reject) => {
        const inner = new AbortController();
        let started = false;
        const giveUp = (cause: Failure) => {
          inner.abort(cause);
          if (!started || options.completion !== "whenWorkEnds") resolve(err(cause));
        };
        const cancel = () => giveUp(failure("K-CMD-102", { what }));
        const timer = clock.setTimer(options.timeoutMs, () =>
          giveUp(failure("K-CMD-101", { what, timeoutMs: options.timeoutMs })),
        );
        const caller = options.signal;
        caller?.addEventListener("abort", cancel, { once: true });
        closing.signal.addEventListener("abort", cancel, { once: true });
        const turn = async () => {
          try {
            if (inner.signal.aborted) return;
            started = true;
            resolve(await work(inner.signal));
          } catch (thrown) {
            reject(thrown);
          } finally {
            pending -= 1;
            timer.cancel();
            caller?.removeEventListener("abort", cancel);
            closing.signal.removeEventListener("abort", cancel);
          }
        };
        tail = tail.then(turn);
      });
    },
    busy: () => pending > 0,
    close: () => closing.abort(),
  };
}

/** Why a work's signal aborted: `K-CMD-101` or `K-CMD-102`, for work that says itself what came of it. */
export function abortedBy(signal: AbortSignal): Failure {
  return signal.reason as Failure;
}

/** A command's own time-out and signal over the device's default. */
export function queueOptions(options: CommandOptions | undefined, defaultTimeoutMs: number): QueueOptions {
  return { timeoutMs: options?.timeoutMs ?? defaultTimeoutMs, signal: options?.signal };
}
