/** One BER-TLV object (ISO/IEC 8825-1 as used by 7816-4, 5.2.2). `value` is a view on the input. */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Tags have at most three bytes here, lengths at most three (82 hh ll); more objects than this are no card's file. */
const MAX_TAG_BYTES = 3;
const MAX_LENGTH_BYTES = 2;
const MAX_OBJECTS = 64;

/** Header of the object at `offset`: its tag, where its value starts and how long it is. */
export interface TlvHeader {
  readonly tag: number;
  readonly valueOffset: number;
  readonly valueLength: number;
}

/** Reads tag and length at `offset`; undefined when they are cut short or malformed. The value need not be there yet. */
export function readTlvHeader(bytes: Uint8Array, offset = 0): TlvHeader | undefined {
  let at = offset;
  const first = bytes[at++];
  if (first === undefined) return undefined;
  let tag = first;
  if ((first & 0x1f) === 0x1f) {
    for (let count = 1; ; count++) {
      const next = bytes[at++];
      if (next === undefined || count === MAX_TAG_BYTES) return undefined;
      tag = tag * 256 + next;
      if ((next & 0x80) === 0) break;
    }
  }
  const short = bytes[at++];
  if (short === undefined) return undefined;
  if (short < 0x80) return { tag, valueOffset: at, valueLength: short };
  const lengthBytes = short & 0x7f;
  if (lengthBytes === 0 || lengthBytes > MAX_LENGTH_BYTES || at + lengthBytes > bytes.length) return undefined;
  let valueLength = 0;
  for (let i = 0; i < lengthBytes; i++) valueLength = valueLength * 256 + (bytes[at++] ?? 0);
  return { tag, valueOffset: at, valueLength };
}

/**
 * All objects of one level, in order. Undefined when the bytes are not a whole sequence of objects: a value that is cut
 * short, a malformed header, or more objects than a card's file holds. Never reads past the input.
 */
export function parseTlvs(bytes: Uint8Array): readonly Tlv[] | undefined {
  const found: Tlv[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const header = readTlvHeader(bytes, offset);
    if (!header || found.length === MAX_OBJECTS) return undefined;
    const end = header.valueOffset + header.valueLength;
    if (end > bytes.length) return undefined;
    found.push({ tag: header.tag, value: bytes.subarray(header.valueOffset, end) });
    offset = end;
  }
  return found;
}

/** One object as bytes; the shortest form of length. For simulators and tests. Throws beyond 65,535 bytes. */
export function encodeTlv(tag: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  if (value.length > 0xffff) throw new RangeError(`TLV of ${value.length} bytes`);
  const tagBytes =
    tag > 0xffff ? [tag >> 16, (tag >> 8) & 0xff, tag & 0xff] : tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length <= 0xff
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff];
  return Uint8Array.of(...tagBytes, ...length, ...value);
}
