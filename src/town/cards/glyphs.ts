import { readFile } from "node:fs/promises";
import { type GlyphMap, readGlyphMap } from "../../issuing-server/renderer/font/cmap.ts";
import { bundledFontFile } from "../../issuing-server/renderer/font/drawing-font.ts";
import { unwrap } from "../../kernel/result.ts";

/** Which signs the font of the certificates can draw. The font is part of the package: that it cannot be read is a bug. */
export async function certificateGlyphs(): Promise<GlyphMap> {
  return unwrap(readGlyphMap(await readFile(bundledFontFile())));
}
