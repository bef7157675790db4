/**
 * The two-sided 95 % bounds of a share of which k of n were seen (Clopper and Pearson, Biometrika 26, 1934): the shares at
 * which k or more, and k or fewer, would come about with a chance of 2.5 %.
 */
export function clopperPearson(k: number, n: number): { readonly lower: number; readonly upper: number } {
  if (!(Number.isInteger(k) && Number.isInteger(n) && k >= 0 && k <= n && n > 0)) throw new RangeError("k of n");
  const lower = k === 0 ? 0 : bisect((share) => 1 - atMost(k - 1, n, share) < TAIL);
  const upper = k === n ? 1 : bisect((share) => atMost(k, n, share) > TAIL);
  return { lower, upper };
}

const TAIL = 0.025;
/** Halvings: more exact than a number can say. */
const STEPS = 60;

/** The largest share for which `holds`, which holds for small ones. */
function bisect(holds: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The chance of at most k of n at a share; sums from logarithms, so that n may be large. */
function atMost(k: number, n: number, share: number): number {
  let [sum, log] = [0, n * Math.log1p(-share)];
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(log);
    log += Math.log(n - i) - Math.log(i + 1) + Math.log(share) - Math.log1p(-share);
  }
  return Math.min(1, sum);
}
