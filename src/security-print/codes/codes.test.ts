import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allColumns, type BaseTable, encodeWord, expandCode, isCodeWord, type LdpcCode } from "./ldpc.ts";
import { decodeWord } from "./min-sum.ts";
import { half, third, twoThirds } from "./tables.ts";

const tables: readonly (readonly [string, BaseTable, number, number])[] = [
  ["2/3", twoThirds, 10_752, 16_128],
  ["1/2", half, 8_064, 16_128],
  ["1/3", third, 6_400, 19_200],
];

/** Numbers from 0 to 1, the same on every run (xorshift32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const bitsOf = (count: number, seed: number) => {
  const next = random(seed);
  return Uint8Array.from({ length: count }, () => (next() < 0.5 ? 1 : 0));
};

/** The parity-check matrix by its definition, entry by entry, as lists of ones: nothing of the code's own expansion. */
function plainMatrix(table: BaseTable): number[][] {
  const { lift, rows, columns, firstParityShift: x } = table;
  const ones: number[][] = Array.from({ length: rows * lift }, () => []);
  const put = (row: number, column: number, shift: number) => {
    for (let z = 0; z < lift; z++) ones[row * lift + z]?.push(column * lift + ((z + shift) % lift));
  };
  for (const [column, blocks] of columns.entries()) for (const [row, shift] of blocks) put(row, column, shift);
  const k = columns.length;
  put(0, k, x);
  put(Math.floor(rows / 2), k, 0);
  put(rows - 1, k, x);
  for (let j = 1; j < rows; j++) {
    put(j - 1, k + j, 0);
    put(j, k + j, 0);
  }
  return ones;
}

/** Sum-product on the plain matrix with flooding: textbook, slow, in other words than the decoder's own. */
function sumProduct(ones: readonly (readonly number[])[], likelihoods: Float32Array, rounds: number): Uint8Array {
  let toVariables = ones.map((row) => row.map(() => 0));
  const total = (messages: readonly (readonly number[])[]) => {
    const sums = Float64Array.from(likelihoods);
    ones.forEach((row, c) => {
      row.forEach((v, i) => {
        sums[v] = (sums[v] ?? 0) + (messages[c]?.[i] ?? 0);
      });
    });
    return sums;
  };
  for (let round = 0; round < rounds; round++) {
    const sums = total(toVariables);
    const last = toVariables;
    toVariables = ones.map((row, c) => {
      const tanhs = row.map((v, i) => Math.tanh(((sums[v] ?? 0) - (last[c]?.[i] ?? 0)) / 2));
      return row.map((_, i) => {
        const others = tanhs.reduce((product, value, j) => (j === i ? product : product * value), 1);
        return 2 * Math.atanh(Math.max(-0.999999, Math.min(0.999999, others)));
      });
    });
  }
  return Uint8Array.from(total(toVariables), (sum) => (sum < 0 ? 1 : 0));
}

/** Likelihoods of a word after an AWGN channel with BPSK (Box–Muller). */
function received(word: Uint8Array, ebNoDb: number, rate: number, seed: number): Float32Array {
  const next = random(seed);
  const variance = 1 / (2 * rate * 10 ** (ebNoDb / 10));
  return Float32Array.from(word, (bit) => {
    const noise = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return (2 * ((bit ? -1 : 1) + Math.sqrt(variance) * noise)) / variance;
  });
}

describe.each(tables)("the code of rate %s", (_, table, k, n) => {
  const code: LdpcCode = expandCode(table);

  test("has its size, and no cycle of four or six through an information column", () => {
    expect([code.informationBits, code.codeBits]).toEqual([k, n]);
    expect(shortCycles(table)).toEqual({ four: 0, six: 0 });
  });

  test("is the matrix that its table defines", () => {
    const plain = plainMatrix(table);
    expect(code.starts.length - 1).toBe(plain.length);
    const same = plain.every((row, c) => {
      const own = [...code.edges.subarray(code.starts[c], code.starts[c + 1])];
      return own.sort((a, b) => a - b).join() === [...row].sort((a, b) => a - b).join();
    });
    expect(same).toBe(true);
  });

  test("encodes to words that hold in the plain matrix, information first", () => {
    const plain = plainMatrix(table);
    const information = bitsOf(k, 11);
    const word = encodeWord(code, information);
    expect(Buffer.compare(word.subarray(0, k), information)).toBe(0);
    expect(plain.every((row) => row.reduce((sum, v) => sum ^ (word[v] ?? 0), 0) === 0)).toBe(true);
    expect(isCodeWord(code, word)).toBe(true);
    word[n - 1] = 1 - (word[n - 1] ?? 0);
    expect(isCodeWord(code, word)).toBe(false);
  });

  test("is linear", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.integer({ min: 1 }), (a, b) => {
        const [x, y] = [bitsOf(k, a), bitsOf(k, b)];
        const [left, right] = [encodeWord(code, x), encodeWord(code, y)];
        const both = encodeWord(
          code,
          x.map((bit, i) => bit ^ (y[i] ?? 0)),
        );
        expect(
          Buffer.compare(
            both,
            left.map((bit, i) => bit ^ (right[i] ?? 0)),
          ),
        ).toBe(0);
      }),
      { numRuns: 5 },
    );
  });
});

