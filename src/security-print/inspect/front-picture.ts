import { type GreyPage, place } from "../composition/page.ts";
import { drawText } from "../composition/text.ts";
import type { StripState } from "../scramble/judge.ts";
import { stripTop } from "../scramble/strips.ts";

/** Points at 600 dpi; the front has 200 dpi, so it looks like 24. */
const LABEL_PT = 8;
const MARGIN_PX = 16;
const HATCH = { pitchPx: 24, widthPx: 2, grey: 150 };

/**
 * A decoded front as a picture of grey. A strip that could not be read is hatched and labelled, so that nobody takes its
 * place for an empty part of the certificate.
 */
export async function frontPicture(
  front: { readonly widthPx: number; readonly heightPx: number; readonly bits: Uint8Array },
  strips: readonly StripState[],
): Promise<GreyPage> {
  const { widthPx, heightPx, bits } = front;
  const stride = Math.ceil(widthPx / 8);
  const pixels = new Uint8Array(widthPx * heightPx);
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at++) {
      pixels[at] = (bits[y * stride + (x >> 3)] as number) & (0x80 >> (x & 7)) ? 0 : 255;
    }
  }
  const picture = { widthPx, heightPx, pixels };
  const lost = strips.flatMap((state, i) => (state === "ok" ? [] : [i]));
  if (lost.length === 0) return picture;
  const label = await drawText([{ text: "判読不能", sizePt: LABEL_PT }]);
  for (const strip of lost) {
    const [top, bottom] = [stripTop(heightPx, strip), stripTop(heightPx, strip + 1)];
    for (let y = top; y < bottom; y++) {
      for (let x = 0; x < widthPx; x++) {
        if ((x + y) % HATCH.pitchPx < HATCH.widthPx) pixels[y * widthPx + x] = HATCH.grey;
      }
    }
    const at = { x: (widthPx - label.widthPx) >> 1, y: (top + bottom - label.heightPx) >> 1 };
    // White around the label: nobody reads letters through a hatching.
    for (let y = Math.max(top, at.y - MARGIN_PX); y < Math.min(bottom, at.y + label.heightPx + MARGIN_PX); y++) {
      const from = y * widthPx + Math.max(0, at.x - MARGIN_PX);
      pixels.fill(255, from, from + Math.min(widthPx, label.widthPx + 2 * MARGIN_PX));
    }
    place(picture, label, at.x, at.y);
  }
  return picture;
}
