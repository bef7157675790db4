import { fail, ok, type Result } from "../../kernel/result.ts";
import type { GlyphMap } from "./font/cmap.ts";

/** One drawn sign: a code point, or a base with its variation selector, and the glyph that draws exactly it. */
export interface Sign {
  readonly codePoints: readonly number[];
  /** undefined when the font has no glyph of its own for it. */
  readonly glyph: number | undefined;
}

/**
 * Signs that cannot stand alone in a cell: combining marks would have to be placed by their base, controls and formats
 * draw nothing. They count as missing.
 */
const NOT_ALONE = /^[\p{M}\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]$/u;

/** Takes a text apart into signs and finds each one's glyph. A selector belongs to the code point before it. */
export function signsOf(map: GlyphMap, text: string): Sign[] {
  const signs: Sign[] = [];
  const points = Array.from(text, (char) => char.codePointAt(0) ?? 0);
  for (let i = 0; i < points.length; i++) {
    const base = points[i] ?? 0;
    const next = points[i + 1];
    if (next !== undefined && isVariationSelector(next)) {
      signs.push({ codePoints: [base, next], glyph: map.variation(base, next) });
      i++;
    } else {
      const alone = NOT_ALONE.test(String.fromCodePoint(base));
      signs.push({ codePoints: [base], glyph: alone ? undefined : map.glyph(base) });
    }
  }
  return signs;
}

/** Variation selectors 1–16 and 17–256 (Unicode, chapter 23.4). */
export function isVariationSelector(codePoint: number): boolean {
  return (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
}

/**
 * Whether the font has a glyph of its own for every sign of every text. `K-CERT-101` lists what is missing as `U+845B
 * U+E0102, …` and never the text around it. This is the check before anything is drawn, and again before release.
 */
export function checkGlyphs(map: GlyphMap, texts: Iterable<string>): Result<void> {
  const missing = new Set<string>();
  for (const text of texts) {
    for (const sign of signsOf(map, text)) {
      if (sign.glyph === undefined) missing.add(sign.codePoints.map(uPlus).join(" "));
    }
  }
  if (missing.size === 0) return ok();
  return fail("K-CERT-101", { missing: [...missing].slice(0, 10).join(", ") });
}

function uPlus(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
