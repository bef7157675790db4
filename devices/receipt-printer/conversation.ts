import { type Clock, withTimeout } from "../../src/kernel/clock.ts";
import type { Failure } from "../../src/kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import type { SupervisedLink } from "../contract/link.ts";
import { createListeners } from "../contract/listeners.ts";
import { askStatus } from "./escpos/commands.ts";
import { createStatusParser, realtimeFlags, type StatusFlag, type StatusMessage } from "./escpos/status.ts";
import { faultOf } from "./printer-state.ts";

/** Questions to the printer and its answers. One at a time: answers to DLE EOT do not say to which question. */
export interface Conversation {
  /** Sends a question and waits for the message that `isAnswer`. `K-CMD-101` when none comes in time. */
  ask(
    question: Uint8Array,
    isAnswer: (message: StatusMessage) => boolean,
    signal?: AbortSignal,
  ): Promise<Result<StatusMessage>>;
  /** DLE EOT 1 to 4: everything the printer says about itself now; also told to the listeners. */
  askFlags(signal: AbortSignal): Promise<Result<ReadonlySet<StatusFlag>>>;
  /** Sends a job and waits until it is printed (process id) or the printer reports what keeps it from printing. */
  settle(job: Uint8Array, id: string, signal: AbortSignal): Promise<Result<void>>;
  /** Hears the printer's status, asked for or not. */
  onFlags(listener: (flags: ReadonlySet<StatusFlag>) => void): () => void;
}

const QUESTIONS = [1, 2, 3, 4] as const;

/** A conversation over a supervised link; `answerTimeoutMs` bounds every question. Every outage ends what is asked. */
export function createConversation(options: {
  readonly link: SupervisedLink;
  readonly clock: Clock;
  readonly answerTimeoutMs: number;
}): Conversation {
  const { link, clock, answerTimeoutMs } = options;
  const messages = createListeners<StatusMessage>();
  const flags = createListeners<ReadonlySet<StatusFlag>>();
  const down = createListeners<Failure>();
  let parser = createStatusParser();

  link.onUp(() => {
    parser = createStatusParser();
  });
  link.onDown(down.emit);
  link.onData((bytes) => {
    for (const message of parser.push(bytes)) {
      if (message.kind === "asb") flags.emit(message.flags);
      messages.emit(message);
    }
  });

  /** Listens first and sends then, so that no answer is missed. */
  async function exchange<T>(
    bytes: Uint8Array,
    judge: (message: StatusMessage) => Result<T> | undefined,
    signal: AbortSignal,
  ): Promise<Result<T>> {
    return new Promise((resolve) => {
      const finish = (result: Result<T>) => {
        stopListening();
        stopDown();
        signal.removeEventListener("abort", onAbort);
        resolve(result);
      };
      const onAbort = () => finish(fail("K-CMD-102"));
      const stopListening = messages.add((message) => {
        const result = judge(message);
        if (result) finish(result);
      });
      const stopDown = down.add((cause) => finish(fail("K-LINK-102", undefined, cause)));
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) return onAbort();
      void link.write(bytes).then((written) => {
        if (!written.ok) finish(written);
      });
    });
  }

  function ask(question: Uint8Array, isAnswer: (message: StatusMessage) => boolean, signal?: AbortSignal) {
    return withTimeout(
      clock,
      { timeoutMs: answerTimeoutMs, ...(signal ? { signal } : {}), what: "receipt printer's answer" },
      (inner) => exchange(question, (message) => (isAnswer(message) ? ok(message) : undefined), inner),
    );
  }

  return {
    ask,
    async askFlags(signal) {
      const found = new Set<StatusFlag>();
      for (const n of QUESTIONS) {
        const answer = await ask(askStatus(n), ({ kind }) => kind === "realtime", signal);
        if (!answer.ok) return answer;
        if (answer.value.kind !== "realtime") continue;
        for (const flag of realtimeFlags(n, answer.value.byte)) found.add(flag);
      }
      flags.emit(found);
      return ok(found);
    },
    settle: (job, id, signal) =>
      exchange<void>(
        job,
        (message) => {
          if (message.kind === "processId" && message.id === id) return ok();
          const fault = message.kind === "asb" ? faultOf(message.flags) : undefined;
          return fault ? err(fault) : undefined;
        },
        signal,
      ),
    onFlags: flags.add,
  };
}
