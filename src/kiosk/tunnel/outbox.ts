import type { Clock, Timer } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { Result } from "../../kernel/result.ts";
import type { Journal, QueuedMessage, Uplink } from "../ports.ts";

/** Sends what must reach a centre, for as long as that takes. */
export interface OutboxSender {
  /** Something was put into the outbox, or a link came back: try now. */
  kick(): void;
  /** Stops after the message that is under way; resolves when nothing is. */
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 300_000;

/**
 * Sends the journal's outbox in the background. A message goes only on the centre's own answer; a failure leaves it where
 * it is, lets the others pass and is tried again after a pause that doubles up to five minutes. After a long outage a
 * whole fleet comes back at once, so each pause is stretched by chance (`random` gives 0…1).
 */
export function createOutboxSender(options: {
  readonly journal: Pick<Journal, "queued" | "dequeue">;
  readonly uplink: Pick<Uplink, "usage" | "settle">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: () => number;
}): OutboxSender {
  const { journal, uplink, clock, logger, random = Math.random } = options;
  const closing = new AbortController();
  let pauseMs = FIRST_PAUSE_MS;
  let timer: Timer | undefined;
  let again = false;
  let round: Promise<void> | undefined;

  const deliver = (message: QueuedMessage): Promise<Result<void>> =>
    message.kind === "usage"
      ? uplink.usage(message.body, { signal: closing.signal })
      : uplink.settle(message.body, { signal: closing.signal });

  const sendAll = async (): Promise<boolean> => {
    let allSent = true;
    for (const message of journal.queued()) {
      if (closing.signal.aborted) return true;
      const sent = await deliver(message);
      if (sent.ok) journal.dequeue(message.id);
      else if (!closing.signal.aborted) {
        allSent = false;
        logger.event("outbox.failed", { kind: message.kind, code: sent.error.code });
      }
    }
    return allSent;
  };

  const run = async (): Promise<void> => {
    do {
      again = false;
      if (await sendAll()) pauseMs = FIRST_PAUSE_MS;
      else if (!again && !closing.signal.aborted) {
        timer = clock.setTimer(pauseMs * (1 + random()), kick);
        pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
      }
    } while (again && !closing.signal.aborted);
  };

  function kick(): void {
    timer?.cancel();
    again = true;
    if (round || closing.signal.aborted) return;
    round = run().finally(() => {
      round = undefined;
    });
  }

  return {
    kick,
    async close() {
      closing.abort();
      timer?.cancel();
      await round;
    },
  };
}
