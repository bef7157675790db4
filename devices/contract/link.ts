import { type Clock, type Timer, withTimeout } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { fail, type Result } from "../../src/kernel/result.ts";
import { createListeners } from "./listeners.ts";
import type { BytePort, PortOpener } from "./port.ts";
import type { FrameRecorder } from "./recorder.ts";

/** A connection that is opened again and again for ever: the device above it outlives every port. */
export interface SupervisedLink {
  connected(): boolean;
  /** `K-LINK-101` when nothing is connected, `K-LINK-102` when the port closes meanwhile. Nothing is queued for later. */
  write(bytes: Uint8Array): Promise<Result<void>>;
  /** Each listener function returns how to stop listening. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
  onUp(listener: () => void): () => void;
  /** Once for each stretch without a connection, with its first cause; also when the very first opening fails. */
  onDown(listener: (cause: Failure) => void): () => void;
  /** Gives up a connection on which nobody speaks and opens a new one, after the usual wait; `cause` is what was wrong. */
  reopen(cause: Failure): void;
  /** Makes the attempt that is waited for now. */
  retryNow(): void;
  /** Ends the connection and the trying. Idempotent. */
  close(): Promise<void>;
}

/** How long to wait between attempts. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export interface LinkOptions {
  readonly name: string;
  readonly opener: PortOpener;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Only for devices whose bytes are never personal. */
  readonly recorder?: FrameRecorder;
  readonly backoff?: Backoff;
  /** Jitter: a number from 0 (inclusive) to 1 (exclusive). */
  readonly random?: () => number;
  readonly openTimeoutMs?: number;
}

/** Doubles up to two seconds: a device that comes back is served at once, and a dead one costs nothing. */
const DEFAULT_BACKOFF: Backoff = { firstMs: 100, maxMs: 2000 };
const DEFAULT_OPEN_TIMEOUT_MS = 5000;

/**
 * The wait before attempt number `attempt` (0 is the first retry): exponential, capped, the upper half random
 * ("equal jitter"), so that several links to one rebooting board do not knock in step and none of them spins.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(full / 2 + (full / 2) * random);
}

/**
 * Opens `opener` now and again after every loss. The back-off starts afresh only after a connection that carried data or
 * lasted longer than the longest wait: a port that opens and closes at once is not hammered.
 */
export function createSupervisedLink(options: LinkOptions): SupervisedLink {
  const { clock, logger, opener, recorder } = options;
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const random = options.random ?? Math.random;
  const label = `${options.name} ${opener.address}`;
  const data = createListeners<Uint8Array>();
  const up = createListeners<void>();
  const down = createListeners<Failure>();
  const ending = new AbortController();
  let port: BytePort | undefined;
  let retry: Timer | undefined;
  let attempt = 0;
  let downTold = false;

  function lost(cause: Failure): void {
    if (ending.signal.aborted) return;
    const retryMs = backoffMs(backoff, attempt, random());
    attempt += 1;
    retry = clock.setTimer(retryMs, () => {
      retry = undefined;
      void connect();
    });
    if (downTold) return;
    downTold = true;
    logger.event("link.lost", { link: label, code: cause.code, retryMs });
    down.emit(cause);
  }

  async function connect(): Promise<void> {
    const opened = await openInTime(options, ending.signal);
    if (ending.signal.aborted) {
      if (opened.ok) opened.value.close();
      return;
    }
    if (!opened.ok) return lost(failure("K-LINK-101", { address: opener.address }, opened.error));
    adopt(opened.value);
  }

  function adopt(opened: BytePort): void {
    const sinceMs = clock.monotonicMs();
    let proven = false;
    port = opened;
    opened.onData((bytes) => {
      if (port !== opened) return;
      proven = true;
      recorder?.record("rx", options.name, bytes);
      data.emit(bytes);
    });
    opened.onClose(() => {
      if (port !== opened) return;
      port = undefined;
      if (proven || clock.monotonicMs() - sinceMs > backoff.maxMs) attempt = 0;
      lost(failure("K-LINK-101", { address: opener.address }));
    });
    // The other side may have hung up before it was listened to; then `onClose` has already spoken.
    if (port !== opened) return;
    downTold = false;
    logger.event("link.opened", { link: label });
    up.emit();
  }

  void connect();
  return {
    connected: () => port !== undefined,
    async write(bytes) {
      if (!port) return fail("K-LINK-101", { address: opener.address });
      recorder?.record("tx", options.name, bytes);
      return port.write(bytes);
    },
    onData: data.add,
    onUp: up.add,
    onDown: down.add,
    reopen(cause) {
      const last = port;
      if (!last) return;
      port = undefined;
      last.close();
      lost(cause);
    },
    retryNow() {
      if (!retry) return;
      retry.cancel();
      retry = undefined;
      void connect();
    },
    async close() {
      if (ending.signal.aborted) return;
      ending.abort();
      retry?.cancel();
      const last = port;
      port = undefined;
      last?.close();
    },
  };
}

function openInTime(options: LinkOptions, signal: AbortSignal): Promise<Result<BytePort>> {
  const timeoutMs = options.openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS;
  return withTimeout(options.clock, { timeoutMs, signal, what: "open" }, async (inner) => {
    const opened = await options.opener.open(inner);
    // Nobody waits for this port any more: it must not stay open beside the next one.
    if (inner.aborted && opened.ok) opened.value.close();
    return opened;
  });
}
