import type { Clock } from "../../src/kernel/clock.ts";

/** Documents whose jobs a command cares for now, so that nobody takes them for stale ones. */
export interface JobClaims {
  /** Claims a document; the returned function gives the claim back, and it lasts for `restMs` more. */
  claim(documentId: string): (restMs: number) => void;
  /** Whether a job is cared for. One without a name may be any, so it is while any document is claimed. */
  claimed(jobName: string | undefined): boolean;
}

/** No claims yet. Claims that have lapsed are forgotten with the next look. */
export function createJobClaims(clock: Clock): JobClaims {
  const claims = new Map<string, { holders: number; untilMs: number }>();
  const forgetLapsed = () => {
    for (const [documentId, { holders, untilMs }] of claims) {
      if (holders === 0 && clock.monotonicMs() >= untilMs) claims.delete(documentId);
    }
  };
  return {
    claim(documentId) {
      const held = claims.get(documentId) ?? { holders: 0, untilMs: 0 };
      held.holders += 1;
      claims.set(documentId, held);
      return (restMs) => {
        held.holders -= 1;
        held.untilMs = clock.monotonicMs() + restMs;
        forgetLapsed();
      };
    },
    claimed(jobName) {
      forgetLapsed();
      return jobName === undefined ? claims.size > 0 : claims.has(jobName);
    },
  };
}
