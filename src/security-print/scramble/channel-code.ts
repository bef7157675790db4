import { encodeWord, expandCode, type LdpcCode } from "../codes/ldpc.ts";
import { decodeWord } from "../codes/min-sum.ts";
import { half, third, twoThirds } from "../codes/tables.ts";
import { FRAME_BYTES } from "./frame.ts";
import { type CellSize, cellGrid } from "./geometry.ts";
import { publicPermutation, publicStream } from "./public-stream.ts";

/**
 * From bytes to bits of cells and back. The sequence before interleaving: the field layer's word, the same word again,
 * the words of the image layer, and zeros; all exclusive-or'ed with a public stream (so that any content has as many
 * black cells as white ones), then laid on the grid's places by a public permutation.
 */
export interface CodePlan {
  readonly cellPx: CellSize;
  /** Bytes of the image layer. */
  readonly imageBytes: number;
  readonly words: number;
  /** Bits of each image word that are sent; the others are information that is known to be zero. */
  readonly bitsPerWord: number;
  readonly code: LdpcCode;
  /** Bit i of the sequence stands on place `order[i]` of the grid. */
  readonly order: Int32Array;
  /** One byte a bit of the sequence. */
  readonly whitening: Uint8Array;
}

const FIELD_REPEATS = 2;
const fieldCode = expandCode(third);
const codes: Readonly<Record<CellSize, LdpcCode>> = (() => {
  const fine = expandCode(half);
  return { 8: expandCode(twoThirds), 6: fine, 5: fine, 4: fine };
})();
const plans = new Map<CellSize, CodePlan>();

/** The plan of a size of cell; computed once (some milliseconds). */
export function codePlan(cellPx: CellSize): CodePlan {
  const known = plans.get(cellPx);
  if (known) return known;
  const code = codes[cellPx];
  const cells = cellGrid(cellPx).places.length;
  const forImage = cells - FIELD_REPEATS * fieldCode.codeBits;
  const words = Math.ceil(forImage / code.codeBits);
  const bitsPerWord = Math.floor(forImage / words);
  const informationPerWord = code.informationBits - (code.codeBits - bitsPerWord);
  const stream = publicStream(`MDG-SCRAMBLE-1 whitening ${cellPx}`, Math.ceil(cells / 8));
  const plan: CodePlan = {
    cellPx,
    imageBytes: Math.floor((words * informationPerWord) / 8),
    words,
    bitsPerWord,
    code,
    order: publicPermutation(`MDG-SCRAMBLE-1 interleaving ${cellPx}`, cells),
    whitening: Uint8Array.from({ length: cells }, (_, i) => ((stream[i >> 3] ?? 0) >> (7 - (i & 7))) & 1),
  };
  plans.set(cellPx, plan);
  return plan;
}

/** The bits of all cells of the grid's places, 1 for black, of a frame (800 bytes) and an image layer (`imageBytes`). */
export function encodeBits(cellPx: CellSize, frame: Uint8Array, image: Uint8Array): Uint8Array {
  const plan = codePlan(cellPx);
  if (frame.length !== FRAME_BYTES || image.length !== plan.imageBytes) throw new RangeError("not the mode's sizes");
  const sequence = new Uint8Array(plan.order.length);
  const field = encodeWord(fieldCode, bitsOfBytes(frame, fieldCode.informationBits));
  for (let copy = 0; copy < FIELD_REPEATS; copy++) sequence.set(field, copy * field.length);
  const perWord = informationOf(plan);
  const information = bitsOfBytes(image, plan.words * perWord);
  for (let word = 0; word < plan.words; word++) {
    const padded = new Uint8Array(plan.code.informationBits);
    padded.set(information.subarray(word * perWord, (word + 1) * perWord));
    putWord(sequence, plan, word, encodeWord(plan.code, padded));
  }
  return onPlaces(plan, sequence);
}

/** Likelihoods of the cells (of the grid's places; positive for white), back in the order of the sequence. */
export function deinterleave(cellPx: CellSize, ofPlaces: Float32Array): Float32Array {
  const { order, whitening } = codePlan(cellPx);
  const sequence = new Float32Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const likelihood = ofPlaces[order[i] as number] as number;
    sequence[i] = whitening[i] === 1 ? -likelihood : likelihood;
  }
  return sequence;
}

/** The field layer's 800 bytes; undefined when they cannot be corrected. */
export function decodeField(sequence: Float32Array, maxIterations: number): Uint8Array | undefined {
  const n = fieldCode.codeBits;
  const likelihoods = sequence.slice(0, n);
  for (let copy = 1; copy < FIELD_REPEATS; copy++) {
    for (let i = 0; i < n; i++) likelihoods[i] = (likelihoods[i] as number) + (sequence[copy * n + i] as number);
  }
  const decoded = decodeWord(fieldCode, likelihoods, maxIterations);
  return decoded.ok ? bytesOfBits(decoded.word.subarray(0, fieldCode.informationBits)) : undefined;
}

