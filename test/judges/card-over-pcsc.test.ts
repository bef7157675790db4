import { createHash, verify } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CardSession } from "../../devices/card-reader/port.ts";
import { createCardReader, type SupervisedCardReader } from "../../devices/card-reader/reader.ts";
import { type InsertedCard, insertCard } from "../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard, type SimulatedCard } from "../../devices/card-reader/simulator/simulated-card.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { createJudgedCard } from "../support/judged-card.ts";
import { createTestPcscd, type TestPcscd, VPCD_READER, VPCD_SECOND_READER } from "../support/pcscd/pcscd.ts";
import { untilPresence, untilWord } from "../support/reader-waits.ts";
import { madoguchi } from "../support/run-command.ts";

/** Our driver through the real PC/SC stack: the add-on, pcscd and vpcd are Debian's and npm's, only the plastic is ours. */
const judged = createJudgedCard();
/** Short, so that a silent card is given up soon; a healthy one answers within milliseconds. */
const WATCHDOG_MS = 1_500;

let pcscd: TestPcscd;
let reader: SupervisedCardReader;
let lying: InsertedCard | undefined;

beforeAll(async () => {
  pcscd = await createTestPcscd();
  process.env.PCSCLITE_CSOCK_NAME = pcscd.socketPath;
  reader = unwrap(
    createCardReader({
      name: "card",
      address: `pcsc:${VPCD_READER}`,
      clock: systemClock,
      logger: silentLogger,
      watchdogMs: WATCHDOG_MS,
      backoff: { firstMs: 50, maxMs: 500 },
    }),
  );
  await untilWord(reader, "online");
});

afterEach(async () => {
  await lying?.remove();
  lying = undefined;
  await untilPresence(reader, false);
});

afterAll(async () => {
  await reader?.close();
  await pcscd?.destroy();
  delete process.env.PCSCLITE_CSOCK_NAME;
});

const newCard = () => createSimulatedCard({ profile: judged.profile });
const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);
const digestOf = (message: string) => createHash("sha256").update(message).digest();

async function put(card: SimulatedCard): Promise<CardSession> {
  lying = unwrap(insertCard(card, `tcp:127.0.0.1:${pcscd.port}`, { clock: systemClock }));
  await untilPresence(reader, true);
  return unwrap(await reader.connect());
}

