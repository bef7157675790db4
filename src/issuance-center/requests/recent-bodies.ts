import type { Clock } from "../../kernel/clock.ts";
import { Personal } from "../../kernel/personal.ts";

/**
 * Bodies of replies that were given a short while ago, in memory only: a repeat of the same request under another message
 * id gets the same content, although the centre stores nothing that it could read again.
 */
export interface RecentBodies {
  /** The body that was kept for a request's step, or undefined. */
  get<T>(step: string): T | undefined;
  put(step: string, body: unknown): void;
  /** Drops what is over. */
  sweep(): void;
  /** Drops everything. */
  clear(): void;
}

const LIFE_MS = 180_000;
/** Beyond this the oldest goes: a body may hold a megabyte of pages. */
const MAX_BODIES = 100;

/** An empty memory. */
export function createRecentBodies(clock: Pick<Clock, "monotonicMs">): RecentBodies {
  const bodies = new Map<string, { readonly body: Personal<unknown>; readonly untilMs: number }>();
  const drop = (step: string) => {
    bodies.get(step)?.body.wipe();
    bodies.delete(step);
  };
  const sweep = () => {
    for (const [step, { untilMs }] of bodies) if (untilMs <= clock.monotonicMs()) drop(step);
  };
  return {
    get: <T>(step: string) => {
      sweep();
      return bodies.get(step)?.body.reveal() as T | undefined;
    },
    put(step, body) {
      drop(step);
      const [oldest] = bodies.keys();
      if (bodies.size >= MAX_BODIES && oldest !== undefined) drop(oldest);
      bodies.set(step, { body: new Personal(body), untilMs: clock.monotonicMs() + LIFE_MS });
    },
    sweep,
    clear() {
      for (const step of [...bodies.keys()]) drop(step);
    },
  };
}
