import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChangePolicy, canGiveAllChange, defaultChangePolicy, denominate } from "./denominate.ts";
import { type CoinCounts, type Denomination, denominations, type StorageUnit } from "./port.ts";

fc.configureGlobal({ seed: 20261126 });

const unit = (
  denomination: Denomination,
  count?: number,
  given: Partial<Pick<StorageUnit, "state" | "levelSensor">> = {},
): StorageUnit => ({
  id: `hopper-${denomination}`,
  kind: "cashOut",
  denomination,
  state: "ok",
  levelSensor: false,
  ...given,
  ...(count === undefined ? {} : { counts: { [denomination]: count } }),
});
const stocked = (counts: readonly number[]) => denominations.map((d, n) => unit(d, counts[n]));
const full = stocked([200, 200, 200, 200]);
const sumOf = (coins: CoinCounts) => denominations.reduce((sum, d) => sum + d * (coins[d] ?? 0), 0);
const countOf = (coins: CoinCounts) => denominations.reduce((sum, d) => sum + (coins[d] ?? 0), 0);

/** Every way to pay an amount from small stocks. */
function* allWays(amount: number, stock: readonly number[]): Iterable<CoinCounts> {
  const [tens = 0, fifties = 0, hundreds = 0, fiveHundreds = 0] = stock;
  for (let a = 0; a <= tens; a++)
    for (let b = 0; b <= fifties; b++)
      for (let c = 0; c <= hundreds; c++)
        for (let d = 0; d <= fiveHundreds; d++)
          if (a * 10 + b * 50 + c * 100 + d * 500 === amount) yield { 10: a, 50: b, 100: c, 500: d };
}

const fromReserve = (coins: CoinCounts, stock: readonly number[], policy: ChangePolicy) =>
  denominations.reduce((sum, d, n) => {
    const spare = Math.max(0, (stock[n] ?? 0) - policy.reserves[d]);
    return sum + Math.max(0, (coins[d] ?? 0) - spare);
  }, 0);

const stocks = fc.tuple(fc.nat(9), fc.nat(5), fc.nat(7), fc.nat(3));
const policies = fc
  .tuple(fc.nat(4), fc.nat(2), fc.nat(4), fc.nat(2))
  .map(([a, b, c, d]): ChangePolicy => ({ reserves: { 10: a, 50: b, 100: c, 500: d }, lowMarkCoins: 10 }));

describe("change", () => {
  it("is given with the fewest coins from full hoppers", () => {
    expect(denominate(880, full)).toEqual({ 500: 1, 100: 3, 50: 1, 10: 3 });
    expect(denominate(0, full)).toEqual({});
  });

  it("is exact and within the stocks, spares the reserves as far as any way can, and is then the fewest coins", () => {
    fc.assert(
      fc.property(stocks, fc.nat(260), policies, (stock, tens, policy) => {
        const amount = tens * 10;
        const found = denominate(amount, stocked(stock), { policy });
        const ways = [...allWays(amount, stock)];
        expect(found === undefined).toBe(ways.length === 0);
        if (!found) return;
        expect(sumOf(found)).toBe(amount);
        for (const [n, d] of denominations.entries()) expect(found[d] ?? 0).toBeLessThanOrEqual(stock[n] ?? 0);
        const least = Math.min(...ways.map((way) => fromReserve(way, stock, policy)));
        expect(fromReserve(found, stock, policy)).toBe(least);
        const sparing = ways.filter((way) => fromReserve(way, stock, policy) === least);
        expect(countOf(found)).toBe(Math.min(...sparing.map(countOf)));
      }),
      { numRuns: 300 },
    );
  });

  it("does not drain one hopper while others can give it", () => {
    expect(denominate(100, stocked([50, 50, 8, 10]))).toEqual({ 50: 2 });
    expect(denominate(100, stocked([50, 3, 8, 10]))).toEqual({ 50: 1, 10: 5 });
    expect(denominate(100, stocked([0, 0, 1, 0]))).toEqual({ 100: 1 });
  });

  it("takes no longer for a large amount", () => {
    expect(denominate(9990, full)).toEqual({ 500: 19, 100: 4, 50: 1, 10: 4 });
    expect(denominate(9990, stocked([255, 255, 0, 0]))).toEqual({ 50: 199, 10: 4 });
  });

  it("uses no hopper that is empty or out of order, and uses a low one", () => {
    const state = (word: StorageUnit["state"]) => ({ state: word });
    expect(denominate(500, [unit(500, 9, state("inoperative")), unit(100, 9), unit(50, 9, state("empty"))])).toEqual({
      100: 5,
    });
    expect(denominate(50, [unit(50, 9, state("empty")), unit(100, 9)])).toBeUndefined();
    expect(denominate(50, [unit(50, 2, { state: "low", levelSensor: true })])).toEqual({ 50: 1 });
  });

  it("is not given for what coins cannot make", () => {
    for (const amount of [5, -10, 0.5, Number.NaN]) expect(denominate(amount, full)).toBeUndefined();
  });

  it("does not trust a book that went below nothing, and pays at most 255 coins from one hopper", () => {
    expect(denominate(10, [unit(10, -3)])).toBeUndefined();
    expect(denominate(2560, [unit(10)])).toBeUndefined();
    expect(denominate(2560, [unit(10, 900)])).toBeUndefined();
  });
});

