import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addYen, minYen, NO_YEN, subtractYen, timesYen, yen } from "./money.ts";

const amount = fc.integer({ min: -1_000_000, max: 1_000_000 }).map(yen);

describe("yen", () => {
  it("are whole: anything else is a bug and throws", () => {
    for (const wrong of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => yen(wrong)).toThrow(RangeError);
  });

  it("are neither made nor lost by adding and subtracting", () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(subtractYen(addYen(a, b), b)).toBe(a);
        expect(addYen()).toBe(NO_YEN);
        expect(minYen(a, b)).toBe(Math.min(a, b));
      }),
    );
  });

  it("times a count are that many additions", () => {
    fc.assert(
      fc.property(amount, fc.nat(20), (a, count) => {
        expect(timesYen(a, count)).toBe(addYen(...Array.from({ length: count }, () => a)));
      }),
    );
  });
});
