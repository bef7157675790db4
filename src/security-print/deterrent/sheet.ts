import { blank, createPage, type GreyPage, mmToPx, place } from "../composition/page.ts";
import { drawText } from "../composition/text.ts";
import { type DeterrentSide, groundSteps } from "./steps.ts";
import { dotTile, LETTER_SPREAD, type LetterMask, MASK_PX, thickened } from "./tile.ts";

/** What a calibration sheet says above its samples: a title and lines of advice. */
export interface SheetWords {
  readonly title: string;
  readonly advice: readonly string[];
}

/** Six samples side by side, eight lines of them: room for every step. */
const COLUMNS = 6;
const SAMPLE = { widthPx: 720, heightPx: 568 } as const;
const CELL = { widthPx: 770, heightPx: 752 } as const;
const FIRST = { x: 195, y: 880 } as const;
const LETTER = { text: "複", sizePt: 60 } as const;
const [TITLE_PT, ADVICE_PT, NAME_PT] = [16, 10, 12];
const LEFT_PX = mmToPx(10);

/**
 * One side of a calibration sheet: a sample of every step with its name below, printed as the deterrent text of this side
 * will be. Whoever looks for the sample whose letter is hardest to see has found the step of this printer.
 */
export async function calibrationSide(side: DeterrentSide, words: SheetWords): Promise<GreyPage> {
  const page = createPage();
  blank(page);
  place(page, await drawText([{ text: words.title, sizePt: TITLE_PT }], "bold"), LEFT_PX, mmToPx(8));
  const advice = await drawText(words.advice.map((text) => ({ text, sizePt: ADVICE_PT })));
  place(page, advice, LEFT_PX, mmToPx(17));
  const mask = await sampleMask();
  for (const [i, step] of groundSteps.entries()) {
    const [x, y] = [FIRST.x + (i % COLUMNS) * CELL.widthPx, FIRST.y + Math.floor(i / COLUMNS) * CELL.heightPx];
    const tile = dotTile(side, step, mask);
    for (const [line, black] of tile.lines.entries()) {
      for (const at of black) page.pixels[(y + line) * page.widthPx + x + at] = 0;
    }
    const name = await drawText([{ text: step.name, sizePt: NAME_PT }]);
    place(page, name, x + Math.round((SAMPLE.widthPx - name.widthPx) / 2), y + SAMPLE.heightPx + mmToPx(1));
  }
  return page;
}

/** A letter in the middle of a sample. */
async function sampleMask(): Promise<LetterMask> {
  const letter = await thickened(LETTER.text, { sizePt: LETTER.sizePt, squarePx: MASK_PX, spread: LETTER_SPREAD });
  const [columns, rows] = [SAMPLE.widthPx / MASK_PX, SAMPLE.heightPx / MASK_PX];
  const inside = new Uint8Array(columns * rows);
  const [left, top] = [Math.round((columns - letter.columns) / 2), Math.round((rows - letter.rows) / 2)];
  for (let y = 0; y < letter.rows; y++) {
    inside.set(letter.inside.subarray(y * letter.columns, (y + 1) * letter.columns), (top + y) * columns + left);
  }
  return { columns, rows, inside };
}
