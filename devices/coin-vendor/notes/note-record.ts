import { type Clock, sleep } from "../../../src/kernel/clock.ts";
import type { Failure } from "../../../src/kernel/errors/failure.ts";
import type { Logger } from "../../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../../src/kernel/result.ts";
import { abortedBy } from "../../contract/command-queue.ts";
import type { CoinEvents, CreditStore, NoteDenomination, StorageUnit } from "../port.ts";
import { NOTES_SOURCE, type NoteAcceptorParts } from "./note-acceptor.ts";

/** What happened to notes in one reading, on its way into the journal. */
export interface NoteNews {
  readonly counter?: number;
  readonly credits?: readonly NoteDenomination[];
  readonly stacked?: readonly NoteDenomination[];
  readonly returned?: readonly NoteDenomination[];
  readonly unproved?: readonly NoteDenomination[];
  readonly errors?: readonly number[];
  readonly lostEvents?: number;
  readonly reset?: boolean;
}

/** Where the note went that lay in the escrow last. */
export type NoteWay = "stacked" | "returned" | "unproved";

/** Writes what a note acceptor proved, in one durable write, and only then tells it. */
export interface NoteRecord {
  /** By the journal. */
  held(): NoteDenomination | undefined;
  /** Undefined while a note is held, and before the first one. */
  way(): NoteWay | undefined;
  write(news: NoteNews): void;
  state(): { readonly state: StorageUnit["state"]; readonly cause?: Failure };
  become(state: StorageUnit["state"], cause?: Failure): void;
}

/** The record of one note acceptor. */
export function createNoteRecord(
  parts: NoteAcceptorParts & { readonly name: string; readonly credits: CreditStore; readonly logger: Logger },
): NoteRecord {
  const { name: device, credits, logger } = parts;
  let way: NoteWay | undefined;
  let state: { readonly state: StorageUnit["state"]; readonly cause?: Failure } = { state: "inoperative" };

  return {
    held: () => credits.heldNote(NOTES_SOURCE),
    way: () => way,
    write(news) {
      const { stacked, returned, unproved } = news;
      const events: CoinEvents = {
        source: NOTES_SOURCE,
        counter: news.counter ?? 0,
        credits: news.credits ?? [],
        ...(stacked?.length ? { stacked } : {}),
        ...(returned?.length ? { returned } : {}),
        ...(unproved?.length ? { unproved } : {}),
        errors: news.errors ?? [],
        lostEvents: news.lostEvents ?? 0,
        reset: news.reset ?? false,
      };
      credits.recordCoins(events);
      if (stacked?.length) way = "stacked";
      else if (returned?.length) way = "returned";
      else if (unproved?.length) way = "unproved";
      else if (events.credits.length > 0) way = undefined;
      for (const yen of news.credits ?? []) logger.event("note.held", { device, yen });
      for (const yen of stacked ?? []) logger.event("note.stacked", { device, yen });
      for (const yen of returned ?? []) logger.event("note.returned", { device, yen });
      for (const yen of unproved ?? []) logger.event("note.unproved", { device, yen });
      if (events.lostEvents > 0)
        logger.event("coin.eventsLost", { device, counter: events.counter, lost: events.lostEvents });
      parts.onEvents(events);
    },
    state: () => state,
    become(word, cause) {
      const changed = state.state !== word || state.cause?.code !== cause?.code;
      state = cause ? { state: word, cause } : { state: word };
      if (!changed) return;
      logger.event("note.state", { device, state: word, code: cause?.code ?? "" });
      parts.onState(word, cause);
    },
  };
}

const MOVE_DEADLINE_MS = 20_000;
const MOVE_POLL_MS = 100;

/**
 * Moves the held note one way and follows it by what the device proves. `send` is repeated until the device has heard it:
 * there is one note, so the same way twice does no harm. A signal stops it only before the first command.
 */
export async function moveNote(parts: {
  readonly record: NoteRecord;
  readonly clock: Clock;
  readonly want: "stacked" | "returned";
  /** True when the device has heard it. */
  readonly send: () => Promise<boolean>;
  readonly step: () => Promise<void>;
  readonly signal: AbortSignal;
}): Promise<Result<void>> {
  const { record, clock, want, signal } = parts;
  if (record.held() === undefined) return ok();
  if (signal.aborted) return err(abortedBy(signal));
  const endMs = clock.monotonicMs() + MOVE_DEADLINE_MS;
  let sent = false;
  while (record.held() !== undefined) {
    if (clock.monotonicMs() >= endMs) return fail("K-COIN-303", { want }, record.state().cause);
    if (!sent) sent = await parts.send();
    await parts.step();
    if (record.held() !== undefined) await sleep(clock, MOVE_POLL_MS);
  }
  if (record.way() === want) return ok();
  return record.way() === "returned" ? fail("K-COIN-302") : fail("K-COIN-303", { want });
}
