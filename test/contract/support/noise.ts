/** Bytes from a seed: the same noise on every run (a linear congruential generator, Numerical Recipes). */
export function createNoise(seed: number): { bytes(count: number): Uint8Array } {
  let state = seed >>> 0;
  return {
    bytes: (count) =>
      Uint8Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      }),
  };
}
