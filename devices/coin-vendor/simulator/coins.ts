import { type Denomination, denominations } from "../port.ts";

/** Coins lying somewhere. */
export type Heap = Record<Denomination, number>;

/** A heap with nothing, or with the given coins. */
export function heap(coins: Readonly<Partial<Heap>> = {}): Heap {
  return { 10: 0, 50: 0, 100: 0, 500: 0, ...coins };
}

/** Moves everything from one heap to another. */
export function pour(from: Heap, into: Heap): void {
  for (const denomination of denominations) {
    into[denomination] += from[denomination];
    from[denomination] = 0;
  }
}

export function countCoins(coins: Readonly<Heap>): number {
  return denominations.reduce((sum, denomination) => sum + coins[denomination], 0);
}

/** The event counter of ccTalk: after 255 comes 1; 0 is only seen after power-up. */
export function nextEvent(counter: number): number {
  return counter === 255 ? 1 : counter + 1;
}

/** Both heaps as one. */
export function together(a: Readonly<Heap>, b: Readonly<Heap>): Heap {
  return { 10: a[10] + b[10], 50: a[50] + b[50], 100: a[100] + b[100], 500: a[500] + b[500] };
}
