/** Whole yen. There is no smaller unit, so money is always a safe integer; made only by `yen()`. */
export type Yen = number & { readonly __unit: "yen" };

/** Brands an integer as yen. Throws on anything that is not a safe integer: that is a bug, not an input. */
export function yen(amount: number): Yen {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not a whole number of yen: ${amount}`);
  // There is one zero yen: a count of 0 times a negative amount gives -0.
  return (amount === 0 ? 0 : amount) as Yen;
}

export const NO_YEN = yen(0);

export function addYen(...amounts: readonly Yen[]): Yen {
  return yen(amounts.reduce<number>((sum, amount) => sum + amount, 0));
}

export function subtractYen(from: Yen, amount: Yen): Yen {
  return yen(from - amount);
}

export function timesYen(amount: Yen, count: number): Yen {
  return yen(amount * count);
}

/** Smaller of two amounts. */
export function minYen(a: Yen, b: Yen): Yen {
  return a < b ? a : b;
}
