import { drawText } from "../composition/text.ts";
import { type DeterrentSide, type DotScreen, type GroundStep, groundDots, letterDots, TILE } from "./steps.ts";

/** A pattern that repeats over the page: for each of its lines, the places of its black pixels, from the left. */
export interface DotTile {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly lines: readonly Uint16Array[];
}

/** Where the letters are: 1 inside of them, line by line. */
export interface LetterMask {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly inside: Uint8Array;
}

/** 複写 is 30 mm tall: a stroke must be several dots wide. */
const LETTERS = { text: "複写", sizePt: 90, weight: "bold", spreadPx: 11 } as const;

/** The words of a tile: two lines of them, one moved by half a tile. Same words, same pixels. Rejects as `drawText` does. */
export async function deterrentLetters(): Promise<LetterMask> {
  const word = await thickened(LETTERS.text, LETTERS.sizePt);
  const inside = new Uint8Array(TILE.widthPx * TILE.heightPx);
  for (const row of [0, 1]) {
    const left = Math.round((TILE.widthPx - word.widthPx) / 2) + (row * TILE.widthPx) / 2;
    const top = Math.round((TILE.heightPx / 2 - word.heightPx) / 2) + (row * TILE.heightPx) / 2;
    for (let y = 0; y < word.heightPx; y++) {
      const to = (top + y) * TILE.widthPx;
      for (let x = 0; x < word.widthPx; x++) {
        if (word.inside[y * word.widthPx + x] === 1) inside[to + ((left + x) % TILE.widthPx)] = 1;
      }
    }
  }
  return { ...TILE, inside };
}

/** Words whose strokes are wider by `spreadPx` on each side: thin ones would fall between two dots. */
export async function thickened(text: string, sizePt: number): Promise<LetterMask> {
  const { spreadPx, weight } = LETTERS;
  const word = await drawText([{ text, sizePt }], weight);
  const widthPx = word.widthPx + 2 * spreadPx;
  const heightPx = word.heightPx + 2 * spreadPx;
  const inside = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < word.heightPx; y++) {
    for (let x = 0; x < word.widthPx; x++) {
      if ((word.pixels[y * word.widthPx + x] as number) < 128) inside[(y + spreadPx) * widthPx + x + spreadPx] = 1;
    }
  }
  const wide = spreadLines(inside, widthPx, heightPx, 1, spreadPx);
  return { widthPx, heightPx, inside: spreadLines(wide, heightPx, widthPx, widthPx, spreadPx) };
}

/** Spreads what is inside along lines of `length` pixels that are `step` apart. */
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
  const { widthPx, heightPx } = mask;
  const black: number[][] = Array.from({ length: heightPx }, () => []);
  const put = (screen: DotScreen, of: 0 | 1) => {
    for (const { x, y } of dotPlaces(screen, widthPx, heightPx)) {
      const middle = Math.floor(screen.sizePx / 2);
      const at = ((y + middle) % heightPx) * widthPx + ((x + middle) % widthPx);
      if (mask.inside[at] !== of) continue;
      for (let v = 0; v < screen.sizePx; v++) {
        for (let u = 0; u < screen.sizePx; u++) black[(y + v) % heightPx]?.push((x + u) % widthPx);
      }
    }
  };
  put(letterDots[side], 1);
  put(groundDots(side, step), 0);
  return { widthPx, heightPx, lines: black.map((line) => Uint16Array.from(line.sort((a, b) => a - b))) };
}

/** Top left corners of a screen's dots. */
function* dotPlaces({ pitchX, pitchY }: DotScreen, widthPx: number, heightPx: number) {
  const [columns, rows] = [Math.round(widthPx / pitchX), Math.round(heightPx / pitchY)];
  for (let row = 0; row < rows; row++) {
    const y = Math.round(row * pitchY);
    for (let column = 0; column < columns; column++) {
      yield { x: Math.round((column + (row % 2) / 2) * pitchX) % widthPx, y };
    }
  }
}
