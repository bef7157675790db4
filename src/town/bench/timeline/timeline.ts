import type { Clock, Timer } from "../../../kernel/clock.ts";
import type { TimelineEntry } from "../protocol.ts";

/** An entry that has no place in the order yet. */
export type NewEntry = Omit<TimelineEntry, "seq">;

/** Something whose news must be fetched: a file that grows. */
export interface TimelineSource {
  /** What is new since the last call, oldest first. */
  poll(): readonly NewEntry[];
  close(): void;
}

/** What happened lately, in one order. */
export interface Timeline {
  add(entry: NewEntry): void;
  /** The entries after a number, at most `limit`, and how many of them are no longer kept. */
  after(seq: number, limit: number): { readonly entries: readonly TimelineEntry[]; readonly missed: number };
  newestSeq(): number;
  onNews(listener: () => void): void;
  /** Fetches what the sources have and lets through what is settled; done by itself every `ROUND_MS`. */
  round(): void;
  close(): void;
}

/** Entries that are kept for a page that comes later. */
export const TIMELINE_HISTORY = 2_000;
const ROUND_MS = 250;
/**
 * Entries wait this long before they get their place: what other sources say of the same moment has arrived by then (a log
 * line goes through a pipe and a file).
 */
const SETTLE_MS = 200;
/** Nothing waits longer than this: the wall clock was set back, and its times are no measure any more. */
const MAX_SETTLE_MS = 2_000;
/** More than a busy second has; what comes beyond is dropped, the oldest first. */
const MAX_WAITING = 5_000;

/**
 * Brings the entries of several sources into one order by their time. Entries of one source never change their order among
 * themselves, whatever its clock says.
 */
export function createTimeline(options: {
  readonly clock: Clock;
  readonly sources: readonly TimelineSource[];
}): Timeline {
  const { clock, sources } = options;
  const listeners: (() => void)[] = [];
  const lastAtMs = new Map<string, number>();
  let waiting: { readonly entry: NewEntry; readonly arrivedMs: number }[] = [];
  let history: TimelineEntry[] = [];
  let newest = 0;
  let timer: Timer | undefined;

  const hold = (entry: NewEntry) => {
    const key = `${entry.kind}/${entry.source}`;
    const atMs = Math.max(entry.atMs, lastAtMs.get(key) ?? 0);
    lastAtMs.set(key, atMs);
    waiting.push({ entry: { ...entry, atMs }, arrivedMs: clock.monotonicMs() });
    if (waiting.length > MAX_WAITING) waiting = waiting.slice(-MAX_WAITING);
  };

  const round = () => {
    for (const source of sources) for (const entry of source.poll()) hold(entry);
    const settledMs = clock.nowMs() - SETTLE_MS;
    const overdueMs = clock.monotonicMs() - MAX_SETTLE_MS;
    const isReady = ({ entry, arrivedMs }: (typeof waiting)[number]) =>
      entry.atMs <= settledMs || arrivedMs <= overdueMs;
    const ready = waiting.filter(isReady).sort((a, b) => a.entry.atMs - b.entry.atMs);
    if (ready.length === 0) return;
    waiting = waiting.filter((one) => !isReady(one));
    for (const { entry } of ready) {
      newest += 1;
      history.push({ seq: newest, ...entry });
    }
    if (history.length > TIMELINE_HISTORY) history = history.slice(-TIMELINE_HISTORY);
    for (const listener of listeners) listener();
  };

  const again = () => {
    timer = clock.setTimer(ROUND_MS, () => {
      round();
      again();
    });
  };
  again();

  return {
    add: hold,
    round,
    newestSeq: () => newest,
    after(seq, limit) {
      const from = Math.max(0, seq);
      const oldest = history[0]?.seq ?? newest + 1;
      const missed = Math.max(0, oldest - 1 - from);
      return { entries: history.filter((entry) => entry.seq > from).slice(0, limit), missed };
    },
    onNews: (listener) => void listeners.push(listener),
    close() {
      timer?.cancel();
      for (const source of sources) source.close();
    },
  };
}
