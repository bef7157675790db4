import type { CreditReading, CreditResult } from "./codec/replies.ts";

/** What a reading of header 229 proves, seen from the last counter that is in the journal. */
export interface CounterVerdict {
  /** The counter to keep. */
  readonly counter: number;
  /** New results, oldest first. */
  readonly results: readonly CreditResult[];
  /** Events whose results were overwritten. */
  readonly lostEvents: number;
  /** The acceptor lost its power since the last reading. */
  readonly reset: boolean;
}

const BUFFER_SIZE = 5;

/**
 * The loss-safe counter of ccTalk (part 1, "the event counter"): 0 only after power-up, then 1…255, 1…. The buffer holds
 * the five latest results, so up to five events between two readings lose nothing, and more than five lose exactly
 * `delta - 5`. `last` undefined means that the journal knows no counter: whatever the buffer holds belongs to somebody
 * else's time, and nothing is credited. `restarted` tells a power-up that was seen in another way (its inhibits were gone)
 * although the counter has moved on since.
 */
export function applyReading(last: number | undefined, reading: CreditReading, restarted = false): CounterVerdict {
  const { counter, results } = reading;
  if (last === undefined) return { counter, results: [], lostEvents: 0, reset: false };
  const reset = restarted || (counter === 0 && last !== 0);
  const delta = reset ? counter : counter >= last ? counter - last : counter + 255 - last;
  return {
    counter,
    results: results.slice(0, Math.min(delta, BUFFER_SIZE)).reverse(),
    lostEvents: Math.max(0, delta - BUFFER_SIZE),
    reset,
  };
}
