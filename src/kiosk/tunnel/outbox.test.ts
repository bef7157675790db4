import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { createLogger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { QueuedMessage } from "../ports.ts";
import { createOutboxSender } from "./outbox.ts";

function harness(ids: readonly string[]) {
  const clock = createFakeClock();
  let queue = ids.map(
    (id): QueuedMessage => ({ id, kind: "settle", body: { requestId: id, result: "issued", prints: [] } }),
  );
  const tried: string[] = [];
  const events: { event: string; code: string }[] = [];
  let answer: (id: string, signal?: AbortSignal) => Promise<Result<void>> = async () => ok();
  const sender = createOutboxSender({
    journal: {
      queued: () => queue,
      dequeue: (id) => {
        queue = queue.filter((message) => message.id !== id);
      },
    },
    uplink: {
      settle: (report, options) => {
        tried.push(report.requestId);
        return answer(report.requestId, options?.signal);
      },
      usage: async () => fail("K-NET-103"),
    },
    clock,
    logger: createLogger("kiosk", clock, (line) => events.push(JSON.parse(line))),
    random: () => 0,
  });
  return {
    clock,
    sender,
    tried,
    events,
    left: () => queue.map((message) => message.id),
    push: (id: string) => {
      queue = [...queue, { id, kind: "settle", body: { requestId: id, result: "issued", prints: [] } }];
    },
    setAnswer: (fn: typeof answer) => {
      answer = fn;
    },
  };
}

describe("the outbox", () => {
  it("sends the oldest first and forgets what was acknowledged", async () => {
    const h = harness(["a", "b"]);
    h.sender.kick();
    await h.clock.advance(0);
    expect(h.tried).toEqual(["a", "b"]);
    expect(h.left()).toEqual([]);
    await h.sender.close();
  });

  it("keeps what was not acknowledged, lets others pass, and tries again later and later", async () => {
    const h = harness(["a", "b"]);
    h.setAnswer(async (id) => (id === "a" ? fail("K-TUNNEL-101") : ok()));
    h.sender.kick();
    await h.clock.advance(0);
    expect(h.left()).toEqual(["a"]);
    expect(h.events).toMatchObject([{ event: "outbox.failed", code: "K-TUNNEL-101" }]);
    const triesAfter = async (ms: number) => {
      await h.clock.advance(ms);
      return h.tried.filter((id) => id === "a").length;
    };
    expect(await triesAfter(1_999)).toBe(1);
    expect(await triesAfter(1)).toBe(2);
    expect(await triesAfter(3_999)).toBe(2);
    expect(await triesAfter(1)).toBe(3);
    h.setAnswer(async () => ok());
    await h.clock.advance(8_000);
    expect(h.left()).toEqual([]);
    await h.sender.close();
  });

  it("never waits longer than five minutes", async () => {
    const h = harness(["a"]);
    h.setAnswer(async () => fail("K-TUNNEL-101"));
    h.sender.kick();
    for (let round = 0; round < 10; round++) await h.clock.advance(300_000);
    const before = h.tried.length;
    await h.clock.advance(300_000);
    expect(h.tried.length).toBeGreaterThan(before);
    await h.sender.close();
  });

  it("tries at once when it is told of a new message", async () => {
    const h = harness(["a"]);
    h.setAnswer(async () => fail("K-TUNNEL-101"));
    h.sender.kick();
    await h.clock.advance(0);
    h.setAnswer(async () => ok());
    h.push("b");
    h.sender.kick();
    await h.clock.advance(0);
    expect(h.left()).toEqual([]);
    await h.sender.close();
  });

  it("sends one message at a time, and does not forget a kick that comes meanwhile", async () => {
    const h = harness(["a"]);
    let finish: (r: Result<void>) => void = () => {};
    h.setAnswer(() => new Promise((resolve) => (finish = resolve)));
    h.sender.kick();
    h.push("b");
    h.sender.kick();
    expect(h.tried).toEqual(["a"]);
    h.setAnswer(async () => ok());
    finish(ok());
    await h.clock.advance(0);
    expect(h.tried).toEqual(["a", "b"]);
    await h.sender.close();
  });

  it("stops when it is closed, and leaves what is under way in the journal", async () => {
    const h = harness(["a"]);
    h.setAnswer(
      (_id, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve(fail("K-CMD-102")))),
    );
    h.sender.kick();
    await h.sender.close();
    h.sender.kick();
    await h.clock.advance(600_000);
    expect(h.tried).toEqual(["a"]);
    expect(h.left()).toEqual(["a"]);
    expect(h.events).toEqual([]);
  });
});
