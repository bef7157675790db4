import type { Cell, FieldName, FormPages } from "../../src/protocol/forms/cells.ts";
import type { PageChar, PageObject, PageReading } from "../../src/security-print/pages/reading.ts";

/** What a field shows on a page (from 0). */
export type TextOf = (field: FieldName, person: number | undefined, page: number) => string;

const PLAIN = { clipped: false, transparent: false, marked: false } as const;
const BLACK = { red: 0, green: 0, blue: 0, alpha: 255 } as const;
const GLYPH_HEIGHT_MM = 2;
const MAX_GLYPH_MM = 3;

/** The pages of a form as a page reader would give them, drawn without a PDF: each value in its cell, nothing else. */
export function drawnPages(form: FormPages, textOf: TextOf): PageReading[] {
  return form.map((cells, page) => {
    const chars: PageChar[] = [];
    const objects: PageObject[] = [];
    for (const cell of cells) {
      if (cell.cell === "rule") objects.push(rule(cell.box));
      else if (cell.cell === "picture") objects.push({ ...PLAIN, kind: "image", box: cell.box });
      else {
        const text = cell.cell === "fixed" ? cell.text : textOf(cell.field, cell.person, page);
        const drawn = glyphs(cell.box, text, objects.length);
        if (drawn.length === 0) continue;
        objects.push({
          ...PLAIN,
          kind: "text",
          box: cell.box,
          filled: true,
          colour: BLACK,
          sizePt: cell.sizePt,
          upright: true,
          fontBytes: 1000,
        });
        chars.push(...drawn);
      }
    }
    return { widthMm: 210, heightMm: 297, chars, objects, annotations: 0 };
  });
}

/** Glyphs of a text side by side in a box; a variation selector belongs to the glyph before it. */
function glyphs(box: Cell["box"], text: string, object: number): PageChar[] {
  const units = text.match(/.[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]?/gu) ?? [];
  const width = Math.min(MAX_GLYPH_MM, box.width / Math.max(1, units.length));
  return units.map((unit, index) => {
    const space = /^\s$/u.test(unit);
    const at = { x: box.x + index * width, y: box.y + (box.height - GLYPH_HEIGHT_MM) / 2 };
    const ink = space ? { width: 0, height: 0 } : { width, height: GLYPH_HEIGHT_MM };
    return { text: unit, box: { ...at, ...ink }, object, mapped: true };
  });
}

function rule(box: Cell["box"]): PageObject {
  return {
    ...PLAIN,
    kind: "path",
    box,
    outline: box,
    stroked: true,
    filled: false,
    strokeWidthMm: 0.2,
    colour: BLACK,
    points: 5,
    axisAligned: true,
  };
}
