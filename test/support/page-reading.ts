import type { Box, Cell, FieldName, FormPages } from "../../src/protocol/forms/cells.ts";
import type { PageChar, PageObject, PageReading } from "../../src/security-print/pages/reading.ts";

/** A reading that a faultless page of a form would give, made without any PDF. */
export function faultlessReading(
  form: FormPages,
  textOf: (field: FieldName, person: number | undefined, page: number) => string,
): PageReading[] {
  return form.map((cells, page) => {
    const chars: PageChar[] = [];
    const objects: PageObject[] = [];
    for (const cell of cells) {
      if (cell.cell === "rule") objects.push(rule(cell.box));
      else if (cell.cell === "picture") objects.push(image(cell.box));
      else {
        const text = cell.cell === "fixed" ? cell.text : textOf(cell.field, cell.person, page);
        if (text === "") continue;
        chars.push(...charsIn(cell, text, objects.length));
        objects.push(textObject(cell.box, cell.sizePt));
      }
    }
    return { widthMm: 210, heightMm: 297, chars, objects, annotations: 0 };
  });
}

const plain = { clipped: false, transparent: false, marked: false } as const;
const black = { red: 0, green: 0, blue: 0, alpha: 255 } as const;

export function rule(box: Box): PageObject {
  const shape = { stroked: true, filled: false, strokeWidthMm: 0.2, colour: black, points: 5, axisAligned: true };
  return { ...plain, kind: "path", box, outline: box, ...shape };
}

export function image(box: Box): PageObject {
  return { ...plain, kind: "image", box };
}

export function textObject(box: Box, sizePt: number): PageObject {
  return { ...plain, kind: "text", box, filled: true, colour: black, sizePt, upright: true, fontBytes: 9000 };
}

/** The text's characters side by side in a cell, each a square of ink; spaces have none. */
export function charsIn(cell: Extract<Cell, { sizePt: number }>, text: string, object: number): PageChar[] {
  const signs = text.match(/.[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]?/gsu) ?? [];
  const pitch = Math.min((cell.sizePt * 25.4) / 72, cell.box.width / signs.length);
  const inkHeight = Math.min(pitch * 0.8, cell.box.height);
  return signs.map((sign, index) => ({
    text: sign,
    box: {
      x: cell.box.x + index * pitch + pitch * 0.1,
      y: cell.box.y + (cell.box.height - inkHeight) / 2,
      width: pitch * 0.8,
      height: /^\s$/u.test(sign) ? 0 : inkHeight,
    },
    object,
    mapped: true,
  }));
}
