import { unwrap } from "../../../src/kernel/result.ts";
import type { Bilevel } from "../../../src/security-print/bilevel/generic-region.ts";
import { createPage, type GreyPage } from "../../../src/security-print/composition/page.ts";
import { defaultChoice } from "../../../src/security-print/deterrent/choice.ts";
import { drawGround } from "../../../src/security-print/deterrent/ground.ts";
import { createDeterrentPainter } from "../../../src/security-print/deterrent/painter.ts";
import type { GreyImage } from "../../../src/security-print/inspect/grey.ts";
import { reduce } from "../../../src/security-print/inspect/grey.ts";
import { backLayers } from "../../../src/security-print/marks/back-layers.ts";
import { hashPackedFront } from "../../../src/security-print/pages/front.ts";
import { REGION } from "../../../src/security-print/scramble/geometry.ts";
import type { Payload } from "../../../src/security-print/scramble/payload.ts";
import { DOCUMENT_ID, textLikeFront } from "../scramble.ts";

const painter = createDeterrentPainter();

/** A back as the kiosk composes it for a printer that nobody calibrated. */
export async function drawnBack(payload: Payload): Promise<GreyPage> {
  const page = createPage();
  const data = { documentId: DOCUMENT_ID, page: 1, pages: 1, frontHash: hashPackedFront(textLikeFront(1)) };
  for (const layer of await backLayers(data, payload)) layer(page);
  drawGround(page, unwrap(await painter.ground({ side: "back", step: defaultChoice.back })));
  return page;
}

/** Prints the deterrent text over a front, as the kiosk does for such a printer. The page itself is drawn on. */
export async function withDeterrent(front: GreyPage): Promise<GreyPage> {
  drawGround(front, unwrap(await painter.ground({ side: "front", step: defaultChoice.front })));
  return front;
}

/** A front's bits as they lie on the page at 600 dpi. */
export function pageOfFront({ widthPx, heightPx, bits }: Bilevel): GreyPage {
  const page = createPage();
  const stride = Math.ceil(widthPx / 8);
  for (let y = 0; y < page.heightPx; y++) {
    const row = Math.floor((y * heightPx) / page.heightPx) * stride;
    for (let x = 0, at = y * page.widthPx; x < page.widthPx; x++, at++) {
      const column = Math.floor((x * widthPx) / page.widthPx);
      if ((bits[row + (column >> 3)] as number) & (0x80 >> (column & 7))) page.pixels[at] = 0;
    }
  }
  return page;
}

export function copyOf(page: GreyPage): GreyPage {
  return { ...page, pixels: page.pixels.slice() };
}

/** A rectangle inside the region: pixels of the page from the region's corner. */
export interface Patch {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Changes every pixel of a patch by what it is and where. */
export function repaint(page: GreyPage, patch: Patch, paint: (old: number, x: number, y: number) => number): void {
  for (let y = patch.y; y < patch.y + patch.height; y++) {
    for (let x = patch.x; x < patch.x + patch.width; x++) {
      const at = (REGION.y + y) * page.widthPx + REGION.x + x;
      page.pixels[at] = paint(page.pixels[at] as number, x, y);
    }
  }
}

/** The page at 300 dpi as a scanner without any fault would see it; the channel is for what scanners really do. */
export function perfectScan(page: GreyPage): GreyImage {
  return reduce(page, 2);
}

/** Six of one sheet at 200 dpi, three beside each other and three below them. */
export function sixTimes(page: GreyPage): GreyImage {
  const one = reduce(page, 3);
  const { widthPx, heightPx, pixels } = sideBySide(sideBySide(one, one), one);
  return { widthPx, heightPx: 2 * heightPx, pixels: Buffer.concat([pixels, pixels]) };
}

/** A picture turned clockwise by quarters. */
export function turned(image: GreyImage, quarters: 1 | 2 | 3): GreyImage {
  const { widthPx, heightPx, pixels } = image;
  const result = new Uint8Array(pixels.length);
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at++) result[y + (widthPx - 1 - x) * heightPx] = pixels[at] as number;
  }
  // The loop turns anticlockwise, so three of its turns are one clockwise.
  const once = { widthPx: heightPx, heightPx: widthPx, pixels: result };
  return quarters === 3 ? once : turned(once, (quarters + 1) as 2 | 3);
}

/** A picture seen from behind. */
export function mirroredImage(image: GreyImage): GreyImage {
  const pixels = image.pixels.slice();
  for (let y = 0; y < image.heightPx; y++) pixels.subarray(y * image.widthPx, (y + 1) * image.widthPx).reverse();
  return { ...image, pixels };
}

/** Part of a picture. */
export function cropped(image: GreyImage, left: number, top: number, widthPx: number, heightPx: number): GreyImage {
  const pixels = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    const from = (top + y) * image.widthPx + left;
    pixels.set(image.pixels.subarray(from, from + widthPx), y * widthPx);
  }
  return { widthPx, heightPx, pixels };
}

/** Two pictures of the same height side by side, as two sheets on one glass. */
export function sideBySide(left: GreyImage, right: GreyImage): GreyImage {
  const widthPx = left.widthPx + right.widthPx;
  const pixels = new Uint8Array(widthPx * left.heightPx);
  for (let y = 0; y < left.heightPx; y++) {
    pixels.set(left.pixels.subarray(y * left.widthPx, (y + 1) * left.widthPx), y * widthPx);
    pixels.set(right.pixels.subarray(y * right.widthPx, (y + 1) * right.widthPx), y * widthPx + left.widthPx);
  }
  return { widthPx, heightPx: left.heightPx, pixels };
}
