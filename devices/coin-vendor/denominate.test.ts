import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { denominate } from "./denominate.ts";
import { type CoinCounts, denominations, type StorageUnit } from "./port.ts";

fc.configureGlobal({ seed: 20261126 });

const unit = (denomination: StorageUnit["denomination"], count?: number, state: StorageUnit["state"] = "ok") =>
  count === undefined ? { denomination, state } : { denomination, state, count };
const full = denominations.map((denomination) => unit(denomination));
const sumOf = (coins: CoinCounts) => denominations.reduce((sum, d) => sum + d * (coins[d] ?? 0), 0);
const countOf = (coins: CoinCounts) => denominations.reduce((sum, d) => sum + (coins[d] ?? 0), 0);

/** The fewest coins by trying everything, for small stocks. */
function fewestByForce(amount: number, stock: readonly number[]): number | undefined {
  let best: number | undefined;
  const [tens = 0, fifties = 0, hundreds = 0, fiveHundreds = 0] = stock;
  for (let a = 0; a <= tens; a++)
    for (let b = 0; b <= fifties; b++)
      for (let c = 0; c <= hundreds; c++)
        for (let d = 0; d <= fiveHundreds; d++)
          if (a * 10 + b * 50 + c * 100 + d * 500 === amount) best = Math.min(best ?? Number.MAX_VALUE, a + b + c + d);
  return best;
}

describe("change", () => {
  it("is given with the fewest coins from full hoppers", () => {
    expect(denominate(880, full)).toEqual({ 500: 1, 100: 3, 50: 1, 10: 3 });
    expect(denominate(0, full)).toEqual({});
  });

  it("is exact, within the stocks, and the fewest coins that exist, whenever any way exists", () => {
    const stock = fc.tuple(fc.nat(8), fc.nat(4), fc.nat(6), fc.nat(3));
    fc.assert(
      fc.property(stock, fc.nat(260), (counts, tens) => {
        const amount = tens * 10;
        const found = denominate(
          amount,
          denominations.map((d, n) => unit(d, counts[n])),
        );
        const fewest = fewestByForce(amount, counts);
        expect(found && countOf(found)).toBe(fewest);
        if (!found) return;
        expect(sumOf(found)).toBe(amount);
        for (const [n, d] of denominations.entries()) expect(found[d] ?? 0).toBeLessThanOrEqual(counts[n] ?? 0);
      }),
    );
  });

  it("uses no hopper that is empty or out of order, and uses a low one", () => {
    expect(denominate(500, [unit(500, 9, "inoperative"), unit(100, 9), unit(50, 9, "empty")])).toEqual({ 100: 5 });
    expect(denominate(50, [unit(50, 9, "empty"), unit(100, 9)])).toBeUndefined();
    expect(denominate(50, [unit(50, 2, "low")])).toEqual({ 50: 1 });
  });

  it("is not given for what coins cannot make", () => {
    for (const amount of [5, -10, 0.5, Number.NaN]) expect(denominate(amount, full)).toBeUndefined();
  });

  it("does not trust a book that went below nothing, and pays at most 255 coins from one hopper", () => {
    expect(denominate(10, [unit(10, -3)])).toBeUndefined();
    expect(denominate(2560, [unit(10)])).toBeUndefined();
  });
});
