import type { ResidentRecordOptions } from "../certificates.ts";
import type { Cell, FormPages } from "./cells.ts";
import { type Column, certification, FORM_WIDTH_MM, FORM_X_MM, footer, ruledRow } from "./parts.ts";

/** Persons whose blocks fit on one page with every option chosen. */
export const PERSONS_PER_PAGE = 4;

const TITLE_Y_MM = 14;
const HEAD_Y_MM = 35;
const ROW_MM = 8;
const NAME_ROW_MM = 11;
const GAP_MM = 2.5;
const LABEL_MM = 24;
const CERTIFICATION_Y_MM = 243;

/**
 * 住民票の写し, A4 upright: title with the scope, address (and 世帯主) on every page, a ruled block for each person, four
 * on a page. What was not chosen has neither label nor cell. The last page certifies (住民基本台帳法 12; the wording is the
 * usual one of municipalities' forms).
 */
export function layoutResidentRecord(
  options: ResidentRecordOptions,
  persons: readonly { readonly foreign: boolean }[],
): FormPages {
  const pageCount = Math.ceil(persons.length / PERSONS_PER_PAGE);
  return Array.from({ length: pageCount }, (_, page) => {
    const first = page * PERSONS_PER_PAGE;
    const onPage = persons.slice(first, first + PERSONS_PER_PAGE);
    const last = page === pageCount - 1;
    const cells: Cell[] = [...title(options), ...householdRows(options)];
    let y = HEAD_Y_MM + (options.headAndRelationship ? 2 : 1) * ROW_MM + GAP_MM;
    onPage.forEach((person, index) => {
      const block = personBlock(options, person, first + index, y);
      cells.push(...block.cells);
      y = block.endMm + GAP_MM;
    });
    cells.push(centred(last ? "以下余白" : "（次のページに続く）", y - 1, 5, 9));
    if (last)
      cells.push(
        ...certification(
          `この写しは、${scopeWords(options)}の住民票の原本と相違ないことを証明する。`,
          CERTIFICATION_Y_MM,
        ),
      );
    return [...cells, ...footer()];
  });
}

function scopeWords(options: ResidentRecordOptions): string {
  return options.scope === "household" ? "世帯全員" : "世帯の一部";
}

function title(options: ResidentRecordOptions): Cell[] {
  return [centred("住　民　票", TITLE_Y_MM, 10, 22), centred(`（${scopeWords(options)}）`, TITLE_Y_MM + 11, 6, 11)];
}

function centred(text: string, y: number, height: number, sizePt: number): Cell {
  return { cell: "fixed", box: { x: FORM_X_MM, y, width: FORM_WIDTH_MM, height }, text, sizePt, align: "center" };
}

function householdRows(options: ResidentRecordOptions): Cell[] {
  const value = FORM_WIDTH_MM - LABEL_MM;
  const rows: Column[][] = [
    [
      { label: "住　所", widthMm: LABEL_MM },
      { field: "address", widthMm: value, sizePt: 11 },
    ],
  ];
  if (options.headAndRelationship) {
    rows.push([
      { label: "世帯主", widthMm: LABEL_MM },
      { field: "householder", widthMm: value, sizePt: 11 },
    ]);
  }
  return rows.flatMap((columns, index) =>
    ruledRow({ x: FORM_X_MM, y: HEAD_Y_MM + index * ROW_MM, height: ROW_MM }, columns),
  );
}

function personBlock(
  options: ResidentRecordOptions,
  person: { readonly foreign: boolean },
  index: number,
  startMm: number,
): { readonly cells: Cell[]; readonly endMm: number } {
  const cells: Cell[] = [];
  let y = startMm;
  const row = (height: number, columns: readonly Column[]) => {
    cells.push(...ruledRow({ x: FORM_X_MM, y, height }, columns, index));
    y += height;
  };
  row(NAME_ROW_MM, pair("氏　名", "name", FORM_WIDTH_MM, 14));
  row(ROW_MM, birthRow(options));
  row(ROW_MM, options.myNumber ? residentWithNumber() : pair("住民となった日", "becameResidentOn", FORM_WIDTH_MM, 10));
  row(ROW_MM, pair("前住所", "movedFrom", FORM_WIDTH_MM, 10));
  if (options.domicile) row(ROW_MM, person.foreign ? nationalityRow() : domicileRow());
  return { cells, endMm: y };
}

type ValueColumn = Extract<Column, { field: unknown }>;

/** A label and its value, together `widthMm` wide. */
function pair(
  label: string,
  field: ValueColumn["field"],
  widthMm: number,
  sizePt: number,
  labelMm = LABEL_MM,
): Column[] {
  return [
    { label, widthMm: labelMm },
    { field, widthMm: widthMm - labelMm, sizePt },
  ];
}

function birthRow(options: ResidentRecordOptions): Column[] {
  if (!options.headAndRelationship) return [...pair("生年月日", "birthDate", 110, 11), ...pair("性別", "sex", 64, 11)];
  return [
    ...pair("生年月日", "birthDate", 84, 11),
    ...pair("性別", "sex", 34, 11, 16),
    ...pair("続柄", "relationship", 56, 11, 16),
  ];
}

function residentWithNumber(): Column[] {
  return [...pair("住民となった日", "becameResidentOn", 84, 10), ...pair("個人番号", "myNumber", 90, 11)];
}

function domicileRow(): Column[] {
  return [...pair("本　籍", "domicile", 116, 10), ...pair("筆頭者", "domicileHead", 58, 10, 16)];
}

/** 国籍・地域 and so on take the place of 本籍 and 筆頭者 (住民基本台帳法 30の45). */
function nationalityRow(): Column[] {
  return [
    ...pair("国籍・地域", "nationality", 58, 10),
    ...pair("在留資格", "residenceStatus", 54, 10, 16),
    ...pair("在留カード等の番号", "residenceCardNumber", 62, 10, 30),
  ];
}
