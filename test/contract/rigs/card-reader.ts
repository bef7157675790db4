import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { encodeTlv } from "../../../devices/card-reader/apdu/tlv.ts";
import type { CardReader, CardSession } from "../../../devices/card-reader/port.ts";
import { createCardReader, type SupervisedCardReader } from "../../../devices/card-reader/reader.ts";
import { insertCard } from "../../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard, type SimulatedCard } from "../../../devices/card-reader/simulator/simulated-card.ts";
import { testKeyPair, testProfile } from "../../../devices/card-reader/simulator/test-cards.ts";
import { createFrameParser, encodeFrame } from "../../../devices/card-reader/vpcd-framing.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { Personal } from "../../../src/kernel/personal.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { realTime } from "../support/real-time.ts";
import { createSocketLine } from "../support/socket-line.ts";
import { type Call, type Time, untilWord, type World } from "../support/world.ts";

const PIN = "1234";
const DIGEST = new Uint8Array(32).fill(7);
const WATCHDOG_MS = 1_200;
/** Thousands of cards are laid down here; the time itself is tested with the presence. */
const SETTLE_MS = 2;
const PRESENCE_MS = 20_000;
const VERIFY = 0x20;
const SIGN = 0x2a;

/** A card with a short certificate: two commands read it, and every byte of a session can be tried. */
function shortCard(): SimulatedCard {
  const certificate = encodeTlv(0x30, new Uint8Array(300).fill(0xa5));
  const identity = { certificate, privateKey: testKeyPair().privateKey, authority: certificate };
  return createSimulatedCard({ profile: { ...testProfile(), auth: identity, signing: identity } });
}

async function untilPresent(reader: CardReader, time: Time, wanted = true): Promise<void> {
  if (reader.cardPresent() === wanted) return;
  let stop = () => {};
  const there = new Promise<void>((resolve) => {
    stop = reader.onPresence((present) => {
      if (present === wanted) resolve();
    });
  });
  try {
    await time.until(there, PRESENCE_MS);
  } finally {
    stop();
  }
}

/** What an issuance asks of a card, from the first touch to the four items. */
export async function cardSession(reader: CardReader, time: Time, call: Call, pin = PIN): Promise<void> {
  await untilWord({ device: reader, time }, "online");
  if (reader.status().cause?.code === "K-CMD-102") return;
  await untilPresent(reader, time);
  const connected = await call("connect", (options) => reader.connect(options));
  if (!connected.ok) return;
  const session: CardSession = connected.value;
  await call("identify", (options) => session.identify(options));
  await call("verifyPin", (options) => session.verifyPin(new Personal(pin), options));
  await call("readAuthCertificate", (options) => session.readAuthCertificate(options));
  await call("signDigest", (options) => session.signDigest(DIGEST, options));
  await call("readFourItems", (options) => session.readFourItems(new Personal(pin), options));
  await session.close();
}

/** Counts what may never be done twice. */
function countCommands(card: SimulatedCard): { readonly pins: () => number; readonly signatures: () => number } {
  let pins = 0;
  let signatures = 0;
  card.onCommand((apdu) => {
    if (apdu[1] === VERIFY && apdu.length > 5) pins += 1;
    if (apdu[1] === SIGN) signatures += 1;
  });
  return { pins: () => pins, signatures: () => signatures };
}

/** Frames of the embedded reader's wire, whole as they are sent. */
export function vpcdFrames(): (bytes: Uint8Array) => readonly Uint8Array[] {
  const parser = createFrameParser();
  return (bytes) => parser.push(bytes).map((message) => encodeFrame(message));
}

/** Readers with their real child processes. Starting one takes longer than a session, so they are used again. */
export function cardReaderWorlds(): {
  make(): Promise<World>;
  makeToClose(): Promise<World>;
  end(): Promise<void>;
} {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-contract-card-"));
  const time = realTime();
  const idle: { readonly reader: SupervisedCardReader; readonly path: string }[] = [];
  const all: SupervisedCardReader[] = [];
  let numbers = 0;

  function start() {
    numbers += 1;
    const path = join(folder, `reader-${numbers}`);
    const reader = unwrap(
      createCardReader({
        name: "card",
        address: `unix:${path}`,
        clock: time.clock,
        logger: silentLogger,
        watchdogMs: WATCHDOG_MS,
        settleMs: SETTLE_MS,
        backoff: { firstMs: 1, maxMs: 5 },
        random: () => 0,
      }),
    );
    all.push(reader);
    return { reader, path };
  }

  async function world(slot: ReturnType<typeof start>, closes: boolean): Promise<World> {
    numbers += 1;
    const { reader, path } = slot;
    const listenAt = { path: join(folder, `card-${numbers}`) };
    const line = await createSocketLine({
      clock: time.clock,
      listenAt,
      target: { path },
      dialler: "machine",
      frames: vpcdFrames,
    });
    await untilWord({ device: reader, time }, "online");
    const card = shortCard();
    const done = countCommands(card);
    const tries = () => [card.pins.auth?.triesLeft, card.pins.items?.triesLeft];
    const full = tries();
    const inserted = unwrap(insertCard(card, `unix:${listenAt.path}`, { clock: time.clock }));
    return {
      device: closes ? reader : { ...reader, close: async () => {} },
      line,
      time,
      session: (call) => cardSession(reader, time, call),
      judge(_, harm) {
        expect(done.pins(), "PINs sent: one of the authentication, one of the items").toBeLessThanOrEqual(2);
        expect(done.signatures(), "signatures").toBeLessThanOrEqual(1);
        // Noise can make a right PIN a wrong one on its way; nothing else ever costs a try.
        if (harm !== "noise") expect(tries(), "tries left").toEqual(full);
      },
      async probe(call) {
        await untilPresent(reader, time);
        let connected = await call("probe", (options) => reader.connect(options));
        // The card that was pulled last may be the one that was met: whoever puts it back is asked again.
        for (let again = 0; again < 3 && !connected.ok; again++) {
          await time.sleep(50);
          await untilPresent(reader, time);
          connected = await call("probe again", (options) => reader.connect(options));
        }
        if (!connected.ok) return connected;
        const session = connected.value;
        const identified = await call("probe identify", (options) => session.identify(options));
        await session.close();
        return identified;
      },
      async dispose() {
        await inserted.remove();
        await line.close();
        if (closes) return await reader.close();
        // The next card must not meet this one in the reader's slot.
        await untilPresent(reader, time, false);
        idle.push(slot);
      },
    };
  }

  return {
    make: () => world(idle.pop() ?? start(), false),
    makeToClose: () => world(start(), true),
    async end() {
      await Promise.all(all.map((reader) => reader.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
