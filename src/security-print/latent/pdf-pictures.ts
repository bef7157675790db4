import { inflateSync } from "node:zlib";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { CmykPicture } from "../detection/picture.ts";
import { inspectionLimits } from "../inspect/limits.ts";

/** An image of a PDF with a dictionary that holds no other, such as the kiosk writes (ISO 32000-1, 7.3.8 and 8.9.5). */
const IMAGE = /\b\d{1,7} 0 obj\s{0,4}<<([^<>]{0,1000})>>\s{0,4}stream\r?\n/g;

/**
 * The pictures of four inks in a PDF: images in DeviceCMYK of eight bits, packed by Flate without a predictor, in the order of
 * the file. Nothing is drawn, so that no profile comes between the samples and who looks at them. Images are found by their
 * dictionaries; anything else in the file is passed over. `K-IMAGE-112` when there is none, `K-IMAGE-113` when one is larger
 * than it may be, or torn.
 */
export function cmykPicturesOf(file: Uint8Array): Result<readonly CmykPicture[]> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const pictures: CmykPicture[] = [];
  let pixels = 0;
  for (const match of bytes.toString("latin1").matchAll(IMAGE)) {
    const size = sizeOf(match[1] as string);
    if (!size) continue;
    const { widthPx, heightPx, length } = size;
    pixels += widthPx * heightPx;
    if (pixels > inspectionLimits.pixels) {
      return fail("K-IMAGE-113", { why: `more than ${inspectionLimits.pixels / 1e6} megapixels`, widthPx, heightPx });
    }
    const start = match.index + match[0].length;
    const cmyk = unpacked(bytes.subarray(start, start + length), 4 * widthPx * heightPx);
    if (!cmyk) return fail("K-IMAGE-113", { why: "a torn or damaged picture", widthPx, heightPx });
    if (pictures.length === inspectionLimits.pages) {
      return fail("K-IMAGE-113", { why: `more than ${inspectionLimits.pages} pictures` });
    }
    pictures.push({ widthPx, heightPx, cmyk });
  }
  return pictures.length > 0 ? ok(pictures) : fail("K-IMAGE-112", { why: "a PDF without a picture of four inks" });
}

function sizeOf(dictionary: string): { widthPx: number; heightPx: number; length: number } | undefined {
  const kind = [
    /\/Subtype\s*\/Image\b/,
    /\/ColorSpace\s*\/DeviceCMYK\b/,
    /\/BitsPerComponent 8\b/,
    /\/Filter\s*\/FlateDecode\b/,
  ];
  if (!kind.every((entry) => entry.test(dictionary)) || /\/(DecodeParms|Decode|SMask|Mask)\b/.test(dictionary))
    return undefined;
  const [widthPx, heightPx, length] = ["Width", "Height", "Length"].map((name) =>
    Number(new RegExp(`/${name} (\\d{1,9})\\b(?! 0 R)`).exec(dictionary)?.[1] ?? 0),
  ) as [number, number, number];
  return widthPx > 0 && heightPx > 0 && length > 0 ? { widthPx, heightPx, length } : undefined;
}

function unpacked(packed: Uint8Array, length: number): Buffer | undefined {
  try {
    const samples = inflateSync(packed, { maxOutputLength: length });
    return samples.length === length ? samples : undefined;
  } catch {
    return undefined;
  }
}
