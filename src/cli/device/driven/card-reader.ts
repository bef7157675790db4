import { createHash } from "node:crypto";
import type { CardSession } from "../../../../devices/card-reader/port.ts";
import { createCardReader } from "../../../../devices/card-reader/reader.ts";
import { Personal } from "../../../kernel/personal.ts";
import { ok, type Result } from "../../../kernel/result.ts";
import { type AskedContext, byHand, type Driven, type DrivenCommand, notUnderstood } from "./driven.ts";

/** Endings of a session with a card: moved, silent, reader gone. */
const SESSION_OVER: readonly string[] = ["K-CARD-103", "K-CARD-104", "K-CARD-105"];

/** The card reader by hand. A session with the card begins at the first command that needs it and ends with `release`. */
export function driveCardReader({ address, clock, logger, tap }: Omit<AskedContext, "exchange">): Result<Driven> {
  const created = createCardReader({
    name: "cardReader",
    address,
    clock,
    logger,
    onExchange(command, answer) {
      tap({ dir: "tx", bytes: command });
      void answer.then((result) => tap(result.ok ? { dir: "rx", bytes: result.value } : { failed: result.error.code }));
    },
  });
  if (!created.ok) return created;
  const reader = created.value;
  let session: CardSession | undefined;
  reader.onPresence((present) => {
    if (!present) session = undefined;
    tap({ link: present ? "opened" : "closed" });
  });

  async function onCard<T>(signal: AbortSignal, work: (card: CardSession) => Promise<Result<T>>): Promise<Result<T>> {
    if (!session) {
      const connected = await reader.connect(byHand(signal));
      if (!connected.ok) return connected;
      session = connected.value;
    }
    const result = await work(session);
    if (!result.ok && SESSION_OVER.includes(result.error.code)) session = undefined;
    return result;
  }

  const withPin = (
    name: string,
    summary: string,
    work: (card: CardSession, pin: Personal<string>, signal: AbortSignal) => Promise<Result<unknown>>,
  ): DrivenCommand => ({
    usage: `${name} PIN`,
    summary,
    async run([digits], signal) {
      if (digits === undefined) return notUnderstood(name, digits, "a PIN");
      const pin = new Personal(digits);
      const result = await onCard(signal, (card) => work(card, pin, signal));
      pin.wipe();
      return result;
    },
  });

  return ok({
    device: reader,
    onNews: (tell) =>
      void reader.onPresence((present) => tell(present ? "a card lies on the reader" : "the card was taken off")),
    commands: {
      present: { usage: "present", summary: "whether a card lies there", run: async () => ok(reader.cardPresent()) },
      identify: {
        usage: "identify",
        summary: "kind of the card and tries left; spends none",
        run: (_, signal) => onCard(signal, (card) => card.identify(byHand(signal))),
      },
      pin: withPin(
        "pin",
        "enters the PIN of the authentication certificate; a wrong one spends a try",
        (card, pin, signal) => card.verifyPin(pin, byHand(signal)),
      ),
      certificate: {
        usage: "certificate",
        summary: "reads the authentication certificate; shows only how long it is",
        run: (_, signal) =>
          onCard(signal, async (card) => {
            const read = await card.readAuthCertificate(byHand(signal));
            return read.ok ? ok({ bytes: read.value.length }) : read;
          }),
      },
      sign: {
        usage: "sign",
        summary: "signs the digest of the word madoguchi; needs the PIN",
        run: (_, signal) =>
          onCard(signal, async (card) => {
            const signed = await card.signDigest(createHash("sha256").update("madoguchi").digest(), byHand(signal));
            return signed.ok ? ok({ bytes: signed.value.length }) : signed;
          }),
      },
      items: withPin(
        "items",
        "reads the four items with their PIN; shows only that it worked",
        async (card, pin, signal) => {
          const read = await card.readFourItems(pin, byHand(signal));
          if (!read.ok) return read;
          read.value?.wipe();
          return ok(read.value ? "read, and not shown: they are personal" : "the card refuses them");
        },
      ),
      release: {
        usage: "release",
        summary: "resets the card and lets it go",
        async run() {
          await session?.close();
          session = undefined;
          return ok();
        },
      },
    },
  });
}
