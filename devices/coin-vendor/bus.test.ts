import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/kernel/logger.ts";
import type { Result } from "../../src/kernel/result.ts";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { createSupervisedLink } from "../contract/link.ts";
import { memoryOpener } from "../contract/memory-port.ts";
import type { BytePort } from "../contract/port.ts";
import { createCcTalkBus, type EchoSetting } from "./bus.ts";

fc.configureGlobal({ seed: 20261128 });

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const POLL = "02 00 01 fe ff";
const ACK = "01 00 02 00 fd";
const NAK = "01 00 02 05 f8";
const BUSY = "01 00 02 06 f7";

/** A bus whose far end answers each frame with the next line of a script (hex; "" is silence). */
async function scripted(script: readonly string[], echo: EchoSetting = "auto") {
  const clock = createFakeClock();
  const heard: string[] = [];
  const answers = [...script];
  let far: BytePort | undefined;
  const opener = memoryOpener((port) => {
    far = port;
    port.onData((bytes) => {
      heard.push(Buffer.from(bytes).toString("hex"));
      const answer = answers.shift();
      if (answer) void port.write(hex(answer));
    });
    port.onClose(() => {});
  });
  const link = createSupervisedLink({ name: "coins", opener, clock, logger: silentLogger });
  const bus = createCcTalkBus({ name: "coins", link, clock, logger: silentLogger, echo });
  await clock.advance(0);
  async function settle<T>(promise: Promise<T>): Promise<T> {
    await clock.advance(60_000);
    return promise;
  }
  return { clock, bus, link, opener, heard, settle, far: () => far };
}

const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);

describe("the bus", () => {
  it("sends the specification's simple poll and takes its ACK", async () => {
    const { bus, heard, settle } = await scripted([ACK]);
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("ok");
    expect(heard).toEqual([POLL.replaceAll(" ", "")]);
  });

  it("asks again three times in silence and then names the device and the command", async () => {
    const { bus, heard, settle } = await scripted([]);
    expect(await settle(bus.request(2, "simplePoll"))).toMatchObject({
      ok: false,
      error: { code: "K-COIN-101", detail: { address: 2, header: 254 } },
    });
    expect(heard).toHaveLength(4);
  });

  it("never sends a payout twice, whatever happens to the reply", async () => {
    for (const reply of ["", BUSY, "01 01 05 00", "ff ff ff ff", "01 00 07 00 f8", NAK]) {
      const { bus, heard, settle } = await scripted([reply, "01 01 05 00 01 f8"]);
      expect(codeOf(await settle(bus.request(5, "dispenseCoins", [1, 2, 3, 4])))).not.toBe("ok");
      expect(heard).toHaveLength(1);
    }
  });

  it("repeats after noise, a broken check, a stranger's reply and BUSY, but not after a NAK", async () => {
    const { bus, heard, settle } = await scripted([
      "de ad be ef",
      "01 00 02 00 fe",
      "01 00 03 00 fc",
      ACK,
      BUSY,
      ACK,
      NAK,
    ]);
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("ok");
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("ok");
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("K-COIN-102");
    expect(heard).toHaveLength(7);
  });

  it("names a device that stays busy and one whose replies have another form", async () => {
    const busy = await scripted([BUSY, BUSY, BUSY, BUSY]);
    expect(codeOf(await busy.settle(busy.bus.request(2, "simplePoll")))).toBe("K-COIN-103");
    const odd = "01 01 02 00 07 f5";
    const formless = await scripted([odd, odd, odd, odd]);
    expect(codeOf(await formless.settle(formless.bus.request(2, "simplePoll")))).toBe("K-COIN-104");
  });

  it("finds the reply behind its own echo, and learns the adapter", async () => {
    const { bus, settle } = await scripted([`${POLL} ${ACK}`, POLL, POLL, POLL, POLL]);
    expect(bus.echo()).toBe("unknown");
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("ok");
    expect(bus.echo()).toBe("present");
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("K-COIN-101");
  });

  it("tells a missing echo from a missing reply when the echo is known", async () => {
    const { bus, settle } = await scripted([], true);
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("K-COIN-105");
  });

  it("takes a reply that comes in pieces, and drops half a reply after the inter-byte time", async () => {
    const { bus, clock, far, heard } = await scripted([]);
    const whole = bus.request(2, "simplePoll");
    await clock.advance(10);
    await far()?.write(hex("01 00"));
    await clock.advance(40);
    await far()?.write(hex("02 00 fd"));
    await clock.advance(10);
    expect(codeOf(await whole)).toBe("ok");
    expect(heard).toHaveLength(1);
    const half = bus.request(2, "simplePoll");
    await clock.advance(10);
    await far()?.write(hex("01 00"));
    await clock.advance(60);
    await far()?.write(hex("02 00 fd"));
    await clock.advance(100);
    await far()?.write(hex(ACK));
    await clock.advance(10);
    expect(codeOf(await half)).toBe("ok");
  });

  it("does not take the late reply to one request for the answer to the next", async () => {
    const { bus, clock, far, heard } = await scripted([]);
    const first = bus.request(2, "requestMasterInhibit", [], { retries: 0 });
    await clock.advance(10);
    const second = bus.request(2, "requestMasterInhibit", [], { retries: 0 });
    await clock.advance(260);
    expect(codeOf(await first)).toBe("K-COIN-101");
    await far()?.write(hex("01 01 02 00 00 fc"));
    await clock.advance(100);
    expect(heard).toHaveLength(2);
    await far()?.write(hex("01 01 02 00 01 fb"));
    await clock.advance(10);
    expect(await second).toEqual({ ok: true, value: Uint8Array.of(1) });
  });

  it("ends with K-LINK-102 when the plug is pulled, and with K-LINK-101 while it is out", async () => {
    const { bus, clock, opener, settle } = await scripted([]);
    const pulled = bus.request(2, "simplePoll");
    await clock.advance(10);
    opener.refuse(true);
    opener.cut();
    expect(codeOf(await settle(pulled))).toBe("K-LINK-102");
    expect(codeOf(await settle(bus.request(2, "simplePoll")))).toBe("K-LINK-101");
  });

  it("ends with K-CMD-102 on close, also what waits", async () => {
    const { bus, clock, settle } = await scripted([]);
    const running = bus.request(2, "simplePoll");
    const waiting = bus.request(3, "simplePoll");
    await clock.advance(10);
    bus.close();
    expect(codeOf(await settle(running))).toBe("K-CMD-102");
    expect(codeOf(await settle(waiting))).toBe("K-CMD-102");
  });

  it("completes every request exactly once in any soup of bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), async (soup) => {
        const { bus, clock, settle, far } = await scripted(soup.map((bytes) => Buffer.from(bytes).toString("hex")));
        const requests = [bus.request(2, "readBufferedCredit"), bus.request(5, "dispenseCoins", [1, 2, 3, 1])];
        for (const bytes of soup) {
          await far()?.write(bytes);
          await clock.advance(7);
        }
        const settled = await settle(Promise.all(requests));
        for (const result of settled) expect(result.ok || result.error.code.startsWith("K-COIN")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
