import { fail, ok, type Result } from "../../../kernel/result.ts";

/**
 * A font's own answer to the question which glyph draws a character: formats 12 and 14 of the `cmap` table (OpenType
 * 1.9). It is read here by itself and not asked of the font library, because a library that does not know a variation
 * sequence answers with the base glyph, and a wrong form of a name is exactly what may not be printed.
 */
export interface GlyphMap {
  /** Glyph of a code point; undefined when the font has none. */
  glyph(codePoint: number): number | undefined;
  /** Glyph of a base with a variation selector; undefined when the font does not know the sequence. */
  variation(base: number, selector: number): number | undefined;
}

const FORMAT_SEGMENTED = 12;
const FORMAT_VARIATIONS = 14;
const MAX_GROUPS = 100_000;

/** Reads the character map of a TrueType or OpenType file. `K-CERT-105` when it has not both formats, or is broken. */
export function readGlyphMap(font: Uint8Array): Result<GlyphMap> {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  try {
    return parse(view);
  } catch (thrown) {
    // DataView throws RangeError beyond the file's end: a cut or forged file.
    if (thrown instanceof RangeError) return fail("K-CERT-105", { why: "the character map is cut off" });
    throw thrown;
  }
}

function parse(view: DataView): Result<GlyphMap> {
  const cmap = tableOffset(view, "cmap");
  if (cmap === undefined) return fail("K-CERT-105", { why: "no character map" });
  let segmented: number | undefined;
  let variations: number | undefined;
  const count = view.getUint16(cmap + 2);
  for (let i = 0; i < count; i++) {
    const subtable = cmap + view.getUint32(cmap + 4 + i * 8 + 4);
    const format = view.getUint16(subtable);
    if (format === FORMAT_SEGMENTED) segmented ??= subtable;
    if (format === FORMAT_VARIATIONS) variations ??= subtable;
  }
  if (segmented === undefined) return fail("K-CERT-105", { why: "no character map of format 12" });
  if (variations === undefined) return fail("K-CERT-105", { why: "no variation sequences (format 14)" });
  const groups = readGroups(view, segmented);
  const glyph = (codePoint: number) => lookUp(groups, codePoint);
  const sequences = readVariations(view, variations);
  return ok({
    glyph,
    variation(base, selector) {
      const known = sequences.get(selector);
      if (!known) return undefined;
      return known.own.get(base) ?? (find(known.asBase, base) ? glyph(base) : undefined);
    },
  });
}

function tableOffset(view: DataView, tag: string): number | undefined {
  const tables = view.getUint16(4);
  for (let i = 0; i < tables; i++) {
    const record = 12 + i * 16;
    const name = String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(record + offset)));
    if (name === tag) return view.getUint32(record + 8);
  }
  return undefined;
}

interface Group {
  readonly first: number;
  readonly last: number;
  readonly glyph: number;
}

function readGroups(view: DataView, subtable: number): Group[] {
  const count = Math.min(view.getUint32(subtable + 12), MAX_GROUPS);
  return Array.from({ length: count }, (_, i) => {
    const at = subtable + 16 + i * 12;
    return { first: view.getUint32(at), last: view.getUint32(at + 4), glyph: view.getUint32(at + 8) };
  });
}

function lookUp(groups: readonly Group[], codePoint: number): number | undefined {
  const group = find(groups, codePoint);
  // Glyph 0 is .notdef: no glyph.
  return group ? group.glyph + (codePoint - group.first) || undefined : undefined;
}

/** The range that holds a code point. Both tables are sorted (OpenType 1.9, cmap formats 12 and 14). */
function find<R extends { readonly first: number; readonly last: number }>(
  ranges: readonly R[],
  codePoint: number,
): R | undefined {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (!range) return undefined;
    if (codePoint < range.first) high = middle - 1;
    else if (codePoint > range.last) low = middle + 1;
    else return range;
  }
  return undefined;
}

interface Sequences {
  /** Bases whose sequence has a glyph of its own. */
  readonly own: ReadonlyMap<number, number>;
  /** Ranges of bases whose usual glyph is the form that the selector asks for. */
  readonly asBase: readonly { readonly first: number; readonly last: number }[];
}

function readVariations(view: DataView, subtable: number): ReadonlyMap<number, Sequences> {
  const sequences = new Map<number, Sequences>();
  const selectors = Math.min(view.getUint32(subtable + 6), 256);
  for (let i = 0; i < selectors; i++) {
    const record = subtable + 10 + i * 11;
    const asBaseOffset = view.getUint32(record + 3);
    const ownOffset = view.getUint32(record + 7);
    sequences.set(uint24(view, record), {
      asBase: asBaseOffset === 0 ? [] : readRanges(view, subtable + asBaseOffset),
      own: ownOffset === 0 ? new Map() : readOwn(view, subtable + ownOffset),
    });
  }
  return sequences;
}

function readRanges(view: DataView, at: number): { first: number; last: number }[] {
  const count = Math.min(view.getUint32(at), MAX_GROUPS);
  return Array.from({ length: count }, (_, i) => {
    const first = uint24(view, at + 4 + i * 4);
    return { first, last: first + view.getUint8(at + 4 + i * 4 + 3) };
  });
}

function readOwn(view: DataView, at: number): Map<number, number> {
  const own = new Map<number, number>();
  const count = Math.min(view.getUint32(at), MAX_GROUPS);
  for (let i = 0; i < count; i++) {
    const record = at + 4 + i * 5;
    own.set(uint24(view, record), view.getUint16(record + 3));
  }
  return own;
}

function uint24(view: DataView, at: number): number {
  return (view.getUint8(at) << 16) | view.getUint16(at + 1);
}