/** A session as soon as pcscd has seen the card again. */
async function connectAgain(): Promise<CardSession> {
  for (;;) {
    const connected = await reader.connect();
    if (connected.ok) return connected.value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Everything that an issuance asks of a card. */
async function expectWholeSession(session: CardSession): Promise<void> {
  expect(unwrap(await session.identify()).kind).toBe("myNumberCard");
  expect(unwrap(await session.verifyPin(new Personal("1234")))).toEqual({ outcome: "accepted" });
  expect(Buffer.from(unwrap(await session.readAuthCertificate()))).toEqual(judged.certificate.raw);
  const signature = unwrap(await session.signDigest(digestOf("request")));
  expect(verify("sha256", Buffer.from("request"), judged.certificate.publicKey, signature)).toBe(true);
  expect(unwrap(await session.readFourItems(new Personal("1234")))?.reveal().birthDate).toBe("1984-02-29");
  await session.close();
}

describe("a card on a PC/SC reader", () => {
  it("is identified, opened, read and made to sign", async () => {
    await expectWholeSession(await put(newCard()));
  });

  it("tells its tries through the stack, and is blocked after the third wrong PIN", async () => {
    const card = newCard();
    const session = await put(card);
    for (const triesLeft of [2, 1])
      expect(unwrap(await session.verifyPin(new Personal("0000")))).toEqual({ outcome: "wrong", triesLeft });
    expect(unwrap(await session.verifyPin(new Personal("0000")))).toEqual({ outcome: "blocked" });
    expect(unwrap(await session.identify())).toEqual({ kind: "myNumberCard", triesLeft: 0 });
    expect(codeOf(await session.signDigest(digestOf("x")))).toBe("K-CARD-106");
    await session.close();
  });

  it("that is pulled while it signs is K-CARD-103, and works when it is put back", async () => {
    const card = newCard();
    const session = await put(card);
    unwrap(await session.verifyPin(new Personal("1234")));
    // SELECT of the application is remembered, SELECT of the key is answered, the signature is not.
    card.dieAfter(1);
    expect(codeOf(await session.signDigest(digestOf("request")))).toBe("K-CARD-103");
    await untilPresence(reader, false);
    lying = undefined;
    await expectWholeSession(await put(card));
  });

  it("that falls silent is K-CARD-104: the reader's process is replaced and finds the card again", async () => {
    const card = newCard();
    const session = await put(card);
    const firstPid = reader.childPid();
    card.goSilentAfter(1);
    expect(codeOf(await session.identify())).toBe("K-CARD-104");
    expect(reader.status().word).toBe("offline");
    card.recover();
    // vpcd itself waits for the answer that never came; a card that is taken off frees it.
    await lying?.remove();
    await untilWord(reader, "online");
    expect(reader.childPid()).not.toBe(firstPid);
    await untilPresence(reader, false);
    await expectWholeSession(await put(card));
  });
});

describe("a card that loses its field for a moment on a PC/SC reader", () => {
  // Shorter than pcscd's polling: it never sees the card gone. SELECT, VERIFY, READ BINARY.
  it.each([0, 2, 5])("at command %i: K-CARD-103, no try is spent, and the next session is whole", async (at) => {
    const card = newCard();
    const session = await put(card);
    card.dropOutAfter(at);
    const results = [
      await session.verifyPin(new Personal("1234")),
      await session.readAuthCertificate(),
      await session.signDigest(digestOf("request")),
    ];
    const codes = results.map(codeOf).filter((code) => code !== "ok");
    expect(new Set(codes)).toEqual(new Set(["K-CARD-103"]));
    expect(card.pins.auth.triesLeft).toBe(3);
    await expectWholeSession(await connectAgain());
  });
});

describe("restarting a PC/SC reader", () => {
  it("resets the card: its PIN is forgotten, and the next session is whole", async () => {
    const session = await put(newCard());
    unwrap(await session.verifyPin(new Personal("1234")));
    const before = reader.childPid();
    expect(codeOf(await reader.reopen())).toBe("ok");
    expect(reader.childPid()).not.toBe(before);
    expect(codeOf(await session.signDigest(digestOf("request")))).toBe("K-CARD-105");
    await untilPresence(reader, true);
    const next = await connectAgain();
    expect(codeOf(await next.signDigest(digestOf("request")))).toBe("K-CARD-107");
    await expectWholeSession(next);
  });
});

describe("a machine with two readers", () => {
  const another = (address: string) => {
    const made = unwrap(createCardReader({ name: "other", address, clock: systemClock, logger: silentLogger }));
    others.push(made);
    return made;
  };
  const others: SupervisedCardReader[] = [];
  afterEach(() => Promise.all(others.splice(0).map((one) => one.close())));

  it("has two sessions side by side, and a card on the other one is not ours", async () => {
    const second = another(`pcsc:${VPCD_SECOND_READER}`);
    await untilWord(second, "online");
    const elsewhere = unwrap(insertCard(newCard(), `tcp:127.0.0.1:${pcscd.port + 1}`, { clock: systemClock }));
    await untilPresence(second, true);
    expect([reader.cardPresent(), codeOf(await reader.connect())]).toEqual([false, "K-CARD-101"]);
    const there = unwrap(await second.connect());
    const here = await put(newCard());
    await Promise.all([expectWholeSession(here), expectWholeSession(there)]);
    await elsewhere.remove();
  });

  it.each([
    ["fits both", "pcsc:Virtual PCD", "K-CARD-115", "fitting"],
    ["fits none", "pcsc:ACS", "K-CARD-114", "readers"],
    ["is empty", "pcsc:", "K-CARD-115", "fitting"],
  ])("with a name that %s is offline and says which readers are there", async (_, address, code, detail) => {
    const unclear = another(address);
    await new Promise<void>((resolve) => unclear.onStatus(({ cause }) => cause && resolve()));
    expect(unclear.status()).toMatchObject({
      word: "offline",
      cause: { code, detail: { [detail]: `${VPCD_READER}, ${VPCD_SECOND_READER}` } },
    });
  });
});

describe.each(["SIGTERM", "SIGKILL"] as const)("a pcscd that is ended by %s", (signal) => {
  it("takes the session with it, and the reader is found again when pcscd is back", async () => {
    const card = newCard();
    const session = await put(card);
    await pcscd.stop(signal);
    await untilWord(reader, "offline");
    expect(codeOf(await session.identify())).toBe("K-CARD-105");
    expect(codeOf(await reader.connect())).toBe("K-CARD-105");
    await pcscd.start();
    await untilWord(reader, "online");
    await untilPresence(reader, true);
    await expectWholeSession(unwrap(await reader.connect()));
  });
});

describe("./madoguchi issue --card vpcd:PORT", () => {
  it("issues a certificate at the highest level through pcscd", async () => {
    // The kiosk of the command has this reader to itself: its slot is the same, our own reader only watches it.
    const issued = await madoguchi(
      "issue",
      "--json",
      "--card",
      `vpcd:${pcscd.port}`,
      "--out",
      `${pcscd.folder}/issued`,
    );
    expect(issued.err).toContain("panel: takeEverything");
    expect(JSON.parse(issued.out)).toMatchObject({ result: "issued", bindingLevel: "L3", impressions: 2 });
    expect(issued.code).toBe(0);
  });

  it("refuses a place that there is not, with the right way to say it", async () => {
    const refused = await madoguchi("issue", "--card", "vpcd:many");
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining("--card must be embedded, vpcd or vpcd:PORT"),
    ]);
  });
});
