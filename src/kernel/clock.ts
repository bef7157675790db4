import type { Failure } from "./errors/failure.ts";
import { fail, ok, type Result } from "./result.ts";

/** A timer that can be called off. Calling it off twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The two clocks and the timers, injected wherever time matters. Wall time is for documents, validity and logs;
 * monotonic time is for every wait, because the wall clock may jump.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /** Milliseconds since an arbitrary moment; never goes back. */
  monotonicMs(): number;
  /** Calls `fn` once after `delayMs`. */
  setTimer(delayMs: number, fn: () => void): Timer;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, fn) {
    const handle = setTimeout(fn, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`, or at once with `K-CMD-102` when the signal aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<Result<void>> {
  return withTimeout(
    clock,
    { timeoutMs: delayMs, ...(signal ? { signal } : {}) },
    () => new Promise<never>(() => {}),
  ).then((r): Result<void> => (!r.ok && r.error.code === "K-CMD-101" ? ok() : (r as Result<void>)));
}

/**
 * Runs `work` with an abort signal that fires on time-out (`K-CMD-101`) or when `options.signal` aborts (`K-CMD-102`).
 * Exactly one completion, whichever comes first; a result that arrives later is dropped. A throw of `work` passes through.
 */
export function withTimeout<T>(
  clock: Clock,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal; readonly what?: string },
  work: (signal: AbortSignal) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const detail = options.what ? { what: options.what } : undefined;
  if (options.signal?.aborted) return Promise.resolve(fail("K-CMD-102", detail));
  return new Promise((resolve, reject) => {
    const inner = new AbortController();
    const settle = (finish: () => void) => {
      timer.cancel();
      options.signal?.removeEventListener("abort", onAbort);
      finish();
    };
    const onAbort = () => {
      settle(() => resolve(fail("K-CMD-102", detail)));
      inner.abort();
    };
    const timer = clock.setTimer(options.timeoutMs, () => {
      settle(() => resolve(fail("K-CMD-101", { ...detail, timeoutMs: options.timeoutMs })));
      inner.abort();
    });
    options.signal?.addEventListener("abort", onAbort, { once: true });
    work(inner.signal).then(
      (result) => settle(() => resolve(result)),
      (thrown) => settle(() => reject(thrown)),
    );
  });
}
