import { createHash, verify } from "node:crypto";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { createReaderPlace } from "../../test/support/embedded-reader.ts";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { untilPresence, untilWord } from "../../test/support/reader-waits.ts";
import { createCardReader } from "./reader.ts";
import { createSimulatedCard } from "./simulator/simulated-card.ts";
import { testKeyPair, testProfile } from "./simulator/test-cards.ts";

/** The reader with its real child process and the embedded reader's socket; a card is a client of that socket. */
let place: ReturnType<typeof createReaderPlace>;
beforeEach(() => {
  place = createReaderPlace();
});
afterEach(() => place.end());

const newCard = () => createSimulatedCard({ profile: testProfile() });
const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);

describe("a card on the reader", () => {
  it("is identified, opened by its PIN, read and made to sign", async () => {
    const [session] = await place.sessionWith(newCard(), place.startReader());
    expect(unwrap(await session.identify())).toEqual({ kind: "myNumberCard", triesLeft: 3 });
    expect(unwrap(await session.verifyPin(new Personal("1234")))).toEqual({ outcome: "accepted" });
    expect(Buffer.from(unwrap(await session.readAuthCertificate()))).toEqual(
      Buffer.from(testProfile().auth?.certificate ?? []),
    );
    const message = Buffer.from("request");
    const signature = unwrap(await session.signDigest(createHash("sha256").update(message).digest()));
    expect(verify("sha256", message, testKeyPair().publicKey, signature)).toBe(true);
    const items = unwrap(await session.readFourItems(new Personal("1234")));
    expect(items?.reveal()).toMatchObject({ name: "葛\u{E0100}城　花子", birthDate: "1984-02-29", sex: "female" });
    expect(String(items)).toBe("[personal]");
  });

  it("that is taken off ends its session, and the next one starts without the PIN", async () => {
    const reader = place.startReader();
    const card = newCard();
    const [first, inserted] = await place.sessionWith(card, reader);
    unwrap(await first.verifyPin(new Personal("1234")));
    await inserted.remove();
    await untilPresence(reader, false);
    expect(codeOf(await first.signDigest(new Uint8Array(32)))).toBe("K-CARD-103");
    expect(codeOf(await reader.connect())).toBe("K-CARD-101");
    const [second] = await place.sessionWith(card, reader);
    expect(codeOf(await second.signDigest(new Uint8Array(32)))).toBe("K-CARD-107");
    expect(codeOf(await first.identify())).toBe("K-CARD-103");
  });

  it("is reset when the session is closed, so the PIN does not stay open", async () => {
    const reader = place.startReader();
    const [first] = await place.sessionWith(newCard(), reader);
    unwrap(await first.verifyPin(new Personal("1234")));
    await first.close();
    await first.close();
    const second = unwrap(await reader.connect());
    expect(codeOf(await second.signDigest(new Uint8Array(32)))).toBe("K-CARD-107");
  });

  it("belongs to one session at a time", async () => {
    const reader = place.startReader();
    await place.sessionWith(newCard(), reader);
    expect(codeOf(await reader.connect())).toBe("K-CARD-110");
  });

  it("fills the slot: a second card is turned away until the first has gone", async () => {
    const reader = place.startReader();
    const first = place.put(newCard());
    await untilPresence(reader, true);
    const intruder = connect(place.address.slice("unix:".length));
    await new Promise<void>((resolve) => intruder.once("close", () => resolve()));
    expect(reader.cardPresent()).toBe(true);
    await first.remove();
    await untilPresence(reader, false);
  });
});

describe("wrong cards and wrong PINs", () => {
  it("no card is K-CARD-101", async () => {
    const reader = place.startReader();
    await untilWord(reader, "online");
    expect(codeOf(await reader.connect())).toBe("K-CARD-101");
  });

  it("another kind of card is unknown, and every step of JPKI on it is K-CARD-102", async () => {
    const [session] = await place.sessionWith(createSimulatedCard({ profile: { kind: "plain" } }), place.startReader());
    expect(unwrap(await session.identify())).toEqual({ kind: "unknown", triesLeft: 0 });
    expect(codeOf(await session.verifyPin(new Personal("1234")))).toBe("K-CARD-102");
    expect(codeOf(await session.readAuthCertificate())).toBe("K-CARD-102");
    expect(unwrap(await session.readFourItems(new Personal("1234")))).toBeUndefined();
  });

  it("a wrong PIN tells the tries left, and the tries outlive the session", async () => {
    const reader = place.startReader();
    const [session] = await place.sessionWith(newCard(), reader);
    expect(unwrap(await session.verifyPin(new Personal("0000")))).toEqual({ outcome: "wrong", triesLeft: 2 });
    await session.close();
    const next = unwrap(await reader.connect());
    expect(unwrap(await next.identify())).toEqual({ kind: "myNumberCard", triesLeft: 2 });
  });

  it.each([0x63c0, 0x6983, 0x6984] as const)(
    "a blocked PIN (%i) is told before and after, and signing is K-CARD-106",
    async (blockedAnswer) => {
      const card = createSimulatedCard({ profile: testProfile(), behaviour: { blockedAnswer } });
      card.pins.auth.triesLeft = 1;
      const [session] = await place.sessionWith(card, place.startReader());
      expect(unwrap(await session.verifyPin(new Personal("0000")))).toEqual({ outcome: "blocked" });
      expect(unwrap(await session.identify())).toEqual({ kind: "myNumberCard", triesLeft: 0 });
      expect(unwrap(await session.verifyPin(new Personal("1234")))).toEqual({ outcome: "blocked" });
      expect(codeOf(await session.signDigest(new Uint8Array(32)))).toBe("K-CARD-106");
    },
  );

  it("something that is not four digits never reaches the card", async () => {
    const card = newCard();
    const [session] = await place.sessionWith(card, place.startReader());
    for (const pin of ["", "123", "12345", "12a4", "１２３４"]) {
      expect(codeOf(await session.verifyPin(new Personal(pin)))).toBe("K-CARD-113");
      expect(codeOf(await session.readFourItems(new Personal(pin)))).toBe("K-CARD-113");
    }
    expect(card.pins.auth.triesLeft).toBe(3);
    expect(card.pins.items.triesLeft).toBe(3);
  });
});

