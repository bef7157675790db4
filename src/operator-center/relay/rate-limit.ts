import type { Clock } from "../../kernel/clock.ts";

/** How much one kiosk may send. */
export interface Rate {
  /** Requests at once, after a pause. */
  readonly burst: number;
  /** Requests a minute on average. */
  readonly perMinute: number;
}

/** A token bucket for each kiosk: true takes a token, false means that there is none left at this moment. */
export type RateLimit = (kiosk: string) => boolean;

const MINUTE_MS = 60_000;

/** Buckets on the monotonic clock. Only kiosks with a certificate of ours have one, so their number is bounded. */
export function createRateLimit(rate: Rate, clock: Pick<Clock, "monotonicMs">): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (kiosk) => {
    const nowMs = clock.monotonicMs();
    const bucket = buckets.get(kiosk) ?? { tokens: rate.burst, atMs: nowMs };
    const refilled = bucket.tokens + ((nowMs - bucket.atMs) * rate.perMinute) / MINUTE_MS;
    const tokens = Math.min(rate.burst, refilled);
    const allowed = tokens >= 1;
    buckets.set(kiosk, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    return allowed;
  };
}
