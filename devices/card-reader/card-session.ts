import type { Failure } from "../../src/kernel/errors/failure.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { type CommandQueue, queueOptions } from "../contract/command-queue.ts";
import type { CommandOptions } from "../contract/device.ts";
import { type CardChannel, createCardChannel } from "./card-channel.ts";
import type { CardProfile, PinPolicy } from "./card-profile.ts";
import { type ItemsRefusal, readFourItems } from "./jpki/input-aid.ts";
import { identify, readAuthCertificate, selectJpki, signDigest, verifyPin } from "./jpki/jpki.ts";
import type { CardSession, PinOutcome } from "./port.ts";
import type { ReaderRequest } from "./reader-process.ts";

/** A session, and how the reader ends it when the card or the process goes away. */
export interface OpenSession {
  readonly session: CardSession;
  /** Every later command completes with this failure. */
  end(cause: Failure): void;
}

export interface CardSessionOptions {
  readonly profile: CardProfile;
  /** The reader's queue: one command at a time, whatever session it belongs to. */
  readonly queue: CommandQueue;
  request(request: ReaderRequest): Promise<Result<Uint8Array>>;
  /** Called once, when the session is over for whatever reason. */
  onClosed(): void;
  onItemsRefused(refusal: ItemsRefusal): void;
}

/** A command is up to eight APDUs; a real card needs about two seconds for the longest. The watchdog is separate. */
const COMMAND_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 10_000;

/** An open, exclusive connection to one card. */
export function createCardSession(options: CardSessionOptions): OpenSession {
  const { profile, queue } = options;
  let endedBy: Failure | undefined;
  let pinBlocked = false;
  let signal: AbortSignal | undefined;

  const end = (cause: Failure) => {
    if (endedBy) return;
    endedBy = cause;
    options.onClosed();
  };

  const channel = createCardChannel(async (apdu) => {
    if (endedBy) return err(endedBy);
    if (signal?.aborted) return fail("K-CMD-102");
    const answer = await options.request({ kind: "transmit", apdu });
    // The card's removal is often known before its unanswered command comes back; the earlier word is the better cause.
    return answer.ok || !endedBy ? answer : err(endedBy);
  });

  function run<T>(
    what: string,
    command: CommandOptions | undefined,
    work: (channel: CardChannel) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    return queue.run(what, queueOptions(command, COMMAND_TIMEOUT_MS), async (inner) => {
      signal = inner;
      const result = await work(channel);
      if (!result.ok && result.error.code === "K-CARD-103") end(result.error);
      return result;
    });
  }

  const session: CardSession = {
    identify: (command) =>
      run("card.identify", command, async () => {
        const identified = await identify(channel, profile);
        if (identified.ok) pinBlocked = identified.value.kind !== "unknown" && identified.value.triesLeft === 0;
        return identified;
      }),

    verifyPin: (pin, command) =>
      run("card.verifyPin", command, async (): Promise<Result<PinOutcome>> => {
        const selected = await selectJpki(channel, profile);
        if (!selected.ok) return selected;
        const outcome = await withPin(profile.jpki.authPin, pin, (bytes) =>
          verifyPin(channel, "authPin", profile.jpki.authPin, bytes),
        );
        if (outcome.ok) pinBlocked = outcome.value.outcome === "blocked";
        return outcome;
      }),

    readAuthCertificate: (command) =>
      run("card.readAuthCertificate", command, () => readAuthCertificate(channel, profile)),

    signDigest: (digest, command) =>
      run("card.signDigest", command, async () => {
        const signature = await signDigest(channel, profile, digest);
        if (signature.ok || signature.error.code !== "K-CARD-107" || !pinBlocked) return signature;
        return fail("K-CARD-106", undefined, signature.error);
      }),

    readFourItems: (pin, command) =>
      run("card.readFourItems", command, async () => {
        const read = await withPin(profile.inputAid.pin, pin, (bytes) => readFourItems(channel, profile, bytes));
        if (!read.ok) return read;
        if ("items" in read.value) return ok(new Personal(read.value.items));
        options.onItemsRefused(read.value.refusal);
        return ok(undefined);
      }),

    async close() {
      if (endedBy) return;
      await queue.run("card.disconnect", { timeoutMs: CLOSE_TIMEOUT_MS }, () =>
        options.request({ kind: "disconnect" }),
      );
      end({ code: "K-CMD-102" });
    },
  };
  return { session, end };
}

/**
 * Runs `work` with the PIN as bytes that are zeroed afterwards; the text itself is the caller's to wipe. `K-CARD-113` when
 * it does not have the form of a PIN: nothing is sent.
 */
async function withPin<T>(
  policy: PinPolicy,
  pin: Personal<string>,
  work: (bytes: Uint8Array) => Promise<Result<T>>,
): Promise<Result<T>> {
  const text = pin.reveal();
  if (!policy.pattern.test(text)) return fail("K-CARD-113");
  const bytes = Buffer.from(text, "latin1");
  try {
    return await work(bytes);
  } finally {
    bytes.fill(0);
  }
}
