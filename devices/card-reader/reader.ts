import type { Clock } from "../../src/kernel/clock.ts";
import { failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { createCommandQueue, queueOptions } from "../contract/command-queue.ts";
import type { Backoff } from "../contract/link.ts";
import { createStatusHolder, type StatusHolder } from "../contract/status-holder.ts";
import { type CardProfile, myNumberCardProfile } from "./card-profile.ts";
import { createCardSession, type OpenSession } from "./card-session.ts";
import type { CardReader, CardSession } from "./port.ts";
import { createSettledPresence } from "./presence.ts";
import { parseReaderAddress } from "./reader-address.ts";
import { createReaderProcess, type ReaderRequest } from "./reader-process.ts";

export interface CardReaderOptions {
  readonly name: string;
  /** `pcsc:NAME` (a part of the reader's name) or `unix:/path` (the embedded reader). */
  readonly address: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly profile?: CardProfile;
  /** A command that the card does not answer in this time ends the reader's process. */
  readonly watchdogMs?: number;
  /** A change of presence is told when it has lasted so long; 0 tells everything at once. */
  readonly settleMs?: number;
  readonly backoff?: Backoff;
  readonly random?: () => number;
  /**
   * Hears every command to the card and what came of it, before anybody zeroes it: PIN, certificate and four items. Only
   * for a technician's view, which masks them; a kiosk never has it.
   */
  readonly onExchange?: (command: Uint8Array, answer: Promise<Result<Uint8Array>>) => void;
}

/** A card reader, and what only supervision needs to know. */
export interface SupervisedCardReader extends CardReader {
  /** Process id of the child that holds the reader; undefined while there is none. */
  childPid(): number | undefined;
}

/** An RSA signature takes a real card about half a second; a card that is silent for ten times as long is silent. */
const WATCHDOG_MS = 5000;
const BACKOFF: Backoff = { firstMs: 100, maxMs: 5000 };
const CONNECT_TIMEOUT_MS = 8000;
/** Fork, a native add-on and pcscd's first answer, with room for a busy machine and one failed attempt. */
const RESTART_TIMEOUT_MS = 15_000;
/** Longer than a card that is shifted on the plate loses its field, shorter than a person needs to lay down another. */
const SETTLE_MS = 200;

/**
 * The card reader in a child process that can be abandoned. The device never throws and never disappears: while its process
 * or its reader is away it is `offline` with the cause, and it comes back by itself. `K-LINK-103` when the address is not
 * understood.
 */
export function createCardReader(options: CardReaderOptions): Result<SupervisedCardReader> {
  const address = parseReaderAddress(options.address);
  if (!address.ok) return address;
  const { name, clock, logger } = options;
  const status = createStatusHolder(clock, "offline");
  const presence = createSettledPresence(clock, options.settleMs ?? SETTLE_MS);
  const queue = createCommandQueue(clock);
  /** Restarts do not wait behind a command that hangs. */
  const restarts = createCommandQueue(clock);
  let session: OpenSession | undefined;

  const child = createReaderProcess({
    name,
    address: address.value,
    clock,
    logger,
    watchdogMs: options.watchdogMs ?? WATCHDOG_MS,
    backoff: options.backoff ?? BACKOFF,
    random: options.random ?? Math.random,
    onAvailable() {
      logger.event("card.readerAvailable", { reader: name });
      status.set("online");
    },
    onUnavailable(cause) {
      session?.end(cause);
      if (status.status().word === "online") logger.event("card.readerLost", { reader: name, code: cause.code });
      status.set("offline", cause);
      presence.lose();
    },
    onPresence(present) {
      if (!present) session?.end(failure("K-CARD-103"));
      presence.see(present);
    },
  });

  const restart = async (signal: AbortSignal): Promise<Result<void>> => {
    logger.event("card.restarted", { reader: name });
    child.restart(failure("K-CARD-105", { why: "restarted on request" }));
    await untilOnline(status, signal);
    const { word, cause } = status.status();
    return word === "online" ? ok() : fail("K-CARD-105", { reader: name }, cause);
  };

  const request = (wanted: ReaderRequest): Promise<Result<Uint8Array>> => {
    const answer = child.request(wanted);
    if (wanted.kind === "transmit") options.onExchange?.(wanted.apdu, answer);
    return answer;
  };

  const open = async (signal: AbortSignal): Promise<Result<CardSession>> => {
    const { word, cause } = status.status();
    if (word !== "online") return fail("K-CARD-105", { reader: name }, cause);
    if (!presence.present()) return fail("K-CARD-101");
    if (session) return fail("K-CARD-110");
    const connected = await child.request({ kind: "connect" });
    if (!connected.ok) return connected;
    if (signal.aborted) {
      // Nobody waits for this session any more; it must not hold the card.
      await child.request({ kind: "disconnect" });
      return fail("K-CMD-102");
    }
    const opened = createCardSession({
      profile: options.profile ?? myNumberCardProfile,
      queue,
      request,
      onClosed() {
        if (session === opened) session = undefined;
      },
      onItemsRefused: (refusal) => logger.event("card.itemsRefused", { reader: name, refusal }),
    });
    session = opened;
    return ok(opened.session);
  };

  return ok({
    name,
    status: status.status,
    onStatus: status.onStatus,
    cardPresent: presence.present,
    onPresence: presence.onPresence,
    connect: (command) => queue.run("card.connect", queueOptions(command, CONNECT_TIMEOUT_MS), open),
    reopen: (command) =>
      restarts.run(
        "card.reopen",
        { ...queueOptions(command, RESTART_TIMEOUT_MS), completion: "whenWorkEnds" },
        restart,
      ),
    childPid: child.pid,
    async close() {
      queue.close();
      restarts.close();
      presence.close();
      session?.end(failure("K-CMD-102"));
      await child.close();
      status.set("offline", failure("K-CMD-102"));
    },
  });
}

/** Resolves when the status says `online`, or when nobody waits for it any more. */
function untilOnline(status: StatusHolder, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stop = status.onStatus(({ word }) => {
      if (word === "online") done();
    });
    signal.addEventListener("abort", done);
    if (status.status().word === "online" || signal.aborted) done();
  });
}
