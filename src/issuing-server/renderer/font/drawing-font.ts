import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { create, type Font, type GlyphPosition } from "@cantoo/fontkit";
import { messageOf } from "../../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";
import { signsOf } from "../glyphs.ts";
import { type GlyphMap, readGlyphMap } from "./cmap.ts";

/** A font that certificates are drawn with. Loaded once for a process: its 8 MB cost more than a page. */
export interface DrawingFont {
  readonly map: GlyphMap;
  /** For pdfkit: embeds a subset, and draws each sign with the very glyph that `map` names, unshaped. */
  readonly embeddable: unknown;
  /** Width of a text in ems. Signs without a glyph count as nothing; check first. */
  widthEm(text: string): number;
  /** The outline of a sign as an SVG path in font units, y upwards; undefined without a glyph. */
  outline(sign: string): string | undefined;
  readonly unitsPerEm: number;
}

/** The font that the package brings: Noto Serif JP Regular (OFL), 16,726 code points, 13,416 variation sequences. */
export function bundledFontFile(): string {
  return createRequire(import.meta.url).resolve(
    "@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf",
  );
}

/** Loads a TrueType or OpenType font. `K-CERT-105` when it cannot be used. */
export async function loadDrawingFont(file: string): Promise<Result<DrawingFont>> {
  let bytes: Uint8Array;
  let font: Font;
  try {
    bytes = await readFile(file);
    const opened = create(bytes);
    if (!("layout" in opened)) return fail("K-CERT-105", { file, why: "a collection of fonts" });
    font = opened;
  } catch (thrown) {
    return fail("K-CERT-105", { file, why: messageOf(thrown) });
  }
  const map = readGlyphMap(bytes);
  if (!map.ok) return fail("K-CERT-105", { file }, map.error);
  const drawn = (text: string) => drawnGlyphs(font, map.value, text);
  return ok({
    map: map.value,
    embeddable: unshaped(font, drawn),
    widthEm: (text) => drawn(text).reduce((sum, glyph) => sum + glyph.advanceWidth, 0) / font.unitsPerEm,
    outline(sign) {
      const glyph = signsOf(map.value, sign)[0]?.glyph;
      return glyph === undefined ? undefined : font.getGlyph(glyph)?.path.toSVG();
    },
    unitsPerEm: font.unitsPerEm,
  });
}

interface DrawnGlyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}

function drawnGlyphs(font: Font, map: GlyphMap, text: string): DrawnGlyph[] {
  return signsOf(map, text).flatMap(({ glyph, codePoints }) =>
    glyph === undefined ? [] : [{ id: glyph, advanceWidth: font.getGlyph(glyph)?.advanceWidth ?? 0, codePoints }],
  );
}

/**
 * The same font with a layout of our own: one sign, one glyph. fontkit's layout may join letters (ffi), move them
 * (kerning), and remembers with each glyph the first text that it ever drew, so that one document's text layer would
 * depend on the documents before it.
 */
function unshaped(font: Font, drawn: (text: string) => DrawnGlyph[]): unknown {
  const layout = (text: string) => {
    const glyphs = drawn(text);
    const positions = glyphs.map(
      ({ advanceWidth }): GlyphPosition => ({ xAdvance: advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 }),
    );
    return { glyphs, positions, advanceWidth: glyphs.reduce((sum, glyph) => sum + glyph.advanceWidth, 0) };
  };
  return Object.create(font, { layout: { value: layout } });
}
