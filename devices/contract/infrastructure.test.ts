import { describe, expect, it } from "vitest";
import { failure } from "../../src/kernel/errors/failure.ts";
import { ok, type Result } from "../../src/kernel/result.ts";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { createCommandQueue, queueOptions } from "./command-queue.ts";
import { createListeners } from "./listeners.ts";
import { memoryPortPair } from "./memory-port.ts";
import { createFrameRecorder } from "./recorder.ts";
import { createStatusHolder } from "./status-holder.ts";

describe("a command queue", () => {
  const hangs = (signal: AbortSignal, atEnd: Result<number>) =>
    new Promise<Result<number>>((resolve) => signal.addEventListener("abort", () => resolve(atEnd)));

  it("runs one command at a time, in order", async () => {
    const clock = createFakeClock();
    const queue = createCommandQueue(clock);
    const order: string[] = [];
    const command = (name: string) =>
      queue.run(name, { timeoutMs: 1000 }, async () => {
        order.push(`${name} begins`);
        await new Promise<void>((resolve) => clock.setTimer(10, resolve));
        order.push(`${name} ends`);
        return ok();
      });
    const both = Promise.all([command("a"), command("b")]);
    expect(queue.busy()).toBe(true);
    await clock.advance(30);
    await both;
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
    expect(queue.busy()).toBe(false);
  });

  it("completes in time also when the command in front hangs, and never starts beside it", async () => {
    const clock = createFakeClock();
    const queue = createCommandQueue(clock);
    const first = queue.run("first", { timeoutMs: 50 }, () => new Promise<never>(() => {}));
    let started = false;
    const second = queue.run("second", { timeoutMs: 80 }, async () => {
      started = true;
      return ok();
    });
    await clock.advance(100);
    expect(await first).toMatchObject({ ok: false, error: { code: "K-CMD-101" } });
    expect(await second).toMatchObject({ ok: false, error: { code: "K-CMD-101", detail: { what: "second" } } });
    expect(started).toBe(false);
  });

  it("cancels a waiting and a running command with K-CMD-102", async () => {
    const clock = createFakeClock();
    const queue = createCommandQueue(clock);
    const caller = new AbortController();
    const running = queue.run("running", { timeoutMs: 1000, signal: caller.signal }, (s) => hangs(s, ok(1)));
    const waiting = queue.run("waiting", { timeoutMs: 1000, signal: caller.signal }, async () => ok(2));
    await clock.advance(1);
    caller.abort();
    expect(await running).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
    expect(await waiting).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
    const late = await queue.run("late", { timeoutMs: 1000, signal: caller.signal }, async () => ok(3));
    expect(late).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
  });

  it("lets a command that leaves something behind tell what came of it after the time-out", async () => {
    const clock = createFakeClock();
    const queue = createCommandQueue(clock);
    const result = queue.run("payout", { timeoutMs: 50, completion: "whenWorkEnds" }, (s) => hangs(s, ok(7)));
    await clock.advance(50);
    expect(await result).toEqual(ok(7));
  });

  it("completes such a command at once while it only waits", async () => {
    const clock = createFakeClock();
    const queue = createCommandQueue(clock);
    const caller = new AbortController();
    void queue.run("in front", { timeoutMs: 1000 }, () => new Promise<never>(() => {}));
    const options = { timeoutMs: 500, signal: caller.signal, completion: "whenWorkEnds" } as const;
    const waiting = queue.run("payout", options, async () => ok(1));
    await clock.advance(1);
    caller.abort();
    expect(await waiting).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
  });

  it("ends everything with K-CMD-102 on close", async () => {
    const clock = createFakeClock();
    const queue = createCommandQueue(clock);
    const running = queue.run("running", { timeoutMs: 1000 }, (s) => hangs(s, ok(1)));
    await clock.advance(1);
    queue.close();
    expect(await running).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
    expect(await queue.run("late", { timeoutMs: 1 }, async () => ok())).toMatchObject({ error: { code: "K-CMD-102" } });
  });

  it("passes a bug of one command to its caller and goes on with the next", async () => {
    const queue = createCommandQueue(createFakeClock());
    const bug = queue.run("bug", { timeoutMs: 1000 }, async () => {
      throw new Error("bug");
    });
    await expect(bug).rejects.toThrow("bug");
    expect(await queue.run("next", { timeoutMs: 1000 }, async () => ok(1))).toEqual(ok(1));
  });

  it("takes the caller's time-out before the device's own", () => {
    expect(queueOptions({ timeoutMs: 5 }, 10).timeoutMs).toBe(5);
    expect(queueOptions(undefined, 10).timeoutMs).toBe(10);
  });
});

describe("a status holder", () => {
  it("tells changes of word and of cause, with the moment, and nothing twice", async () => {
    const clock = createFakeClock();
    const holder = createStatusHolder(clock, "offline");
    const told: string[] = [];
    const stop = holder.onStatus((s) => told.push(`${s.word} ${s.cause?.code ?? "-"} ${s.sinceMs}`));
    await clock.advance(5);
    holder.set("offline", failure("K-LINK-101"));
    holder.set("offline", failure("K-LINK-101", { again: true }));
    await clock.advance(5);
    holder.set("online");
    stop();
    holder.set("offline");
    expect(told).toEqual(["offline K-LINK-101 5", "online - 10"]);
    expect(holder.status()).toEqual({ word: "offline", sinceMs: 10 });
  });
});

describe("listeners", () => {
  it("may go away during a round without disturbing it", () => {
    const heard: string[] = [];
    const listeners = createListeners<number>();
    const stopFirst = listeners.add(() => {
      heard.push("first");
      stopFirst();
      stopThird();
    });
    listeners.add(() => heard.push("second"));
    const stopThird = listeners.add(() => heard.push("third"));
    listeners.emit(1);
    listeners.emit(2);
    expect(heard).toEqual(["first", "second", "second"]);
  });
});

describe("a frame recorder", () => {
  it("keeps a bounded number of bounded lines, the newest", () => {
    const recorder = createFrameRecorder({ clock: createFakeClock(), maxLines: 3 });
    recorder.enable(true);
    for (let n = 0; n < 10; n++) recorder.record("tx", "coins", Uint8Array.of(n));
    recorder.record("rx", "coins", new Uint8Array(10_000));
    const lines = recorder.lines();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('"hex":"08"');
    expect(lines[2]?.length).toBeLessThan(600);
    recorder.clear();
    expect(recorder.lines()).toEqual([]);
  });
});

describe("a memory port pair", () => {
  it("keeps what came before anybody listened, delivers what was written before the close, and closes once", async () => {
    const [a, b] = memoryPortPair();
    const heard: number[] = [];
    let closes = 0;
    await a.write(Uint8Array.of(1));
    await new Promise(setImmediate);
    b.onData((bytes) => heard.push(...bytes));
    b.onClose(() => {
      closes += 1;
    });
    await a.write(Uint8Array.of(2));
    a.close();
    b.close();
    await new Promise(setImmediate);
    expect(heard).toEqual([1, 2]);
    expect(closes).toBe(1);
    expect(await b.write(Uint8Array.of(3))).toMatchObject({ ok: false, error: { code: "K-LINK-102" } });
  });
});