/** What came of the image layer. */
export interface ImageLayer {
  /** `imageBytes` bytes; worthless where their word could not be corrected. */
  readonly bytes: Uint8Array;
  readonly wordsOk: readonly boolean[];
}

/** With every word's bits, for another attempt at those that failed. */
export interface DecodedImageLayer extends ImageLayer {
  readonly information: Uint8Array;
}

/** Corrects every word of the image layer that an earlier attempt did not. */
export function decodeImageLayer(
  cellPx: CellSize,
  sequence: Float32Array,
  maxIterations: number,
  earlier?: DecodedImageLayer,
): DecodedImageLayer {
  const plan = codePlan(cellPx);
  const { code, words, bitsPerWord } = plan;
  const perWord = informationOf(plan);
  const information = new Uint8Array(words * perWord);
  const wordsOk: boolean[] = [];
  for (let word = 0; word < words; word++) {
    if (earlier?.wordsOk[word]) {
      information.set(earlier.information.subarray(word * perWord, (word + 1) * perWord), word * perWord);
      wordsOk.push(true);
      continue;
    }
    const from = FIELD_REPEATS * fieldCode.codeBits + word * bitsPerWord;
    const likelihoods = new Float32Array(code.codeBits);
    likelihoods.set(sequence.subarray(from, from + perWord));
    likelihoods.fill(KNOWN, perWord, code.informationBits);
    likelihoods.set(sequence.subarray(from + perWord, from + bitsPerWord), code.informationBits);
    const decoded = decodeWord(code, likelihoods, maxIterations);
    wordsOk.push(decoded.ok);
    information.set(decoded.word.subarray(0, perWord), word * perWord);
  }
  return { bytes: bytesOfBits(information).subarray(0, plan.imageBytes), wordsOk, information };
}

/** The words that a run of bytes of the image layer stands in, first and last. */
export function wordsOfBytes(cellPx: CellSize, from: number, to: number): readonly [first: number, last: number] {
  const perWord = informationOf(codePlan(cellPx));
  return [Math.floor((8 * from) / perWord), Math.floor((8 * to - 1) / perWord)];
}

/**
 * The field layer's cells as they must have been printed, for training on them: one entry a place, 1 black, 0 white,
 * −1 for cells of other layers.
 */
export function knownFieldCells(cellPx: CellSize, frame: Uint8Array): Int8Array {
  const { order, whitening } = codePlan(cellPx);
  const known = new Int8Array(order.length).fill(-1);
  const field = encodeWord(fieldCode, bitsOfBytes(frame, fieldCode.informationBits));
  for (let i = 0; i < FIELD_REPEATS * field.length; i++) {
    known[order[i] as number] = (field[i % field.length] as number) ^ (whitening[i] as number);
  }
  return known;
}

/** As good as certain, and yet finite: min-sum subtracts messages from it. */
const KNOWN = 1e4;

function informationOf({ code, bitsPerWord }: CodePlan): number {
  return code.informationBits - (code.codeBits - bitsPerWord);
}

function putWord(sequence: Uint8Array, plan: CodePlan, index: number, word: Uint8Array): void {
  const perWord = informationOf(plan);
  const at = FIELD_REPEATS * fieldCode.codeBits + index * plan.bitsPerWord;
  sequence.set(word.subarray(0, perWord), at);
  sequence.set(word.subarray(plan.code.informationBits), at + perWord);
}

function onPlaces({ order, whitening }: CodePlan, sequence: Uint8Array): Uint8Array {
  const places = new Uint8Array(sequence.length);
  for (let i = 0; i < sequence.length; i++) {
    places[order[i] as number] = (sequence[i] as number) ^ (whitening[i] as number);
  }
  return places;
}

/** The highest bit of a byte first; zeros behind the last byte. */
function bitsOfBytes(bytes: Uint8Array, count: number): Uint8Array {
  const bits = new Uint8Array(count);
  const known = Math.min(count, 8 * bytes.length);
  for (let i = 0; i < known; i++) bits[i] = ((bytes[i >> 3] as number) >> (7 - (i & 7))) & 1;
  return bits;
}

function bytesOfBits(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(bits.length >> 3);
  for (let i = 0; i < 8 * bytes.length; i++) {
    bytes[i >> 3] = (bytes[i >> 3] as number) | ((bits[i] as number) << (7 - (i & 7)));
  }
  return bytes;
}
