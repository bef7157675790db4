import { createHash } from "node:crypto";

/** Randomness that a seed determines, on every machine and in every version of Node. Not for keys. */
export interface SeededRandom {
  /** A whole number from 0 to `limit - 1`; `limit` is at most 2³². */
  below(limit: number): number;
  /** True with the probability `per / of`. */
  chance(per: number, of: number): boolean;
  /** One of a list. Throws on an empty list: a bug. */
  pick<T>(list: readonly T[]): T;
  /** One of a list by its weights. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T;
  digits(count: number): string;
}

/**
 * SHA-256 in counter mode over the seed: 32-bit words of SHA-256(seed ‖ counter), taken in order. `below` rejects the
 * words of the incomplete last stretch, so every number is as likely as every other.
 */
export function createSeededRandom(seed: string): SeededRandom {
  let block = Buffer.alloc(0);
  let at = 0;
  let counter = 0;
  const word = () => {
    if (at >= block.length) {
      block = createHash("sha256").update(`${seed}\0${counter}`).digest();
      counter += 1;
      at = 0;
    }
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  const below = (limit: number) => {
    const fair = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const candidate = word();
      if (candidate < fair) return candidate % limit;
    }
  };
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError("nothing to pick from");
    return list[below(list.length)] as T;
  };
  return {
    below,
    chance: (per, of) => below(of) < per,
    pick,
    weighted(list) {
      let rest = below(list.reduce((sum, entry) => sum + entry.weight, 0));
      for (const entry of list) {
        rest -= entry.weight;
        if (rest < 0) return entry;
      }
      throw new RangeError("nothing to pick from");
    },
    digits: (count) => Array.from({ length: count }, () => below(10)).join(""),
  };
}
