import { drawText } from "../composition/text.ts";
import { type DeterrentSide, type DotScreen, type GroundStep, groundDots, letterDots, TILE } from "./steps.ts";

/** A pattern that repeats over the page: for each of its lines, the places of its black pixels, from the left. */
export interface DotTile {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly lines: readonly Uint16Array[];
}

/** Where the letters are, in squares of `MASK_PX`: 1 inside of them, line by line. The dots are coarser than that. */
export interface LetterMask {
  readonly columns: number;
  readonly rows: number;
  readonly inside: Uint8Array;
}

/** Side of a square of the mask in pixels of the page: a sixteenth of the memory that pixels would take. */
export const MASK_PX = 4;
/** 複写 is 30 mm tall: a stroke must be several dots wide. */
const LETTERS = { text: "複写", sizePt: 90 } as const;
/** By so many squares the strokes of a deterrent text's letters are widened. */
export const LETTER_SPREAD = 3;

/** The words of a tile: two lines of them, one moved by half a tile. Same words, same squares. Rejects as `drawText` does. */
export async function deterrentLetters(): Promise<LetterMask> {
  const [columns, rows] = [TILE.widthPx / MASK_PX, TILE.heightPx / MASK_PX];
  const word = await thickened(LETTERS.text, { sizePt: LETTERS.sizePt, squarePx: MASK_PX, spread: LETTER_SPREAD });
  const inside = new Uint8Array(columns * rows);
  for (const line of [0, 1]) {
    const left = Math.round((columns - word.columns) / 2) + (line * columns) / 2;
    const top = Math.round((rows / 2 - word.rows) / 2) + (line * rows) / 2;
    for (let y = 0; y < word.rows; y++) {
      for (let x = 0; x < word.columns; x++) {
        if (word.inside[y * word.columns + x] === 1) inside[(top + y) * columns + ((left + x) % columns)] = 1;
      }
    }
  }
  return { columns, rows, inside };
}

/** How words become a mask: their size on the page, the side of a square, and by how many squares strokes are widened. */
export interface Thickening {
  readonly sizePt: number;
  readonly squarePx: number;
  readonly spread: number;
}

/** Bold words, their strokes wider on each side: thin ones would fall between two dots. Rejects as `drawText` does. */
export async function thickened(text: string, { sizePt, squarePx, spread }: Thickening): Promise<LetterMask> {
  const word = await drawText([{ text, sizePt: sizePt / squarePx }], "bold");
  const [columns, rows] = [word.widthPx + 2 * spread, word.heightPx + 2 * spread];
  const inside = new Uint8Array(columns * rows);
  for (let y = 0; y < word.heightPx; y++) {
    for (let x = 0; x < word.widthPx; x++) {
      if ((word.pixels[y * word.widthPx + x] as number) < 128) inside[(y + spread) * columns + x + spread] = 1;
    }
  }
  const wide = spreadLines(inside, columns, rows, 1, spread);
  return { columns, rows, inside: spreadLines(wide, rows, columns, columns, spread) };
}

/** Spreads what is inside along lines of `length` squares that are `step` apart. */
function spreadLines(from: Uint8Array, length: number, lines: number, step: number, by: number): Uint8Array {
  const to = new Uint8Array(from.length);
  const lineStep = step === 1 ? length : 1;
  for (let line = 0; line < lines; line++) {
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < length + by; i++) {
      if (i < length && from[line * lineStep + i * step] === 1) last = i;
      const at = i - by;
      if (at >= 0 && last >= at - by) to[line * lineStep + at * step] = 1;
    }
  }
  return to;
}

/**
 * Large dots where the mask is inside of a letter, the step's small ones everywhere else. It repeats seamlessly when the mask
 * has the size of `TILE`.
 */
export function dotTile(side: DeterrentSide, step: GroundStep, mask: LetterMask): DotTile {
  const [widthPx, heightPx] = [mask.columns * MASK_PX, mask.rows * MASK_PX];
  const isInside = (x: number, y: number) =>
    mask.inside[Math.floor((y % heightPx) / MASK_PX) * mask.columns + Math.floor((x % widthPx) / MASK_PX)];
  const screens = [
    [letterDots[side], 1],
    [groundDots(side, step), 0],
  ] as const;
  const eachLine = (use: (line: number, x: number, sizePx: number) => void) => {
    for (const [screen, of] of screens) {
      const middle = Math.floor(screen.sizePx / 2);
      forEachDot(screen, widthPx, heightPx, (x, y) => {
        if (isInside(x + middle, y + middle) !== of) return;
        for (let v = 0; v < screen.sizePx; v++) use((y + v) % heightPx, x, screen.sizePx);
      });
    }
  };
  // Counted first: lines that grow would take ten times the memory of the tile.
  const counts = new Uint16Array(heightPx);
  eachLine((line, _, sizePx) => {
    counts[line] = (counts[line] as number) + sizePx;
  });
  const lines = Array.from(counts, (count) => new Uint16Array(count));
  counts.fill(0);
  eachLine((line, x, sizePx) => {
    for (let u = 0; u < sizePx; u++) {
      const next = counts[line] as number;
      (lines[line] as Uint16Array)[next] = (x + u) % widthPx;
      counts[line] = next + 1;
    }
  });
  for (const line of lines) line.sort();
  return { widthPx, heightPx, lines };
}

/** Calls back with the top left corner of each of a screen's dots. */
function forEachDot(
  { pitchX, pitchY }: DotScreen,
  widthPx: number,
  heightPx: number,
  use: (x: number, y: number) => void,
): void {
  const [columns, rows] = [Math.round(widthPx / pitchX), Math.round(heightPx / pitchY)];
  for (let row = 0; row < rows; row++) {
    const y = Math.round(row * pitchY);
    for (let column = 0; column < columns; column++) use(Math.round((column + (row % 2) / 2) * pitchX) % widthPx, y);
  }
}
