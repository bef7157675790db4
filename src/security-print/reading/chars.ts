import { ok, type Result } from "../../kernel/result.ts";
import type { Cell } from "../../protocol/forms/cells.ts";
import type { PageChar, PageReading } from "../pages/reading.ts";
import { centreOf, holdsPoint, isWithin } from "./geometry.ts";
import { refuse } from "./refusal.ts";

export type TextCell = Extract<Cell, { cell: "fixed" | "field" }>;

/** How far ink may stand out of its cell: the tail of a letter, the rounding of a coordinate. */
const INK_TOLERANCE_MM = 0.6;
/** pdfium gives a glyph without an outline a box of some µm. At 600 dpi a pixel is 0.042 mm: less ink cannot be seen. */
const MIN_INK_MM = 0.04;
/** Every character stands to the right of the one before it; their ink may overlap by this part of the narrower. */
const MAX_OVERLAP = 0.4;
const SPACE = /^[\s\u3000]+$/u;

/**
 * The text of every text cell of a page, spaces included. Refused are characters outside the cells, ink that claims to be
 * a space, characters without ink or without a known meaning, and characters that do not follow one another as they are
 * read: otherwise 12 could be printed as 21.
 */
export function textsOfCells(
  reading: PageReading,
  cells: readonly Cell[],
  page: number,
): Result<ReadonlyMap<TextCell, string>> {
  const textCells = cells.filter((cell) => cell.cell === "fixed" || cell.cell === "field");
  const found = new Map<TextCell, PageChar[]>(textCells.map((cell) => [cell, []]));
  const cellOfObject = new Map<number, TextCell>();
  for (const char of reading.chars) {
    if (!char.mapped || char.object < 0) return refuse(page, "a character without a known meaning");
    const { x, y } = centreOf(char.box);
    const cell = textCells.find((candidate) => holdsPoint(candidate.box, x, y));
    const isSpace = SPACE.test(char.text);
    const hasInk = Math.min(char.box.width, char.box.height) > MIN_INK_MM;
    if (isSpace && hasInk) return refuse(page, "ink that claims to be a space");
    if (!isSpace && !hasInk) return refuse(page, "a character without ink");
    if (isSpace && !cell) continue;
    if (!cell) return refuse(page, "text outside the form");
    if (!isSpace && !isWithin(cell.box, char.box, INK_TOLERANCE_MM)) return refuse(page, "text beyond its cell");
    if ((cellOfObject.get(char.object) ?? cell) !== cell) return refuse(page, "one text in two cells");
    cellOfObject.set(char.object, cell);
    found.get(cell)?.push(char);
  }
  const texts = new Map<TextCell, string>();
  for (const [cell, chars] of found) {
    if (!inReadingOrder(chars)) return refuse(page, "text that is not read as it is printed", placeOf(cell));
    texts.set(
      cell,
      chars
        .map((char) => char.text)
        .join("")
        .trim(),
    );
  }
  return ok(texts);
}

function inReadingOrder(chars: readonly PageChar[]): boolean {
  let last: PageChar["box"] | undefined;
  for (const { box } of chars) {
    if (last) {
      const overlap = last.x + last.width - box.x;
      if (centreOf(box).x <= centreOf(last).x || overlap > MAX_OVERLAP * Math.min(last.width, box.width)) return false;
    }
    last = box;
  }
  return true;
}

/** Where something is, in words that are safe in a log. */
export function placeOf(cell: TextCell): { readonly place: string } {
  return { place: cell.cell === "field" ? cell.field : cell.text };
}
