import { describe, expect, it } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

let nowMs = 0;
const clock = { monotonicMs: () => nowMs };

describe("a rate limit", () => {
  it("lets a burst through, then as many a minute as it says, for each name by itself", () => {
    const allowed = createRateLimit({ burst: 2, perMinute: 1 }, clock);
    expect(["a", "a", "a", "b"].map(allowed)).toEqual([true, true, false, true]);
    nowMs += 60_000;
    expect(["a", "a"].map(allowed)).toEqual([true, false]);
  });

  it("gives no more than the burst after a long pause", () => {
    const allowed = createRateLimit({ burst: 2, perMinute: 60 }, clock);
    expect(allowed("a")).toBe(true);
    nowMs += 3_600_000;
    expect(["a", "a", "a"].map(allowed)).toEqual([true, true, false]);
  });

  it("holds only so many names, and forgets whoever has not asked for longest", () => {
    const allowed = createRateLimit({ burst: 1, perMinute: 1 }, clock, 2);
    expect(["a", "b", "a", "c"].map(allowed)).toEqual([true, true, false, true]);
    expect(allowed("a")).toBe(false);
    expect(allowed("b")).toBe(true);
  });
});
