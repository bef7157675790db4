import type { Clock, Timer } from "../../kernel/clock.ts";
import type { BenchEvent, BenchState } from "./protocol.ts";
import type { Timeline } from "./timeline/timeline.ts";

/** A page that is told of changes. */
export interface WatchingPage {
  send(text: string): void;
  /** What was sent and not yet taken. */
  waitingBytes(): number;
}

/** Everybody who is told of changes. */
export interface Watchers {
  /** Tells a page of the state and the timeline from now on, beginning behind entry `after`; returns how to stop. */
  add(page: WatchingPage, after: number): () => void;
  /** Something on the machine changed. */
  stateChanged(): void;
  close(): void;
}

/** Changes that come together are told together: a payout moves a coin every few milliseconds. */
const GATHER_MS = 40;
/** A page that takes nothing gets nothing more until it has caught up; the history bridges the gap. */
const MAX_WAITING_BYTES = 1_000_000;
const MAX_BATCH = 500;
/** How often a page that was too slow is looked at again. */
const RETRY_MS = 500;

/** Tells pages of the machine's state and of the timeline, as fast as each can take it. */
export function createWatchers(options: {
  readonly clock: Clock;
  readonly state: () => BenchState;
  readonly timeline: Timeline;
}): Watchers {
  const { clock, timeline } = options;
  const pages = new Map<WatchingPage, { seq: number; stateOwed: boolean }>();
  let timer: Timer | undefined;

  const say = (page: WatchingPage, event: BenchEvent) => page.send(JSON.stringify(event));
  const gather = (delayMs: number) => {
    timer ??= clock.setTimer(delayMs, () => {
      timer = undefined;
      tellAll();
    });
  };

  const tellTimeline = (page: WatchingPage, known: { seq: number }) => {
    while (known.seq < timeline.newestSeq() && page.waitingBytes() <= MAX_WAITING_BYTES) {
      const { entries, missed } = timeline.after(known.seq, MAX_BATCH);
      known.seq = entries.at(-1)?.seq ?? timeline.newestSeq();
      say(page, { event: "timeline", entries, missed });
    }
  };

  const tellAll = () => {
    let behind = false;
    for (const [page, known] of pages) {
      if (known.stateOwed && page.waitingBytes() <= MAX_WAITING_BYTES) {
        known.stateOwed = false;
        say(page, { event: "state", state: options.state() });
      }
      tellTimeline(page, known);
      behind ||= known.stateOwed || known.seq < timeline.newestSeq();
    }
    if (behind) gather(RETRY_MS);
  };

  timeline.onNews(() => {
    if (pages.size > 0) gather(0);
  });
  return {
    add(page, after) {
      // A page from before this bench was started knows numbers that are still to come.
      pages.set(page, { seq: after > timeline.newestSeq() ? 0 : after, stateOwed: true });
      gather(0);
      return () => void pages.delete(page);
    },
    stateChanged() {
      for (const known of pages.values()) known.stateOwed = true;
      if (pages.size > 0) gather(GATHER_MS);
    },
    close() {
      timer?.cancel();
      pages.clear();
    },
  };
}
