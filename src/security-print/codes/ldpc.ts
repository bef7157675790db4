/**
 * Quasi-cyclic irregular repeat-accumulate codes: a low-density parity-check matrix of `lift × lift` blocks, each zero or
 * a rotated identity. A block with shift s joins check z to variable (z + s) mod lift of its column. Information comes
 * first; the parity part is the dual diagonal of IEEE 802.16e (section 8.4.9.2.5.1): its first column stands in the
 * first, the middle and the last row with shifts x, 0, x; column j > 0 in rows j − 1 and j with shift 0.
 */
export interface BaseTable {
  readonly lift: number;
  /** Rows of blocks; as many parity columns. */
  readonly rows: number;
  /** x of the first parity column. */
  readonly firstParityShift: number;
  /** Information columns, each a list of row and shift. */
  readonly columns: readonly (readonly (readonly [row: number, shift: number])[])[];
}

/** A code, expanded from its table. Bits are one byte each, 0 or 1. */
export interface LdpcCode {
  readonly lift: number;
  readonly informationBits: number;
  readonly codeBits: number;
  /** Variables of every check, one check after the other. */
  readonly edges: Int32Array;
  /** Where each check begins in `edges`; one more than there are checks. */
  readonly starts: Int32Array;
  readonly table: BaseTable;
}

/** Expands a table: some hundred kilobytes, some milliseconds; keep it. */
export function expandCode(table: BaseTable): LdpcCode {
  const { lift, rows, columns } = table;
  const byRow: [column: number, shift: number][][] = Array.from({ length: rows }, () => []);
  for (const [column, blocks] of allColumns(table).entries()) {
    for (const [row, shift] of blocks) byRow[row]?.push([column, shift]);
  }
  const starts = new Int32Array(rows * lift + 1);
  const edges = new Int32Array(lift * byRow.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const [row, blocks] of byRow.entries()) {
    for (let z = 0; z < lift; z++) {
      starts[row * lift + z] = at;
      for (const [column, shift] of blocks) {
        edges[at] = column * lift + ((z + shift) % lift);
        at += 1;
      }
    }
  }
  starts[rows * lift] = at;
  const informationBits = columns.length * lift;
  return { lift, informationBits, codeBits: informationBits + rows * lift, edges, starts, table };
}

/** All columns of blocks, information first, then parity. */
export function allColumns({ rows, columns, firstParityShift }: BaseTable): BaseTable["columns"] {
  const middle = rows >> 1;
  const first = [
    [0, firstParityShift],
    [middle, 0],
    [rows - 1, firstParityShift],
  ] as const;
  const others = Array.from({ length: rows - 1 }, (_, j) => [[j, 0] as const, [j + 1, 0] as const]);
  return [...columns, first, ...others];
}

/** The code word of `informationBits` bits: they themselves, and their parity. Linear in the number of edges. */
export function encodeWord(code: LdpcCode, information: Uint8Array): Uint8Array {
  const { table, lift, informationBits, codeBits } = code;
  const { rows, columns, firstParityShift } = table;
  if (information.length !== informationBits) throw new RangeError("the information does not have the code's size");
  const word = new Uint8Array(codeBits);
  word.set(information);
  const sums = new Uint8Array(rows * lift);
  for (const [column, blocks] of columns.entries()) {
    const from = column * lift;
    for (const [row, shift] of blocks) addRotated(sums, row * lift, information, from, shift, lift);
  }
  const parity = word.subarray(informationBits);
  // All rows together leave the first parity column alone: its two outer blocks cancel, every other column's two do too.
  for (let row = 0; row < rows; row++) addRotated(parity, 0, sums, row * lift, 0, lift);
  const middle = rows >> 1;
  for (let row = 0; row < rows - 1; row++) {
    const next = (row + 1) * lift;
    addRotated(parity, next, sums, row * lift, 0, lift);
    if (row > 0) addRotated(parity, next, parity, row * lift, 0, lift);
    if (row === 0) addRotated(parity, next, parity, 0, firstParityShift, lift);
    if (row === middle) addRotated(parity, next, parity, 0, 0, lift);
  }
  return word;
}

/** `into[z] ^= from[(z + shift) mod lift]`, each from its own place on. */
function addRotated(into: Uint8Array, at: number, from: Uint8Array, start: number, shift: number, lift: number): void {
  const turn = lift - shift;
  for (let z = 0, s = start + shift; z < turn; z++, s++) into[at + z] = (into[at + z] as number) ^ (from[s] as number);
  for (let z = turn, s = start; z < lift; z++, s++) into[at + z] = (into[at + z] as number) ^ (from[s] as number);
}

/** Whether every check of a word holds. */
export function isCodeWord({ edges, starts }: LdpcCode, word: Uint8Array): boolean {
  for (let check = 0; check < starts.length - 1; check++) {
    let sum = 0;
    for (let e = starts[check] as number; e < (starts[check + 1] as number); e++) {
      sum ^= word[edges[e] as number] as number;
    }
    if (sum !== 0) return false;
  }
  return true;
}
