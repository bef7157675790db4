import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { Failure } from "../../../src/kernel/errors/failure.ts";
import { Personal } from "../../../src/kernel/personal.ts";
import { ok, type Result } from "../../../src/kernel/result.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { createCommandQueue } from "../../contract/command-queue.ts";
import { myNumberCardProfile } from "../card-profile.ts";
import { createCardSession } from "../card-session.ts";
import { createSimulatedCard, type SimulatedCard } from "../simulator/simulated-card.ts";
import { testProfile } from "../simulator/test-cards.ts";
import { chooseReader } from "./choose-reader.ts";
import { createPcscTransport } from "./pcsc-transport.ts";

const PRESENT = 0x20;
const UNAVAILABLE = "SCardTransmit error: Reader is unavailable.(0x80100017)";

/** The add-on's reader: the same events and callbacks, over a simulated card. The judges test the real one. */
class FakeReader extends EventEmitter {
  readonly SCARD_STATE_PRESENT = PRESENT;
  readonly SCARD_STATE_MUTE = 0x200;
  readonly SCARD_SHARE_EXCLUSIVE = 1;
  readonly SCARD_SHARE_DIRECT = 3;
  readonly SCARD_PROTOCOL_T0 = 1;
  readonly SCARD_PROTOCOL_T1 = 2;
  readonly SCARD_RESET_CARD = 1;
  readonly name: string;
  connected = false;
  card: SimulatedCard | undefined;
  /** pcscd did not see that the card was away for a moment, and has not powered it since. */
  asleep = false;
  /** The connection cannot be ended. */
  stuck = false;
  /** The cable comes out instead of so many commands more. */
  unplugIn = Number.POSITIVE_INFINITY;

  constructor(name: string) {
    super();
    this.name = name;
  }
  put(card: SimulatedCard | undefined): void {
    this.card = card;
    this.emit("status", { state: card ? PRESENT : 0 });
  }
  connect(options: { share_mode: number }, done: (error: unknown, protocol?: number) => void): void {
    const direct = options.share_mode === this.SCARD_SHARE_DIRECT;
    this.asleep &&= !direct;
    this.connected = !this.asleep;
    this.card?.reset();
    if (this.connected) done(null, 2);
    else done(new Error("SCardConnect error: No smart card inserted.(0x8010000c)"));
  }
  disconnect(_: number, done: () => void): void {
    this.connected &&= this.stuck;
    this.card?.reset();
    done();
  }
  transmit(command: Buffer, _: number, __: number, done: (error: unknown, response?: Uint8Array) => void): void {
    if (this.unplugIn-- <= 0) {
      done(new Error(UNAVAILABLE));
      this.emit("end");
    } else done(null, this.card?.transmit(command));
  }
}

