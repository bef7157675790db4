/** Tags of an image file directory: number, type (3 SHORT, 4 LONG), values. TIFF 6.0, section 2 and section 16 (CMYK images). */
type Entry = readonly [tag: number, type: 3 | 4, ...values: readonly number[]];

const SIZES = { 3: 2, 4: 4 } as const;

/** A picture of four inks as an uncompressed TIFF without a profile, written by hand: the samples are C, M, Y, K, 255 full ink. */
export function cmykTiff(widthPx: number, heightPx: number, cmyk: Uint8Array): Buffer {
  const entries = (bitsAt: number, stripAt: number): readonly Entry[] => [
    [256, 4, widthPx],
    [257, 4, heightPx],
    [258, 3, bitsAt],
    [259, 3, 1],
    [262, 3, 5],
    [273, 4, stripAt],
    [277, 3, 4],
    [278, 4, heightPx],
    [279, 4, cmyk.length],
  ];
  const directoryBytes = 2 + 12 * entries(0, 0).length + 4;
  const bitsAt = 8 + directoryBytes;
  const head = Buffer.alloc(bitsAt + 8);
  head.write("II*\0", 0, "latin1");
  head.writeUInt32LE(8, 4);
  const directory = entries(bitsAt, head.length);
  head.writeUInt16LE(directory.length, 8);
  for (const [i, [tag, type, value]] of directory.entries()) {
    const at = 10 + 12 * i;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(tag === 258 ? 4 : 1, at + 4);
    if (tag === 258) head.writeUInt32LE(bitsAt, at + 8);
    else head.writeUIntLE(value ?? 0, at + 8, SIZES[type]);
  }
  for (const ink of [0, 1, 2, 3]) head.writeUInt16LE(8, bitsAt + 2 * ink);
  return Buffer.concat([head, cmyk]);
}
