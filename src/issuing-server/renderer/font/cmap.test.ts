import { readFileSync } from "node:fs";
import { create } from "@cantoo/fontkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unwrap } from "../../../kernel/result.ts";
import { readGlyphMap } from "./cmap.ts";
import { bundledFontFile } from "./drawing-font.ts";

const bytes = readFileSync(bundledFontFile());
const map = unwrap(readGlyphMap(bytes));

describe("the character map of the bundled font", () => {
  it("tells a form of its own, a form that is the usual one, and a form that the font does not know", () => {
    const base = map.glyph(0x845b);
    const own = map.variation(0x845b, 0xe0100);
    expect(base).toBeGreaterThan(0);
    expect(own).toBeGreaterThan(0);
    expect(own).not.toBe(base);
    expect(map.variation(0x3001, 0xfe00)).toBe(map.glyph(0x3001));
    expect(map.variation(0x845b, 0xe0101)).toBeUndefined();
    expect(map.variation(0x845b, 0xe0102)).toBeUndefined();
    expect(map.variation(0x845b, 0xfe00)).toBeUndefined();
  });

  it("has the names that registers have, and not what no font of this kind has", () => {
    for (const char of "髙﨑𠮷邉齋・ー々〆") expect(map.glyph(char.codePointAt(0) ?? 0)).toBeGreaterThan(0);
    for (const codePoint of [0, 0xe000, 0xf0000, 0x1f600, 0x10ffff, 0x0e01]) {
      expect(map.glyph(codePoint)).toBeUndefined();
    }
  });

  it("has as many variation sequences as the font's makers count", () => {
    let sequences = 0;
    for (const selector of [0xfe00, 0xfe01, 0xe0100]) {
      for (let base = 0x2e80; base < 0x30000; base++) if (map.variation(base, selector) !== undefined) sequences += 1;
    }
    expect(sequences).toBe(13_416);
  });

  it("agrees with fontkit on every code point that fontkit knows, and knows no more", () => {
    const font = create(bytes);
    if (!("characterSet" in font)) throw new Error("one font, not a collection");
    const known = new Set(font.characterSet);
    for (let codePoint = 1; codePoint < 0x30000; codePoint++) {
      const glyph = map.glyph(codePoint);
      if (known.has(codePoint)) expect(glyph).toBe(font.glyphForCodePoint(codePoint)?.id);
      else expect(glyph).toBeUndefined();
    }
  });

  it("never throws on a damaged font", () => {
    const head = Buffer.from(bytes.subarray(0, 300_000));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(200_000), fc.nat(255)), { maxLength: 20 }),
        fc.nat(head.length),
        (damage, cut) => {
          const damaged = Buffer.from(head.subarray(0, cut));
          for (const [at, value] of damage) if (at < damaged.length) damaged.writeUInt8(value, at);
          const read = readGlyphMap(damaged);
          if (read.ok) read.value.variation(0x845b, 0xe0100);
          else expect(read.error.code).toBe("K-CERT-105");
        },
      ),
      { numRuns: 50 },
    );
    expect(readGlyphMap(new Uint8Array(0)).ok).toBe(false);
  });
});
