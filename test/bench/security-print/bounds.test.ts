import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearson } from "./bounds.ts";

describe("the bounds of k of n", () => {
  it.each([
    // None of n: 1 − .025^(1/n); the rest by scipy 1.16, beta.ppf(.025, k, n − k + 1) and beta.ppf(.975, k + 1, n − k).
    [0, 60, 0, 1 - 0.025 ** (1 / 60)],
    [60, 60, 0.025 ** (1 / 60), 1],
    [0, 10_000, 0, 1 - 0.025 ** (1 / 10_000)],
    [5, 10, 0.187_086, 0.812_914],
    [3, 60, 0.010_432, 0.139_243],
    [19, 20, 0.751_267, 0.998_735],
  ])("%i of %i are the published ones", (k, n, lower, upper) => {
    const bounds = clopperPearson(k, n);
    expect(bounds.lower).toBeCloseTo(lower, 5);
    expect(bounds.upper).toBeCloseTo(upper, 5);
  });

  it("hold the share that was seen, and are those of the rest the other way round", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (n, any) => {
        const k = any % (n + 1);
        const { lower, upper } = clopperPearson(k, n);
        expect(lower).toBeLessThanOrEqual(k / n);
        expect(upper).toBeGreaterThanOrEqual(k / n);
        expect(clopperPearson(n - k, n).lower).toBeCloseTo(1 - upper, 9);
      }),
    );
  });

  it("are refused for what is no k of n", () => {
    for (const [k, n] of [
      [2, 1],
      [0, 0],
      [-1, 3],
      [0.5, 3],
    ] as const)
      expect(() => clopperPearson(k, n)).toThrow(RangeError);
  });
});