/** A machine with PC/SC, and what the transport told about the reader. */
async function machine(part: string) {
  const context = new EventEmitter();
  const told: string[] = [];
  let cause: Failure | undefined;
  const transport = createPcscTransport(
    part,
    {
      available: () => void told.push("available"),
      unavailable(failure) {
        cause = failure;
        told.push(failure.code);
      },
      presence: (present) => void told.push(present ? "card" : "no card"),
      giveUp: (failure) => void told.push(`gives up: ${failure.code}`),
    },
    async () => context as never,
  );
  await turn();
  return {
    transport,
    told,
    cause: () => cause,
    /** Readers that are found together. */
    async plug(...readers: FakeReader[]) {
      for (const reader of readers) context.emit("reader", reader);
      await turn();
    },
    context,
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const CITIZENS = "ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] 00 00";
const SAM = "ACS ACR1252 1S CL Reader [ACR1252 Reader SAM] 00 01";
const STAFF = "Identiv uTrust 2700 R Smart Card Reader 01 00";

describe("which reader is meant", () => {
  const all = [CITIZENS, SAM, STAFF];

  it.each([
    ["PICC", CITIZENS],
    ["SAM", SAM],
    ["Identiv", STAFF],
    [STAFF, STAFF],
  ])("a part of the name that only one has chooses it in whatever order they are found: %s", (part, name) => {
    for (const first of all) {
      const order = [first, ...all.filter((one) => one !== first).reverse()];
      expect(chooseReader(order, part)).toEqual({ name });
    }
  });

  it("a part that several have chooses none, and says which", () => {
    for (const order of [all, [...all].reverse()])
      expect(chooseReader(order, "ACR1252")).toEqual({
        refusal: { code: "K-CARD-115", detail: { wanted: "ACR1252", fitting: `${CITIZENS}, ${SAM}` } },
      });
    expect(chooseReader(all, "")).toMatchObject({ refusal: { code: "K-CARD-115" } });
  });

  it("a whole name is that reader, also when another one's name begins with it", () => {
    expect(chooseReader(["Reader A 00 00 01", "Reader A 00 00"], "Reader A 00 00")).toEqual({ name: "Reader A 00 00" });
  });

  it("a part that none has says which readers are there", () => {
    expect(chooseReader([STAFF, SAM], "PICC")).toEqual({
      refusal: { code: "K-CARD-114", detail: { wanted: "PICC", readers: `${SAM}, ${STAFF}` } },
    });
    expect(chooseReader([], "PICC")).toMatchObject({ refusal: { detail: { readers: "none" } } });
  });

  it("nothing is enough where there is only one", () => {
    expect(chooseReader([STAFF], "")).toEqual({ name: STAFF });
  });
});

describe("a machine with several readers", () => {
  it.each([
    ["citizen's first", [CITIZENS, SAM, STAFF]],
    ["citizen's last", [STAFF, SAM, CITIZENS]],
  ])("uses its own, found %s; a card on another one is not there", async (_, order) => {
    const { told, plug } = await machine("PICC");
    const readers = new Map(order.map((name) => [name, new FakeReader(name)]));
    await plug(...readers.values());
    const card = createSimulatedCard({ profile: testProfile() });
    readers.get(STAFF)?.put(card);
    readers.get(SAM)?.put(card);
    expect(told).toEqual(["available"]);
    readers.get(CITIZENS)?.put(card);
    readers.get(STAFF)?.put(undefined);
    expect(told).toEqual(["available", "card"]);
  });

  it("goes on when another one breaks or is pulled, and gives up when its own breaks", async () => {
    const { told, plug } = await machine("PICC");
    const [own, other] = [new FakeReader(CITIZENS), new FakeReader(STAFF)];
    await plug(own, other);
    other.emit("error", new Error("broken"));
    other.emit("end");
    await turn();
    expect(told).toEqual(["available"]);
    own.emit("error", new Error("broken"));
    expect(told).toEqual(["available", "gives up: K-CARD-105"]);
  });

  it("is unavailable while the name fits several, and serves when only one of them is left", async () => {
    const { told, plug, transport } = await machine("ACR1252");
    const [own, other] = [new FakeReader(CITIZENS), new FakeReader(SAM)];
    own.put(createSimulatedCard({ profile: testProfile() }));
    await plug(own);
    await plug(other);
    expect(told).toEqual(["available", "K-CARD-115"]);
    expect(await transport.connect()).toMatchObject({ error: { code: "K-CARD-105" } });
    other.emit("end");
    await turn();
    expect(told.slice(2)).toEqual(["available"]);
  });

  it("says which readers are there when its own is not, and finds it when it is plugged in", async () => {
    const { told, plug, cause } = await machine("PICC");
    await plug(new FakeReader(STAFF));
    expect([told, cause()?.detail]).toEqual([["K-CARD-114"], { wanted: "PICC", readers: STAFF }]);
    await plug(new FakeReader(CITIZENS));
    expect(told).toEqual(["K-CARD-114", "available"]);
  });

  it("without any reader says so after a while", async () => {
    const { told } = await machine("");
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual(["K-CARD-114"]);
  });
});

describe("a reader that is unplugged", () => {
  it("at any command of a session: K-CARD-105, its card is gone, nothing is sent again, and plugged in again it serves", async () => {
    const { told, plug, transport, cause } = await machine("PICC");
    const card = createSimulatedCard({ profile: testProfile() });
    let commands = 0;
    let pins = 0;
    card.onCommand((apdu) => {
      commands += 1;
      if (apdu[1] === 0x20 && apdu.length > 5) pins += 1;
    });
    const fresh = async () => {
      const reader = new FakeReader(CITIZENS);
      await plug(reader);
      reader.put(card);
      return reader;
    };
    const session = async () => {
      const connected = await transport.connect();
      if (!connected.ok) return connected.error.code;
      const { session: opened } = createCardSession({
        profile: myNumberCardProfile,
        queue: createCommandQueue(createFakeClock()),
        async request(request) {
          if (request.kind === "transmit") return transport.transmit(request.apdu);
          await transport.disconnect();
          return ok(new Uint8Array());
        },
        onClosed: () => {},
        onItemsRefused: () => {},
      });
      const steps: readonly (() => Promise<Result<unknown>>)[] = [
        () => opened.identify(),
        () => opened.verifyPin(new Personal("1234")),
        () => opened.readAuthCertificate(),
        () => opened.signDigest(new Uint8Array(32)),
        () => opened.readFourItems(new Personal("1234")),
      ];
      for (const step of steps) {
        const result = await step();
        if (!result.ok) return result.error.code;
      }
      await opened.close();
      return "ok";
    };
    let reader = await fresh();
    expect(await session()).toBe("ok");
    const all = commands;
    expect(all).toBeGreaterThan(15);
    for (let at = 0; at < all; at++) {
      told.length = 0;
      pins = 0;
      reader.unplugIn = at;
      expect(await session(), `command ${at}`).toBe("K-CARD-105");
      expect(pins).toBeLessThanOrEqual(2);
      await turn();
      expect(told).toEqual(["no card", "K-CARD-105"]);
      expect(cause()?.detail).toEqual({ why: "the reader was unplugged", readers: "none" });
      expect(await session()).toBe("K-CARD-105");
      reader = await fresh();
      expect(told.slice(2)).toEqual(["available", "card"]);
    }
    expect(await session()).toBe("ok");
    expect([card.pins.auth.triesLeft, card.pins.items.triesLeft]).toEqual([3, 3]);
  });
});

describe("a connection", () => {
  const withCard = async () => {
    const made = await machine("PICC");
    const reader = new FakeReader(CITIZENS);
    await made.plug(reader);
    reader.put(createSimulatedCard({ profile: testProfile() }));
    return { ...made, reader };
  };

  it("to a card that pcscd sees and does not power is made after waking it, once", async () => {
    const { transport, reader } = await withCard();
    reader.asleep = true;
    expect(await transport.connect()).toMatchObject({ ok: true });
    reader.put(undefined);
    reader.asleep = true;
    expect(await transport.connect()).toMatchObject({ error: { code: "K-CARD-101" } });
  });

  it("that cannot be ended is no connection to the next card: the process is given up", async () => {
    const { transport, reader, told } = await withCard();
    expect(await transport.connect()).toMatchObject({ ok: true });
    reader.stuck = true;
    await transport.disconnect();
    expect(await transport.connect()).toMatchObject({ error: { code: "K-CARD-105" } });
    expect(told.at(-1)).toBe("gives up: K-CARD-105");
  });
});
