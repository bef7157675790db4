import type { Clock } from "./clock.ts";

/** How much one party may ask. */
export interface Rate {
  /** Requests at once, after a pause. */
  readonly burst: number;
  /** Requests a minute on average. */
  readonly perMinute: number;
}

/** A token bucket for each name: true takes a token, false means that there is none left at this moment. */
export type RateLimit = (name: string) => boolean;

const MINUTE_MS = 60_000;
const DEFAULT_MAX_NAMES = 100_000;

/**
 * Buckets on the monotonic clock. No more than `maxNames` are held: the one that was used least lately goes first, so a
 * flood of new names costs memory of that size and forgets old ones.
 */
export function createRateLimit(
  rate: Rate,
  clock: Pick<Clock, "monotonicMs">,
  maxNames: number = DEFAULT_MAX_NAMES,
): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (name) => {
    const nowMs = clock.monotonicMs();
    const bucket = buckets.get(name) ?? { tokens: rate.burst, atMs: nowMs };
    const refilled = bucket.tokens + ((nowMs - bucket.atMs) * rate.perMinute) / MINUTE_MS;
    const tokens = Math.min(rate.burst, refilled);
    const allowed = tokens >= 1;
    // A map keeps the order in which names came: taken out and put in again, a name is the newest.
    buckets.delete(name);
    buckets.set(name, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    const [oldest] = buckets.size > maxNames ? buckets.keys() : [];
    if (oldest !== undefined) buckets.delete(oldest);
    return allowed;
  };
}
