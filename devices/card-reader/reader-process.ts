import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock, Timer } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, type Result } from "../../src/kernel/result.ts";
import { type Backoff, backoffMs } from "../contract/link.ts";
import type { FromChild, ToChild } from "./child/messages.ts";
import type { ReaderAddress } from "./reader-address.ts";

/** What one request is, without its number. */
export type ReaderRequest =
  | { readonly kind: "connect" }
  | { readonly kind: "transmit"; readonly apdu: Uint8Array }
  | { readonly kind: "disconnect" };

/** The supervised process that holds the reader. */
export interface ReaderProcess {
  /**
   * One request, exactly one completion. Not answered within the watchdog's time: `K-CARD-104`, and the process is killed
   * and started again. Process gone meanwhile: `K-CARD-105`, or what it died of.
   */
  request(request: ReaderRequest): Promise<Result<Uint8Array>>;
  /** Kills the child that runs, with this cause for what is under way in it, and starts the next one without a long wait. */
  restart(cause: Failure): void;
  /** Process id of the child that runs now; undefined between two. */
  pid(): number | undefined;
  /** Ends the child and the supervision. */
  close(): Promise<void>;
}

export interface ReaderProcessOptions {
  readonly name: string;
  readonly address: ReaderAddress;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A command that is not answered in this time is a silent card or a hung reader. */
  readonly watchdogMs: number;
  readonly backoff: Backoff;
  /** Jitter of the back-off: a number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  onAvailable(): void;
  /** The reader, or its process, is gone; with it every connection to a card. */
  onUnavailable(cause: Failure): void;
  onPresence(present: boolean): void;
}

interface Pending {
  settle(result: Result<Uint8Array>): void;
  readonly timer: Timer;
}

const CHILD_MAIN = fileURLToPath(new URL("./child/main.ts", import.meta.url));
/** From the fork to its first word; a child that is mute for longer hangs. */
const START_TIMEOUT_MS = 10_000;
/** How long a child may take to end by itself when the device is closed. */
const END_TIMEOUT_MS = 1000;

/**
 * Forks `child/main.ts` and keeps one running for ever.
 *
 * INVARIANT: never two children at a time. The next one is forked only after the last one's `exit`, so that the embedded
 * reader's socket and the exclusive connection of PC/SC have one owner.
 */
export function createReaderProcess(options: ReaderProcessOptions): ReaderProcess {
  const { clock, logger, name } = options;
  const pending = new Map<number, Pending>();
  let child: ChildProcess | undefined;
  /** Why the child that runs now was killed by the watchdog or on request; the better cause than "it ended". */
  let killedBy: Failure | undefined;
  let nextId = 1;
  let attempt = 0;
  let retry: Timer | undefined;
  let closing = false;
  let ended = () => {};

  function start(): void {
    retry = undefined;
    const forked = fork(CHILD_MAIN, childArguments(options.address), {
      serialization: "advanced",
      execArgv: [],
      env: childEnvironment(),
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child = forked;
    const startedMs = clock.monotonicMs();
    let cause: Failure = failure("K-CARD-105", { why: "the reader's process ended" });
    let gone = false;
    const mute = clock.setTimer(START_TIMEOUT_MS, () => forked.kill("SIGKILL"));
    forked.on("message", (message: FromChild) => {
      mute.cancel();
      // What a killed child still had in its pipe is about a reader that is given up.
      if (killedBy) return;
      if (message.kind === "unavailable") cause = message.cause;
      hear(message);
    });
    const onGone = () => {
      if (gone) return;
      gone = true;
      mute.cancel();
      if (clock.monotonicMs() - startedMs > options.backoff.maxMs) attempt = 0;
      lost(cause);
    };
    forked.on("exit", onGone);
    // Without a process (no memory, no file) there is an error and never an exit.
    forked.on("error", () => {
      if (forked.pid === undefined) onGone();
    });
  }

  function hear(message: FromChild): void {
    if (message.kind === "answer") {
      attempt = 0;
      pending.get(message.id)?.settle(message.result);
    } else if (message.kind === "presence") options.onPresence(message.present);
    else if (message.kind === "available") options.onAvailable();
    else options.onUnavailable(message.cause);
  }

  function lost(exit: Failure): void {
    const cause = killedBy ?? exit;
    killedBy = undefined;
    child = undefined;
    for (const request of [...pending.values()]) request.settle(err(cause));
    ended();
    if (closing) return;
    const retryMs = backoffMs(options.backoff, attempt, options.random());
    attempt += 1;
    logger.event("card.processEnded", { reader: name, code: cause.code, retryMs });
    options.onUnavailable(cause);
    retry = clock.setTimer(retryMs, start);
  }

  start();
  return {
    request(request) {
      const to = child;
      if (!to?.connected) return Promise.resolve(fail("K-CARD-105"));
      const id = nextId++;
      return new Promise((resolve) => {
        const settle = (result: Result<Uint8Array>) => {
          if (!pending.delete(id)) return;
          timer.cancel();
          resolve(result);
        };
        const timer = clock.setTimer(options.watchdogMs, () => {
          logger.event("card.watchdog", { reader: name, request: request.kind, timeoutMs: options.watchdogMs });
          killedBy = failure("K-CARD-104", { request: request.kind, timeoutMs: options.watchdogMs });
          to.kill("SIGKILL");
          options.onUnavailable(killedBy);
          settle(err(killedBy));
        });
        pending.set(id, { settle, timer });
        const message: ToChild = { ...request, id };
        to.send(message, (error) => {
          if (error) settle(fail("K-CARD-105", { why: error.message }));
        });
      });
    },
    restart(cause) {
      if (closing) return;
      attempt = 0;
      if (!child) {
        retry?.cancel();
        return start();
      }
      killedBy ??= cause;
      child.kill("SIGKILL");
      options.onUnavailable(killedBy);
    },
    pid: () => child?.pid,
    close() {
      closing = true;
      retry?.cancel();
      const last = child;
      if (!last) return Promise.resolve();
      return new Promise((resolve) => {
        const kill = clock.setTimer(END_TIMEOUT_MS, () => last.kill("SIGKILL"));
        ended = () => {
          kill.cancel();
          resolve();
        };
        if (last.connected) last.disconnect();
        else last.kill("SIGKILL");
      });
    },
  };
}

function childArguments(address: ReaderAddress): string[] {
  return [address.scheme, address.scheme === "pcsc" ? address.readerName : address.path];
}

/** The kiosk's environment without what would change how Node starts (debuggers and loaders of the parent). */
function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}