describe("accidents", () => {
  it("a card that is pulled in the middle of a command is K-CARD-103, and works when it is put back", async () => {
    const reader = place.startReader();
    const card = newCard();
    const [session] = await place.sessionWith(card, reader);
    card.dieAfter(2);
    expect(codeOf(await session.readAuthCertificate())).toBe("K-CARD-103");
    await untilPresence(reader, false);
    const [again] = await place.sessionWith(card, reader);
    expect(unwrap(await again.identify()).kind).toBe("myNumberCard");
  });

  it("a silent card is K-CARD-104: the watchdog replaces the process, and the card is found again", async () => {
    const clock = createFakeClock();
    let processEnded = () => {};
    const ended = new Promise<void>((resolve) => {
      processEnded = resolve;
    });
    const reader = place.startReader({
      clock,
      logger: { event: (name) => name === "card.processEnded" && processEnded() },
    });
    const card = newCard();
    const [session] = await place.sessionWith(card, reader);
    const firstPid = reader.childPid();
    card.goSilentAfter(1);
    let commands = 0;
    const silent = new Promise<void>((resolve) => card.onCommand(() => ++commands === 2 && resolve()));
    const identified = session.identify();
    await silent;
    await clock.advance(5000);
    expect(codeOf(await identified)).toBe("K-CARD-104");
    expect(reader.status()).toMatchObject({ word: "offline", cause: { code: "K-CARD-104" } });
    expect(codeOf(await session.identify())).toBe("K-CARD-104");
    expect(codeOf(await reader.connect())).toBe("K-CARD-105");
    card.recover();
    await ended;
    await clock.advance(5);
    await untilPresence(reader, true);
    expect(reader.status().word).toBe("online");
    expect(reader.childPid()).not.toBe(firstPid);
    const next = unwrap(await reader.connect());
    expect(unwrap(await next.identify()).triesLeft).toBe(3);
  });

  it("a killed reader process is K-CARD-105 for the session, and the reader comes back by itself", async () => {
    const reader = place.startReader();
    const card = newCard();
    const [session] = await place.sessionWith(card, reader);
    process.kill(reader.childPid() ?? 0, "SIGKILL");
    await untilWord(reader, "offline");
    expect(reader.status().cause?.code).toBe("K-CARD-105");
    expect(codeOf(await session.identify())).toBe("K-CARD-105");
    await untilPresence(reader, true);
    const next = unwrap(await reader.connect());
    expect(unwrap(await next.verifyPin(new Personal("1234")))).toEqual({ outcome: "accepted" });
  });

  it("a socket that cannot be listened on keeps the device offline with the reason", async () => {
    place.address = `unix:${join(place.folder, "no", "such", "folder", "reader")}`;
    const reader = place.startReader();
    await new Promise<void>((resolve) => reader.onStatus((status) => status.cause && resolve()));
    expect(reader.status()).toMatchObject({ word: "offline", cause: { code: "K-CARD-112" } });
    expect(codeOf(await reader.connect())).toBe("K-CARD-105");
  });

  it("an address that is not understood is refused at once", () => {
    for (const wrong of ["", "unix:reader", "tcp:127.0.0.1:35963", "serial:/dev/ttyS0"]) {
      expect(codeOf(createCardReader({ name: "card", address: wrong, clock: systemClock, logger: silentLogger }))).toBe(
        "K-LINK-103",
      );
    }
  });
});

describe("commands", () => {
  it("that are cancelled end with K-CMD-102 and leave the card usable", async () => {
    const [session] = await place.sessionWith(newCard(), place.startReader());
    const abort = new AbortController();
    const reading = session.readAuthCertificate({ signal: abort.signal });
    abort.abort();
    expect(codeOf(await reading)).toBe("K-CMD-102");
    expect(unwrap(await session.identify()).triesLeft).toBe(3);
  });

  it("a connection that nobody waits for any more does not hold the card", async () => {
    const reader = place.startReader();
    place.put(newCard());
    await untilPresence(reader, true);
    const abort = new AbortController();
    const connecting = reader.connect({ signal: abort.signal });
    await Promise.resolve();
    abort.abort();
    expect(codeOf(await connecting)).toBe("K-CMD-102");
    expect(codeOf(await reader.connect())).toBe("ok");
  });

  it("of a closed reader end with K-CMD-102, and its process is gone", async () => {
    const reader = place.startReader();
    const [session] = await place.sessionWith(newCard(), reader);
    const pid = reader.childPid() ?? 0;
    await reader.close();
    expect(codeOf(await session.identify())).toBe("K-CMD-102");
    expect(codeOf(await reader.connect())).toBe("K-CMD-102");
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});
