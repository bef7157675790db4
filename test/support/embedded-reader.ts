import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CardSession } from "../../devices/card-reader/port.ts";
import { createCardReader, type SupervisedCardReader } from "../../devices/card-reader/reader.ts";
import { type InsertedCard, insertCard } from "../../devices/card-reader/simulator/insert-card.ts";
import type { SimulatedCard } from "../../devices/card-reader/simulator/simulated-card.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { type Logger, silentLogger } from "../../src/kernel/logger.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { untilPresence } from "./reader-waits.ts";

/** A place for the reader with its real child process and the embedded reader's socket; a card is a client of that socket. */
export function createReaderPlace() {
  const folder = mkdtempSync(join(tmpdir(), "card-"));
  const endings: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true })];
  const place = {
    folder,
    address: `unix:${join(folder, "reader")}`,
    /** Presence is told at once unless a test is about its settling. */
    startReader(options: { clock?: Clock; logger?: Logger; settleMs?: number } = {}): SupervisedCardReader {
      const { clock = systemClock, logger = silentLogger, settleMs = 0 } = options;
      const backoff = { firstMs: 1, maxMs: 5 };
      const { address } = place;
      const reader = unwrap(createCardReader({ name: "card", address, clock, logger, backoff, settleMs }));
      endings.push(() => reader.close());
      return reader;
    },
    put(card: SimulatedCard): InsertedCard {
      const backoff = { firstMs: 2, maxMs: 4 };
      const inserted = unwrap(insertCard(card, place.address, { clock: systemClock, backoff }));
      endings.push(() => inserted.remove());
      return inserted;
    },
    async sessionWith(card: SimulatedCard, reader: SupervisedCardReader): Promise<[CardSession, InsertedCard]> {
      const inserted = place.put(card);
      await untilPresence(reader, true);
      return [unwrap(await reader.connect()), inserted];
    },
    /** Ends readers and cards, the last first, and removes the folder. */
    async end(): Promise<void> {
      for (const end of endings.reverse()) await end();
    },
  };
  return place;
}
