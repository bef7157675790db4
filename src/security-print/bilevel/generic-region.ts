import { MqDecoder } from "./mq-decoder.ts";
import { MqEncoder } from "./mq-encoder.ts";

/**
 * The generic region of JBIG2 (ITU-T T.88, section 6.2): arithmetic coding, template 0 with its nominal adaptive pixels,
 * typical prediction on (a line that equals the one above costs one decision). Bits are packed as everywhere: row by row,
 * each row padded with zero bits to whole bytes, the leftmost pixel in the highest bit, 1 for ink.
 *
 * With nominal adaptive pixels the template is three runs of pixels, the bits of its context (figure 3): five of the line
 * two above (x−2 … x+2) in bits 15 … 11, seven of the line above (x−3 … x+3) in bits 10 … 4, four of this line
 * (x−4 … x−1) in bits 3 … 0.
 */
export interface Bilevel {
  readonly widthPx: number;
  readonly heightPx: number;
  /** `ceil(widthPx / 8) × heightPx` bytes. */
  readonly bits: Uint8Array;
}

const CONTEXTS = 1 << 16;
/** The context in which it is said whether a line is typical (figure 8). */
const TYPICAL = 0x9b25;
/** Nominal places of the four adaptive pixels, x and y each (table 5), as they stand in a region's segment. */
export const NOMINAL_ADAPTIVE_PIXELS = Int8Array.of(3, -1, -3, -1, 2, -2, -2, -2);
/** Columns of white before and behind a line, so that the template needs no borders. */
const MARGIN = 4;

/** The coded data of a region. Same picture, same bytes. */
export function encodeGenericRegion({ widthPx, heightPx, bits }: Bilevel): Uint8Array {
  const coder = new MqEncoder(CONTEXTS);
  const stride = Math.ceil(widthPx / 8);
  const lines = lineBuffer(widthPx);
  let wasTypical = 0;
  for (let y = 0; y < heightPx; y++) {
    const { line, above, twoAbove } = lines.turn();
    unpack(bits, y * stride, widthPx, line);
    const typical = sameBytes(bits, y, stride) ? 1 : 0;
    coder.encode(TYPICAL, typical ^ wasTypical);
    wasTypical = typical;
    if (typical) continue;
    let upper = firstOf(twoAbove, 2);
    let middle = firstOf(above, 3);
    let left = 0;
    for (let x = MARGIN; x < MARGIN + widthPx; x++) {
      upper = ((upper << 1) | (twoAbove[x + 2] as number)) & 0x1f;
      middle = ((middle << 1) | (above[x + 3] as number)) & 0x7f;
      const bit = line[x] as number;
      coder.encode((upper << 11) | (middle << 4) | left, bit);
      left = ((left << 1) | bit) & 0xf;
    }
  }
  return coder.finish();
}

/**
 * The picture of a region's coded data. Size is the caller's, never the data's, so memory is bounded; any bytes give some
 * picture, and whether it is the right one is for a tag or a hash to say.
 */
export function decodeGenericRegion(data: Uint8Array, widthPx: number, heightPx: number): Bilevel {
  const decoder = new MqDecoder(data, CONTEXTS);
  const stride = Math.ceil(widthPx / 8);
  const bits = new Uint8Array(stride * heightPx);
  const lines = lineBuffer(widthPx);
  let typical = 0;
  for (let y = 0; y < heightPx; y++) {
    const { line, above, twoAbove } = lines.turn();
    typical ^= decoder.decode(TYPICAL);
    if (typical) {
      line.set(above);
      if (y > 0) bits.copyWithin(y * stride, (y - 1) * stride, y * stride);
      continue;
    }
    let upper = firstOf(twoAbove, 2);
    let middle = firstOf(above, 3);
    let left = 0;
    for (let x = MARGIN; x < MARGIN + widthPx; x++) {
      upper = ((upper << 1) | (twoAbove[x + 2] as number)) & 0x1f;
      middle = ((middle << 1) | (above[x + 3] as number)) & 0x7f;
      const bit = decoder.decode((upper << 11) | (middle << 4) | left);
      line[x] = bit;
      left = ((left << 1) | bit) & 0xf;
    }
    pack(line, bits, y * stride, widthPx);
  }
  return { widthPx, heightPx, bits };
}

/** Three lines of one byte a pixel, with white margins, used in turn. */
function lineBuffer(widthPx: number) {
  const lines = [0, 1, 2].map(() => new Uint8Array(widthPx + 2 * MARGIN));
  let y = 0;
  const of = (index: number) => lines[index % 3] as Uint8Array;
  return {
    turn() {
      y += 1;
      return { line: of(y), above: of(y + 2), twoAbove: of(y + 1) };
    },
  };
}

/** The template's run before its first pixel: `ahead` pixels right of it, of which the last comes with that pixel. */
function firstOf(line: Uint8Array, ahead: number): number {
  let run = 0;
  for (let x = 0; x < ahead; x++) run = (run << 1) | (line[MARGIN + x] as number);
  return run;
}

/** Whether line `y` equals the one above; above the first is white. */
function sameBytes(bits: Uint8Array, y: number, stride: number): boolean {
  const start = y * stride;
  for (let i = start; i < start + stride; i++) {
    if (bits[i] !== (y === 0 ? 0 : bits[i - stride])) return false;
  }
  return true;
}

function unpack(bits: Uint8Array, from: number, widthPx: number, line: Uint8Array): void {
  for (let x = 0; x < widthPx; x++) line[MARGIN + x] = ((bits[from + (x >> 3)] as number) >> (7 - (x & 7))) & 1;
}

function pack(line: Uint8Array, bits: Uint8Array, from: number, widthPx: number): void {
  for (let x = 0; x < widthPx; x++) {
    if (line[MARGIN + x] === 1) {
      const at = from + (x >> 3);
      bits[at] = (bits[at] as number) | (0x80 >> (x & 7));
    }
  }
}
