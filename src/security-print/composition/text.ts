import { createRequire } from "node:module";
import sharp from "sharp";
import { type GreyPage, PAGE_DPI } from "./page.ts";

const resolve = createRequire(import.meta.url).resolve;
/** The font of the backs comes with the package, so that a back looks the same on every machine. */
const FONTS = {
  regular: {
    file: resolve("@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf"),
    name: "Noto Serif JP",
  },
  bold: {
    file: resolve("@expo-google-fonts/noto-serif-jp/700Bold/NotoSerifJP_700Bold.ttf"),
    name: "Noto Serif JP Bold",
  },
} as const;

/** A line of text and its size in points. */
export interface TextLine {
  readonly text: string;
  readonly sizePt: number;
}

/**
 * Lines of text as black on white at 600 dpi, cut to their ink. Same lines, same pixels (pinned sharp, pinned font).
 * Rejects only when sharp or the font is broken, which is a fault of the installation.
 */
export async function drawText(lines: readonly TextLine[], weight: keyof typeof FONTS = "regular"): Promise<GreyPage> {
  const text = lines.map((line) => `<span size="${line.sizePt}pt">${escapeMarkup(line.text)}</span>`).join("\n");
  const { data, info } = await sharp({
    text: { text, font: FONTS[weight].name, fontfile: FONTS[weight].file, dpi: PAGE_DPI, rgba: false },
  })
    .toColourspace("b-w")
    // sharp draws white on black.
    .negate()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) throw new Error(`the text came with ${info.channels} channels`);
  return { widthPx: info.width, heightPx: info.height, pixels: data };
}

/** Pango reads markup; what comes from elsewhere must not be read as such. */
function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