describe("a hopper that was never counted", () => {
  it("has nothing to promise without a level sensor, but is tried when money is owed", () => {
    expect(denominate(30, [unit(10)], { certain: true })).toBeUndefined();
    expect(denominate(30, [unit(10)])).toEqual({ 10: 3 });
  });

  it("promises the coins below the mark while its sensor does not say low, and none when it does", () => {
    const seen = (state: StorageUnit["state"]) => [unit(10, undefined, { levelSensor: true, state })];
    expect(denominate(100, seen("ok"), { certain: true })).toEqual({ 10: 10 });
    expect(denominate(110, seen("ok"), { certain: true })).toBeUndefined();
    expect(denominate(10, seen("low"), { certain: true })).toBeUndefined();
    expect(denominate(90, seen("low"))).toEqual({ 10: 9 });
    expect(denominate(100, seen("low"))).toBeUndefined();
  });

  it("is used only for what the counted ones cannot give", () => {
    expect(denominate(100, [unit(10, 50), unit(100)])).toEqual({ 10: 10 });
    expect(denominate(100, [unit(10, 3), unit(100)])).toEqual({ 100: 1 });
  });
});

describe("the level sensor and the book", () => {
  it("a sensor that sees coins is believed over a book that counts none, and one that sees few over a book of many", () => {
    expect(denominate(50, [unit(10, 0, { levelSensor: true })])).toEqual({ 10: 5 });
    expect(denominate(100, [unit(10, 80, { levelSensor: true, state: "low" })])).toBeUndefined();
  });
});

describe("exact money only", () => {
  it("is said unless every change up to 490 yen is certain", () => {
    expect(canGiveAllChange(full)).toBe(true);
    expect(canGiveAllChange(stocked([4, 1, 4, 0]))).toBe(true);
    expect(canGiveAllChange(stocked([3, 1, 4, 0]))).toBe(false);
    expect(canGiveAllChange(stocked([9, 0, 4, 0]))).toBe(true);
    expect(canGiveAllChange(denominations.map((d) => unit(d)))).toBe(false);
    const sensors = denominations.map((d) => unit(d, undefined, { levelSensor: true }));
    expect(canGiveAllChange(sensors, { ...defaultChangePolicy, lowMarkCoins: 4 })).toBe(true);
    expect(canGiveAllChange(sensors, { ...defaultChangePolicy, lowMarkCoins: 3 })).toBe(false);
  });
});
