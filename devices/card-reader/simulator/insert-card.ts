import type { Clock } from "../../../src/kernel/clock.ts";
import { failure } from "../../../src/kernel/errors/failure.ts";
import { type Logger, silentLogger } from "../../../src/kernel/logger.ts";
import { ok, type Result } from "../../../src/kernel/result.ts";
import { type Backoff, createSupervisedLink } from "../../contract/link.ts";
import { openerFor } from "../../contract/openers.ts";
import { control, createFrameParser, encodeFrame, type FrameParser } from "../vpcd-framing.ts";
import type { SimulatedCard } from "./simulated-card.ts";

/** A card that lies on a reader. */
export interface InsertedCard {
  /** Whether the reader's slot holds it now; false while the reader's process is away. */
  connected(): boolean;
  /** Takes the card off. Idempotent. */
  remove(): Promise<void>;
}

export interface InsertOptions {
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Called when the card is gone without `remove`: it was pulled by its own fault (`dieAfter`). */
  readonly onPulled?: () => void;
  /** How soon a card on the tray touches the reader again, after a lost field or when the reader is back. */
  readonly backoff?: Backoff;
}

const BACKOFF: Backoff = { firstMs: 50, maxMs: 250 };

/**
 * Puts a card on a reader that listens on `unix:/path` (the embedded reader) or `tcp:host:port` (vpcd). While the card
 * physically lies there it connects again and again, so a restarted kiosk finds it. `K-LINK-103` for another address.
 */
export function insertCard(card: SimulatedCard, target: string, options: InsertOptions): Result<InsertedCard> {
  const opener = openerFor(target);
  if (!opener.ok) return opener;
  const link = createSupervisedLink({
    name: "card",
    opener: opener.value,
    clock: options.clock,
    logger: options.logger ?? silentLogger,
    backoff: options.backoff ?? BACKOFF,
  });
  let parser: FrameParser = createFrameParser();
  const answer = (message: Uint8Array) => void link.write(encodeFrame(message));

  const hear = (message: Uint8Array) => {
    if (message.length === 1) {
      if (message[0] === control.atr) answer(card.atr);
      else card.reset();
      return;
    }
    const reaction = card.exchange(message);
    if ("answer" in reaction) answer(reaction.answer);
    else if (reaction.fault === "pulled") {
      void link.close();
      options.onPulled?.();
    } else if (reaction.fault === "dropout") link.reopen(failure("K-CARD-103"));
  };

  link.onUp(() => {
    parser = createFrameParser();
    card.reset();
  });
  link.onData((bytes) => {
    for (const message of parser.push(bytes)) hear(message);
  });
  return ok({ connected: link.connected, remove: () => link.close() });
}
