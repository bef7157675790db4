import { EventEmitter } from "node:events";
import firmata from "firmata-io";
import five, { type Board } from "johnny-five";
import type { BytePort } from "../../devices/contract/port.ts";
import { type Clock, withTimeout } from "../../src/kernel/clock.ts";
import { ok, type Result } from "../../src/kernel/result.ts";
import { createBoardFilter } from "./board-filter.ts";

/** Its boot loader takes up to two seconds, and asking starts anew after that. */
const HANDSHAKE_MS = 10_000;

/** A port as the transport that firmata-io expects; bytes pass the filter first. */
class PortTransport extends EventEmitter {
  readonly #port: BytePort;
  readonly #queued: Buffer[] = [];
  readonly #waiting: (() => void)[] = [];
  #writing = false;

  constructor(port: BytePort, onGarbage: (bytes: number) => void, onClose: () => void) {
    super();
    this.#port = port;
    const filter = createBoardFilter(onGarbage);
    port.onData((bytes) => {
      const whole = filter(bytes);
      if (whole.length > 0) this.emit("data", whole);
    });
    port.onClose(() => {
      this.emit("close");
      onClose();
    });
  }

  /** One write is under way at a time; what comes meanwhile goes out together. */
  write(bytes: Buffer, done: () => void): void {
    this.#queued.push(bytes);
    this.#waiting.push(done);
    if (!this.#writing) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#writing = true;
    while (this.#queued.length > 0) {
      const waiting = this.#waiting.splice(0);
      // A write that fails is followed by `close`, which ends the bridge.
      await this.#port.write(Buffer.concat(this.#queued.splice(0)));
      for (const done of waiting) done();
    }
    this.#writing = false;
  }
}

/**
 * Makes johnny-five's board on an open port and waits until it has asked the firmware for everything. Once in a process:
 * such a board can neither be closed nor made again, so losing it ends the process. `K-CMD-101` when nothing there speaks
 * Firmata.
 */
export function openBoard(
  port: BytePort,
  options: {
    readonly clock: Clock;
    /** How long the board may take to greet by itself before it is asked; an Uno sits in its boot loader at first. */
    readonly greetingMs: number;
    readonly onGarbage: (bytes: number) => void;
    readonly onClose: () => void;
  },
): Promise<Result<Board>> {
  return withTimeout(
    options.clock,
    { timeoutMs: HANDSHAKE_MS, what: "Firmata handshake" },
    () =>
      new Promise<Result<Board>>((resolve) => {
        const transport = new PortTransport(port, options.onGarbage, options.onClose);
        const io = new firmata.Firmata(transport, { reportVersionTimeout: options.greetingMs });
        const board = new five.Board({ io, repl: false, debug: false, sigint: false });
        // johnny-five gives up after ten seconds with an error event; what it means is told by our own time-out.
        board.on("error", () => {});
        board.once("ready", () => resolve(ok(board)));
        transport.emit("open");
      }),
  );
}
