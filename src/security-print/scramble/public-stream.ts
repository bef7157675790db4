import { createCipheriv } from "node:crypto";
import { sha256 } from "../../protocol/encoding.ts";

/**
 * Public pseudo-random bytes of the format: AES-256 in counter mode from a zero block, its key the SHA-256 of a label.
 * They spread and even out cells; they keep nothing secret.
 */
export function publicStream(label: string, bytes: number): Buffer {
  return createCipheriv("aes-256-ctr", sha256(Buffer.from(label, "ascii")), Buffer.alloc(16)).update(
    Buffer.alloc(bytes),
  );
}

/**
 * A permutation of 0 … count − 1: Fisher and Yates from the last place down, where place i is exchanged with
 * floor(r × (i + 1) / 2³²), r the next 32 bits of the stream, big-endian.
 */
export function publicPermutation(label: string, count: number): Int32Array {
  const stream = publicStream(label, 4 * count);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1, at = 0; i > 0; i--, at += 4) {
    const j = Math.floor((stream.readUInt32BE(at) * (i + 1)) / 2 ** 32);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
