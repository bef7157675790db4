import type { Clock } from "../../kernel/clock.ts";

/** Machine time of the stages of one session, on the monotonic clock. A stage that is repeated counts its last run. */
export interface Timings {
  /** Runs a stage and notes how long it took, however it ended. */
  measure<T>(stage: string, work: () => Promise<T>): Promise<T>;
  /** Remembers a moment. */
  mark(moment: string): void;
  /** Notes the time since a moment as a stage; nothing when the moment never was. */
  since(moment: string, stage: string): void;
  /** Notes a stage whose length was measured elsewhere. */
  note(stage: string, ms: number): void;
  /** Milliseconds of each stage, rounded to hundredths. */
  all(): Readonly<Record<string, number>>;
}

/** A stop-watch for one session. */
export function createTimings(clock: Pick<Clock, "monotonicMs">): Timings {
  const stages: Record<string, number> = {};
  const moments = new Map<string, number>();
  const note = (stage: string, ms: number) => {
    stages[stage] = Math.round(ms * 100) / 100;
  };
  return {
    async measure(stage, work) {
      const from = clock.monotonicMs();
      try {
        return await work();
      } finally {
        note(stage, clock.monotonicMs() - from);
      }
    },
    mark: (moment) => void moments.set(moment, clock.monotonicMs()),
    since(moment, stage) {
      const from = moments.get(moment);
      if (from !== undefined) note(stage, clock.monotonicMs() - from);
    },
    note,
    all: () => ({ ...stages }),
  };
}
