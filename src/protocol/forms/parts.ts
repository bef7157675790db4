import type { AttestedField, Box, Cell, FieldName, FormPages } from "./cells.ts";

/** A column of a ruled row: the form's own words or a value, and how wide it is in millimetres. */
export type Column = { readonly widthMm: number } & (
  | { readonly label: string }
  | { readonly field: FieldName; readonly sizePt: number }
);

const LABEL_PT = 8;
/** Text keeps this distance from the rules beside it and above it. */
const PADDING_MM = { x: 1.5, y: 0.4 };

/** Cells of one ruled row, column by column from `x`. Labels stand in the middle, values begin at the left. */
export function ruledRow(
  at: { readonly x: number; readonly y: number; readonly height: number },
  columns: readonly Column[],
  person?: number,
): Cell[] {
  const cells: Cell[] = [];
  let x = at.x;
  for (const column of columns) {
    const ruled: Box = { x, y: at.y, width: column.widthMm, height: at.height };
    cells.push({ cell: "rule", box: ruled });
    const box = inset(ruled);
    if ("label" in column) {
      cells.push({ cell: "fixed", box, text: column.label, sizePt: LABEL_PT, align: "center" });
    } else {
      cells.push({
        cell: "field",
        box,
        field: column.field,
        ...(person === undefined ? {} : { person }),
        sizePt: column.sizePt,
      });
    }
    x += column.widthMm;
  }
  return cells;
}

function inset(box: Box): Box {
  return {
    x: box.x + PADDING_MM.x,
    y: box.y + PADDING_MM.y,
    width: box.width - 2 * PADDING_MM.x,
    height: box.height - 2 * PADDING_MM.y,
  };
}

/** Left edge and width of everything that is ruled, in millimetres. */
export const FORM_X_MM = 18;
export const FORM_WIDTH_MM = 174;

/** The sentence that certifies, the day, who certifies, and the official seal (公印) beside the name. */
export function certification(sentence: string, yMm: number): Cell[] {
  return [
    { cell: "fixed", box: { x: 24, y: yMm, width: 162, height: 7 }, text: sentence, sizePt: 11 },
    { cell: "field", box: { x: 34, y: yMm + 10, width: 80, height: 7 }, field: "issuedOn", sizePt: 11 },
    {
      cell: "field",
      box: { x: 60, y: yMm + 21, width: 98, height: 9 },
      field: "mayor",
      sizePt: 15,
      align: "right",
    },
    { cell: "picture", box: { x: 161, y: yMm + 13, width: 24, height: 24 }, picture: "officialSeal" },
  ];
}

/** The line at the foot of every page: which document it belongs to, and which of its pages it is. */
export function footer(): Cell[] {
  const y = 284;
  return [
    { cell: "fixed", box: { x: 18, y, width: 16, height: 4.5 }, text: "証明書番号", sizePt: 7.5 },
    { cell: "field", box: { x: 35, y, width: 70, height: 4.5 }, field: "documentId", sizePt: 7.5 },
    { cell: "fixed", box: { x: 164, y, width: 14, height: 4.5 }, text: "ページ", sizePt: 7.5, align: "right" },
    { cell: "field", box: { x: 179, y, width: 13, height: 4.5 }, field: "pageOfPages", sizePt: 9, align: "right" },
  ];
}

/** A value that a document shows: of one person (counted from 0), or of the document when `person` is absent. */
export interface FormValue {
  readonly field: AttestedField;
  readonly person?: number;
}

const ownFields: ReadonlySet<FieldName> = new Set(["issuedOn", "documentId", "pageOfPages"]);

/** Whether R attests a field: all but the day, the id and the page number, which every verifier knows by itself. */
export function isAttestedField(field: FieldName): field is AttestedField {
  return !ownFields.has(field);
}

/**
 * Every attested value that a form shows, each once, in printed order: what the attestor commits to and the kiosk must
 * find. A value that is repeated on every page (the address) is one value.
 */
export function valuesOfForm(pages: FormPages): FormValue[] {
  const values = new Map<string, FormValue>();
  for (const cell of pages.flat()) {
    if (cell.cell !== "field" || !isAttestedField(cell.field)) continue;
    const value = { field: cell.field, ...(cell.person === undefined ? {} : { person: cell.person }) };
    values.set(`${cell.field} ${cell.person ?? ""}`, value);
  }
  return [...values.values()];
}

/**
 * Which persons of a document are foreign residents, told from the values that R attests. Only the layout needs it, and
 * only where it makes a difference: when nationality was not chosen, nobody's row differs.
 */
export function personsOfValues(values: readonly FormValue[]): { readonly foreign: boolean }[] {
  const foreign = new Map<number, boolean>();
  for (const { field, person } of values) {
    if (person === undefined) continue;
    foreign.set(person, (foreign.get(person) ?? false) || field === "nationality");
  }
  const count = Math.max(-1, ...foreign.keys()) + 1;
  return Array.from({ length: count }, (_, person) => ({ foreign: foreign.get(person) ?? false }));
}