test("known answers: the words of a fixed information stay the same for ever", () => {
  const hashes = tables.map(([, table, k]) =>
    createHash("sha256")
      .update(encodeWord(expandCode(table), bitsOf(k, 1)))
      .digest("hex")
      .slice(0, 16),
  );
  expect(hashes).toEqual(["f308d95d685ae0b4", "5bd145a9255000e4", "c9c356d1d89a8a25"]);
});

describe("the decoder", () => {
  /** Shannon's limits for binary input are 1.06, 0.19 and −0.50 dB; the decoder may take 2.1 dB more at most. */
  test.each([
    ["2/3", twoThirds, 2.2],
    ["1/2", half, 1.5],
    ["1/3", third, 1.3],
  ] as const)("of rate %s corrects every word near Shannon's limit", (_, table, ebNoDb) => {
    const code = expandCode(table);
    for (let seed = 1; seed <= 4; seed++) {
      const word = encodeWord(code, bitsOf(code.informationBits, seed));
      const likelihoods = received(word, ebNoDb, code.informationBits / code.codeBits, 100 + seed);
      const decoded = decodeWord(code, likelihoods, 50);
      expect(decoded.ok).toBe(true);
      expect(Buffer.compare(decoded.word, word)).toBe(0);
    }
  });

  test("agrees with textbook sum-product on the plain matrix", () => {
    const code = expandCode(twoThirds);
    const word = encodeWord(code, bitsOf(code.informationBits, 5));
    const likelihoods = received(word, 2.6, 2 / 3, 9);
    const slow = sumProduct(plainMatrix(twoThirds), likelihoods, 25);
    const fast = decodeWord(code, likelihoods, 50);
    expect(fast.ok).toBe(true);
    expect(Buffer.compare(fast.word, slow)).toBe(0);
  });

  test("fills erasures: a quarter of a word of rate 2/3 may be missing", () => {
    const code = expandCode(twoThirds);
    const word = encodeWord(code, bitsOf(code.informationBits, 3));
    const next = random(77);
    const likelihoods = Float32Array.from(word, (bit) => (next() < 0.25 ? 0 : bit ? -4 : 4));
    const decoded = decodeWord(code, likelihoods, 60);
    expect(decoded.ok && Buffer.compare(decoded.word, word) === 0).toBe(true);
  });

  test("says so when noise is no word, and does not change what it was given", () => {
    const code = expandCode(half);
    const next = random(5);
    const noise = Float32Array.from({ length: code.codeBits }, () => 4 * next() - 2);
    const before = Float32Array.from(noise);
    expect(decodeWord(code, noise, 10)).toMatchObject({ ok: false, iterations: 10 });
    expect(noise).toEqual(before);
  });
});

/** Cycles of the lifted graph that go through an information column, counted over the table's blocks. */
function shortCycles(table: BaseTable): { four: number; six: number } {
  const columns = allColumns(table);
  const { lift, rows } = table;
  const byRow: [number, number][][] = Array.from({ length: rows }, () => []);
  columns.forEach((blocks, column) => {
    for (const [row, shift] of blocks) byRow[row]?.push([column, shift]);
  });
  const closes = (shifts: number) => shifts % lift === 0;
  let [four, six] = [0, 0];
  table.columns.forEach((blocks, column) => {
    for (const [r1, s1] of blocks) {
      for (const [r2, s2] of blocks) {
        if (r1 >= r2) continue;
        for (const [c, a] of byRow[r1] ?? []) {
          if (c === column) continue;
          for (const [r3, b] of columns[c] ?? []) {
            if (r3 === r2 && closes(s1 - a + b - s2)) four += 1;
            if (r3 === r1 || r3 === r2) continue;
            for (const [d, e] of byRow[r3] ?? []) {
              if (d === c || d === column) continue;
              for (const [r4, f] of columns[d] ?? []) if (r4 === r2 && closes(s1 - a + b - e + f - s2)) six += 1;
            }
          }
        }
      }
    }
  });
  return { four, six };
}
