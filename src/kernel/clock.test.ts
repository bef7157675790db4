import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { sleep, withTimeout } from "./clock.ts";
import { ok } from "./result.ts";

describe("withTimeout", () => {
  it("completes with K-CMD-101 when the work does not end in time", async () => {
    const clock = createFakeClock();
    const result = withTimeout(clock, { timeoutMs: 100 }, () => new Promise<never>(() => {}));
    await clock.advance(100);
    expect(await result).toMatchObject({ ok: false, error: { code: "K-CMD-101" } });
  });

  it("completes with K-CMD-102 when the caller aborts, and tells the work so", async () => {
    const clock = createFakeClock();
    const caller = new AbortController();
    let told = false;
    const result = withTimeout(clock, { timeoutMs: 100, signal: caller.signal }, (signal) => {
      signal.addEventListener("abort", () => {
        told = true;
      });
      return new Promise<never>(() => {});
    });
    caller.abort();
    expect(await result).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
    expect(told).toBe(true);
  });

  it("drops a result that arrives after the time-out", async () => {
    const clock = createFakeClock();
    let finish: (r: ReturnType<typeof ok<number>>) => void = () => {};
    const result = withTimeout(
      clock,
      { timeoutMs: 10 },
      () => new Promise<ReturnType<typeof ok<number>>>((r) => (finish = r)),
    );
    await clock.advance(10);
    finish(ok(7));
    expect((await result).ok).toBe(false);
  });
});

describe("sleep", () => {
  it("ends after its time, and at once when it is aborted", async () => {
    const clock = createFakeClock();
    const slept = sleep(clock, 50);
    await clock.advance(50);
    expect((await slept).ok).toBe(true);
    const caller = new AbortController();
    const cut = sleep(clock, 50, caller.signal);
    caller.abort();
    expect(await cut).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
  });
});
