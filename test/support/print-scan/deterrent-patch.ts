import type { GreyPage } from "../../../src/security-print/composition/page.ts";
import { type DeterrentSide, groundStep } from "../../../src/security-print/deterrent/steps.ts";
import { dotTile, MASK_PX } from "../../../src/security-print/deterrent/tile.ts";
import { lightness } from "./lightness.ts";

const [WIDTH, HEIGHT, MARGIN] = [880, 704, 48];

/** A patch whose left half is inside of a letter and whose right half is ground. */
export function samplePatch(side: DeterrentSide, name: string): GreyPage {
  const step = groundStep(name);
  if (!step) throw new Error(`no step ${name}`);
  const [columns, rows] = [WIDTH / MASK_PX, HEIGHT / MASK_PX];
  const inside = Uint8Array.from({ length: columns * rows }, (_, i) => (i % columns < columns / 2 ? 1 : 0));
  const tile = dotTile(side, step, { columns, rows, inside });
  const pixels = new Uint8Array(WIDTH * HEIGHT).fill(255);
  for (const [y, line] of tile.lines.entries()) for (const x of line) pixels[y * WIDTH + x] = 0;
  return { widthPx: WIDTH, heightPx: HEIGHT, pixels };
}

/** L* of the letter's half of a patch less that of the ground's: below 0 the letter is darker. */
export function letterContrast(paper: GreyPage): number {
  const half = (from: number) => lightness(paper, from + MARGIN, MARGIN, from + WIDTH / 2 - MARGIN, HEIGHT - MARGIN);
  return half(0) - half(WIDTH / 2);
}
