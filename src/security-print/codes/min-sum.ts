import { isCodeWord, type LdpcCode } from "./ldpc.ts";

/** What a decoder made of a received word. */
export interface Decoded {
  /** Whether every check holds. A wrong word that does is possible in principle; tags and signatures judge that. */
  readonly ok: boolean;
  /** The whole word, as good as it is. */
  readonly word: Uint8Array;
  readonly iterations: number;
}

/** What min-sum overestimates (Chen and Fossorier 2002), chosen by simulation for these tables. */
const SCALE = 0.85;

/**
 * Layered normalised min-sum. `likelihoods` has one value a bit, the logarithm of P(0) to P(1) up to a common factor:
 * positive for 0, 0 for an erasure. It is left as it was.
 */
export function decodeWord(code: LdpcCode, likelihoods: Float32Array, maxIterations: number): Decoded {
  const { edges, starts, codeBits } = code;
  if (likelihoods.length !== codeBits) throw new RangeError("the likelihoods do not have the code's size");
  const beliefs = Float32Array.from(likelihoods);
  const messages = new Float32Array(edges.length);
  const word = new Uint8Array(codeBits);
  const checks = starts.length - 1;
  for (let iteration = 0; ; iteration++) {
    for (let i = 0; i < codeBits; i++) word[i] = (beliefs[i] as number) < 0 ? 1 : 0;
    if (isCodeWord(code, word)) return { ok: true, word, iterations: iteration };
    if (iteration === maxIterations) return { ok: false, word, iterations: iteration };
    for (let check = 0; check < checks; check++) {
      updateCheck(edges, messages, beliefs, starts[check] as number, starts[check + 1] as number);
    }
  }
}

function updateCheck(edges: Int32Array, messages: Float32Array, beliefs: Float32Array, from: number, to: number): void {
  let least = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  let leastAt = -1;
  let odd = false;
  for (let e = from; e < to; e++) {
    const extrinsic = (beliefs[edges[e] as number] as number) - (messages[e] as number);
    // The old message is needed no more: its place keeps the extrinsic value until the second round.
    messages[e] = extrinsic;
    const size = extrinsic < 0 ? -extrinsic : extrinsic;
    if (extrinsic < 0) odd = !odd;
    if (size < least) {
      second = least;
      least = size;
      leastAt = e;
    } else if (size < second) second = size;
  }
  least *= SCALE;
  second *= SCALE;
  for (let e = from; e < to; e++) {
    const extrinsic = messages[e] as number;
    const size = e === leastAt ? second : least;
    const message = extrinsic < 0 !== odd ? -size : size;
    messages[e] = message;
    beliefs[edges[e] as number] = extrinsic + message;
  }
}
