import type { Clock, Timer } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, ok, type Result } from "../../src/kernel/result.ts";
import { createCommandQueue, queueOptions } from "../contract/command-queue.ts";
import { type Backoff, createSupervisedLink } from "../contract/link.ts";
import type { PortOpener } from "../contract/port.ts";
import type { FrameRecorder } from "../contract/recorder.ts";
import { reopenLink } from "../contract/reopen.ts";
import { createStatusHolder } from "../contract/status-holder.ts";
import { createReceiptComposer, type PaperFormat, paper80mm } from "./compose.ts";
import { createConversation } from "./conversation.ts";
import { clearBuffers, enableStatusBack, processId, recoverAndClear } from "./escpos/commands.ts";
import type { ReceiptPrinter } from "./port.ts";
import { faultOf, statusOf } from "./printer-state.ts";

export interface ReceiptPrinterOptions {
  readonly name: string;
  readonly opener: PortOpener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder?: FrameRecorder;
  readonly paper?: PaperFormat;
  readonly backoff?: Backoff;
  readonly random?: () => number;
}

/** Answers to real-time commands come within milliseconds; the rest is the line's and a busy machine's. */
const ANSWER_TIMEOUT_MS = 2000;
/** A receipt of 80 lines takes two seconds. */
const PRINT_TIMEOUT_MS = 15_000;
const CHECK_TIMEOUT_MS = 10_000;
/**
 * While the line is up and nobody speaks, or the printer cannot print: how often to ask again. Switching a printer on tells
 * nothing by itself, and on a serial line noise may have told the fault.
 */
const ASK_AGAIN_MS = 3000;

/**
 * A receipt printer that speaks ESC/POS over a supervised link. A receipt is printed when the printer answers the process id
 * that stands behind it; whatever it reports instead ends the command with its cause, and what is still in its buffer is
 * dropped, so that no receipt comes out late, in front of the next citizen.
 */
export function createReceiptPrinter(options: ReceiptPrinterOptions): ReceiptPrinter {
  const { name, clock, logger } = options;
  const status = createStatusHolder(clock, "offline");
  const queue = createCommandQueue(clock);
  const composer = createReceiptComposer(options.paper ?? paper80mm);
  const link = createSupervisedLink({
    name,
    opener: options.opener,
    clock,
    logger,
    ...(options.recorder ? { recorder: options.recorder } : {}),
    ...(options.backoff ? { backoff: options.backoff } : {}),
    ...(options.random ? { random: options.random } : {}),
  });
  const talk = createConversation({ link, clock, answerTimeoutMs: ANSWER_TIMEOUT_MS });
  /** Something of an unfinished receipt may hang in the mouth: it is cut off before the next one. */
  let unfinished = false;
  let retry: Timer | undefined;
  let receipts = 0;
  const closing = new AbortController();

  talk.onFlags((flags) => {
    const { word, cause } = statusOf(flags);
    status.set(word, cause);
    if (word !== "online") askAgain(() => void queue.run("receipt.look", { timeoutMs: CHECK_TIMEOUT_MS }, checkNow));
  });
  link.onDown((cause) => {
    retry?.cancel();
    status.set("offline", cause);
  });
  link.onUp(hello);

  function hello(): void {
    void queue.run("receipt.hello", { timeoutMs: CHECK_TIMEOUT_MS }, greet);
  }

  /**
   * Nothing of the time before may be printed now: it belonged to somebody else. Status back is switched on before the
   * status is asked for, so that no change falls between the two.
   */
  async function greet(signal: AbortSignal): Promise<Result<void>> {
    const cleared = await talk.ask(clearBuffers, (message) => message.kind === "cleared", signal);
    if (!cleared.ok) return mute(cleared.error);
    const enabled = await link.write(enableStatusBack);
    if (!enabled.ok) return enabled;
    const flags = await talk.askFlags(signal);
    return flags.ok ? ok() : mute(flags.error);
  }

  /** The line is up, but nobody speaks: a printer without power behind its adapter. */
  function mute(cause: Failure): Result<never> {
    if (link.connected() && cause.code === "K-CMD-101") {
      status.set("offline", cause);
      askAgain(hello);
    }
    return err(cause);
  }

  function askAgain(ask: () => void): void {
    retry?.cancel();
    if (!closing.signal.aborted) retry = clock.setTimer(ASK_AGAIN_MS, ask);
  }

  async function checkNow(signal: AbortSignal): Promise<Result<void>> {
    const flags = await talk.askFlags(signal);
    if (!flags.ok) return mute(flags.error);
    const fault = faultOf(flags.value);
    return fault ? err(fault) : ok();
  }

  async function print(bytes: Uint8Array, signal: AbortSignal): Promise<Result<void>> {
    const ready = await checkNow(signal);
    if (!ready.ok) return ready;
    receipts = (receipts + 1) % 10_000;
    const id = String(receipts).padStart(4, "0");
    const cutOff = unfinished ? CUT_OFF : new Uint8Array();
    unfinished = true;
    const printed = await talk.settle(Buffer.concat([cutOff, bytes, processId(id)]), id, signal);
    if (printed.ok) {
      unfinished = false;
      return ok();
    }
    // The caller's signal is spent by now; clearing has its own time, and ends with the driver.
    const cleared = await talk.ask(clearBuffers, (message) => message.kind === "cleared", closing.signal);
    if (!cleared.ok) mute(cleared.error);
    return printed;
  }

  return {
    name,
    status: status.status,
    onStatus: status.onStatus,
    check: (command) => queue.run("receipt.check", queueOptions(command, CHECK_TIMEOUT_MS), checkNow),
    async print(receipt, command) {
      const printed = await queue.run("receipt.print", queueOptions(command, PRINT_TIMEOUT_MS), async (signal) => {
        const composed = await composer.compose(receipt);
        return composed.ok ? print(composed.value, signal) : composed;
      });
      if (printed.ok || printed.error.code !== "K-CMD-101") return printed;
      return err(failure("K-RCPT-108", undefined, printed.error));
    },
    recover: (command) =>
      queue.run("receipt.recover", queueOptions(command, CHECK_TIMEOUT_MS), async (signal) => {
        const sent = await link.write(recoverAndClear);
        if (!sent.ok) return sent;
        return checkNow(signal);
      }),
    reopen: (command) => reopenLink(status, link, clock, command),
    async close() {
      closing.abort();
      queue.close();
      retry?.cancel();
      await link.close();
      status.set("offline", failure("K-CMD-102"));
    },
  };
}

/** Feed to the cutter and cut: GS V 66 0. */
const CUT_OFF = Uint8Array.of(0x0a, 0x1d, 0x56, 0x42, 0x00);
