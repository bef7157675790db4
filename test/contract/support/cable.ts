import type { Clock } from "../../../src/kernel/clock.ts";
import type { Chunk, Direction, Disturbance, Line } from "./line.ts";

/** How many chunks a cable remembers; a session has fewer. */
const MAX_CHUNKS = 20_000;

/** What every line is made of, whatever carries its bytes: memory, sockets or questions and answers. */
export interface Cable {
  /** The part of a line's hands that does not depend on what carries the bytes. */
  readonly hands: Pick<Line, "start" | "chunks" | "position" | "disturb" | "watch" | "setPace" | "unplug" | "plug">;
  /** Settled when the line may be opened. */
  readonly started: Promise<void>;
  isPulled(): boolean;
  /** Notes bytes that enter the cable, and gives what comes out at its other end. */
  enter(dir: Direction, bytes: Uint8Array): readonly Uint8Array[];
  /** Calls `deliver` when what entered now arrives: at once without a pace. */
  arrive(deliver: () => void): void;
}

/** A cable that is plugged in and not started. `onPulled` breaks what is connected at that moment. */
export function createCable(clock: Pick<Clock, "setTimer">, onPulled: () => void): Cable {
  const chunks: Chunk[] = [];
  let position = 0;
  let pulled = false;
  let paceMs = 0;
  let disturbance: Disturbance | undefined;
  let watcher: ((chunk: Chunk) => void) | undefined;
  let start = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });

  function plug(): void {
    pulled = false;
  }

  return {
    hands: {
      start,
      chunks,
      position: () => position,
      disturb(next) {
        disturbance = next;
      },
      watch(next) {
        watcher = next;
      },
      setPace(ms) {
        paceMs = ms;
      },
      unplug(forMs) {
        pulled = true;
        onPulled();
        if (forMs !== undefined) clock.setTimer(forMs, plug);
      },
      plug,
    },
    started,
    isPulled: () => pulled,
    enter(dir, bytes) {
      const chunk: Chunk = { dir, bytes, from: position, index: chunks.length };
      position += bytes.length;
      if (chunks.length < MAX_CHUNKS) chunks.push(chunk);
      watcher?.(chunk);
      return disturbance?.(chunk) ?? [bytes];
    },
    arrive(deliver) {
      if (paceMs > 0) clock.setTimer(paceMs, deliver);
      else deliver();
    },
  };
}
