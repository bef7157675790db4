import type { Clock, Timer } from "../../src/kernel/clock.ts";
import { createListeners } from "../contract/listeners.ts";

/** Whether a card lies on the reader, without the flicker of a card that is being laid down, moved or lifted. */
export interface SettledPresence {
  /** What was told last. */
  present(): boolean;
  /** What the reader sees now. */
  see(present: boolean): void;
  /** The reader itself is away: nothing lies on it, which is told at once. */
  lose(): void;
  onPresence(listener: (present: boolean) => void): () => void;
  /** Ends the timer. */
  close(): void;
}

/**
 * A change is told when it has lasted `settleMs`, and what is undone sooner is never told: a card that is being laid down
 * is read when it lies, and one that is shifted was never away. A session does not wait for that: it ends with the first
 * loss of the field, because the card has forgotten it.
 */
export function createSettledPresence(clock: Clock, settleMs: number): SettledPresence {
  const listeners = createListeners<boolean>();
  let told = false;
  let seen = false;
  let settling: Timer | undefined;

  const tell = () => {
    settling = undefined;
    if (told === seen) return;
    told = seen;
    listeners.emit(told);
  };

  return {
    present: () => told,
    see(present) {
      if (present === seen) return;
      seen = present;
      settling?.cancel();
      settling = undefined;
      if (settleMs === 0) tell();
      else if (seen !== told) settling = clock.setTimer(settleMs, tell);
    },
    lose() {
      seen = false;
      settling?.cancel();
      tell();
    },
    onPresence: listeners.add,
    close: () => settling?.cancel(),
  };
}
