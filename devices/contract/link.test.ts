import { describe, expect, it } from "vitest";
import type { Failure } from "../../src/kernel/errors/failure.ts";
import { type Logger, silentLogger } from "../../src/kernel/logger.ts";
import { ok } from "../../src/kernel/result.ts";
import { createFakeClock, type FakeClock } from "../../test/support/fake-clock.ts";
import { backoffMs, createSupervisedLink, type LinkOptions } from "./link.ts";
import { memoryOpener, memoryPortPair } from "./memory-port.ts";
import type { BytePort } from "./port.ts";
import { createFrameRecorder } from "./recorder.ts";

function rig({ refusing = false, ...options }: Partial<LinkOptions> & { clock?: FakeClock; refusing?: boolean } = {}) {
  const clock = options.clock ?? createFakeClock();
  const far: BytePort[] = [];
  const opener = memoryOpener((port) => far.push(port));
  opener.refuse(refusing);
  const news: string[] = [];
  const causes: Failure[] = [];
  const link = createSupervisedLink({
    name: "coins",
    opener,
    clock,
    logger: silentLogger,
    random: () => 1,
    ...options,
  });
  link.onUp(() => news.push("up"));
  link.onDown((cause) => {
    news.push("down");
    causes.push(cause);
  });
  return { clock, opener, far, link, news, causes };
}

describe("a supervised link", () => {
  it("carries bytes both ways once it is up", async () => {
    const { clock, far, link, news } = rig();
    const received: number[] = [];
    const heard: number[] = [];
    link.onData((bytes) => received.push(...bytes));
    await clock.advance(0);
    far[0]?.onData((bytes) => heard.push(...bytes));
    expect(news).toEqual(["up"]);
    expect(link.connected()).toBe(true);
    expect(await link.write(Uint8Array.of(1, 2))).toEqual({ ok: true, value: undefined });
    await far[0]?.write(Uint8Array.of(3));
    await clock.advance(0);
    expect(heard).toEqual([1, 2]);
    expect(received).toEqual([3]);
  });

  it("comes back by itself after the plug was pulled", async () => {
    const { clock, opener, link, news } = rig();
    await clock.advance(0);
    opener.cut();
    await clock.advance(0);
    expect(link.connected()).toBe(false);
    expect(await link.write(Uint8Array.of(1))).toMatchObject({ ok: false, error: { code: "K-LINK-101" } });
    await clock.advance(100);
    expect(news).toEqual(["up", "down", "up"]);
  });

  it("tries for ever with capped pauses, and tells the loss only once with its cause", async () => {
    const { clock, opener, news, causes } = rig({ refusing: true });
    await clock.advance(0);
    await clock.advance(3_600_000);
    expect(news).toEqual(["down"]);
    expect(causes[0]).toMatchObject({ code: "K-LINK-101" });
    expect(opener.openings()).toBeGreaterThan(1700);
    expect(opener.openings()).toBeLessThan(1900);
    opener.refuse(false);
    await clock.advance(2000);
    expect(news).toEqual(["down", "up"]);
  });

  it("does not hammer a port that opens and closes at once", async () => {
    const clock = createFakeClock();
    let openings = 0;
    const link = createSupervisedLink({
      name: "coins",
      clock,
      logger: silentLogger,
      random: () => 1,
      opener: {
        address: "memory:",
        open: async () => {
          openings += 1;
          const [near, far] = memoryPortPair();
          far.close();
          return ok(near);
        },
      },
    });
    await clock.advance(60_000);
    expect(openings).toBeLessThan(40);
    await link.close();
  });

  it("starts the pauses afresh after a connection that carried data", async () => {
    const { clock, far, opener, news } = rig();
    for (let n = 0; n < 6; n++) {
      await clock.advance(0);
      await far.at(-1)?.write(Uint8Array.of(1));
      await clock.advance(1);
      opener.cut();
      await clock.advance(0);
      await clock.advance(100);
    }
    expect(news.filter((word) => word === "up")).toHaveLength(7);
  });

  it("gives up an opening that hangs and closes the port when it comes too late", async () => {
    const clock = createFakeClock();
    let release: () => void = () => {};
    let openings = 0;
    const [near, far] = memoryPortPair();
    let farClosed = false;
    far.onClose(() => {
      farClosed = true;
    });
    const link = createSupervisedLink({
      name: "coins",
      clock,
      logger: silentLogger,
      openTimeoutMs: 1000,
      opener: {
        address: "memory:",
        open: () => {
          openings += 1;
          return new Promise((resolve) => {
            if (openings === 1) release = () => resolve(ok(near));
          });
        },
      },
    });
    await clock.advance(1500);
    expect(openings).toBe(2);
    release();
    await clock.advance(0);
    expect(farClosed).toBe(true);
    expect(link.connected()).toBe(false);
    await link.close();
  });

  it("stays closed after close", async () => {
    const { clock, link, opener, news } = rig();
    await clock.advance(0);
    await link.close();
    await link.close();
    await clock.advance(60_000);
    expect(opener.openings()).toBe(1);
    expect(news).toEqual(["up"]);
    expect(link.connected()).toBe(false);
  });

  it("logs an opening and a loss with the address and the next attempt", async () => {
    const lines: unknown[] = [];
    const logger: Logger = { event: (name, fields) => void lines.push([name, fields]) };
    const { clock, opener } = rig({ logger });
    await clock.advance(0);
    opener.cut();
    await clock.advance(0);
    expect(lines).toEqual([
      ["link.opened", { link: "coins memory:" }],
      ["link.lost", { link: "coins memory:", code: "K-LINK-101", retryMs: 100 }],
    ]);
  });

  it("records nothing until the recorder is switched on, and then both directions", async () => {
    const clock = createFakeClock();
    const recorder = createFrameRecorder({ clock });
    const { far, link } = rig({ clock, recorder });
    await clock.advance(0);
    await link.write(Uint8Array.of(1));
    expect(recorder.lines()).toEqual([]);
    recorder.enable(true);
    await link.write(Uint8Array.of(0xab));
    await far[0]?.write(Uint8Array.of(0xcd));
    await clock.advance(0);
    expect(recorder.lines().map((line) => JSON.parse(line))).toEqual([
      { atMs: 0, dir: "tx", hex: "ab", name: "coins" },
      { atMs: 0, dir: "rx", hex: "cd", name: "coins" },
    ]);
  });
});

describe("back-off", () => {
  it("doubles, is capped, and spreads over the upper half", () => {
    const backoff = { firstMs: 100, maxMs: 1000 };
    expect([0, 1, 2, 3, 4, 1000].map((n) => backoffMs(backoff, n, 1))).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(backoffMs(backoff, 1, 0)).toBe(100);
  });
});
