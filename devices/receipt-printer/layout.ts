import { columnsOf, type Sign, signsOf } from "./escpos/characters.ts";
import type { Receipt, ReceiptLine } from "./port.ts";

/** One printed line: its signs, where they stand, and how. `magnify` 2 is double width and height. */
export interface PrintedLine {
  readonly signs: readonly Sign[];
  readonly align: "left" | "center" | "right";
  readonly bold: boolean;
  readonly magnify: 1 | 2;
}

/** A line break of the layout: a printed line, or blank lines. */
export type LayoutItem =
  | { readonly kind: "line"; readonly line: PrintedLine }
  | { readonly kind: "feed"; readonly lines: number };

/** Japanese line breaking, reduced to what a receipt needs: these never begin a line (JIS X 4051). */
const NOT_AT_LINE_START = "、。，．・：；？！）」』】〕］｝ー々,.:;?!)]}";
const SPACE = signsOf(" ");
const RULE_SIGN = "─";
const MAX_FEED_LINES = 20;

/** Breaks a receipt into lines of `columns` half-width columns. */
export function layOut(receipt: Receipt, columns: number): readonly LayoutItem[] {
  const title = signsOf(receipt.title);
  const magnify = columnsOf(title) * 2 <= columns ? 2 : 1;
  return [
    ...wrap(title, columns).map((signs) => line(signs, { align: "center", bold: true, magnify })),
    { kind: "feed", lines: 1 },
    ...receipt.lines.flatMap((one) => layOutLine(one, columns)),
  ];
}

function layOutLine(one: ReceiptLine, columns: number): LayoutItem[] {
  switch (one.kind) {
    case "feed":
      return [{ kind: "feed", lines: Math.min(Math.max(1, Math.trunc(one.lines)), MAX_FEED_LINES) }];
    case "rule":
      return [line(signsOf(RULE_SIGN.repeat(Math.floor(columns / 2))), {})];
    case "text": {
      const style = { align: one.align ?? "left", bold: one.bold ?? false };
      return wrap(signsOf(one.text), columns).map((signs) => line(signs, style));
    }
    case "pair":
      return layOutPair(signsOf(one.label), signsOf(one.value), columns, one.bold ?? false);
  }
}

/** Label left and value right on one line when they fit with a space between; otherwise the value goes below, at the right. */
function layOutPair(label: readonly Sign[], value: readonly Sign[], columns: number, bold: boolean): LayoutItem[] {
  const gap = columns - columnsOf(label) - columnsOf(value);
  if (gap >= 1) return [line([...label, ...Array.from({ length: gap }, () => SPACE).flat(), ...value], { bold })];
  return [
    ...wrap(label, columns).map((signs) => line(signs, { bold })),
    ...wrap(value, columns).map((signs) => line(signs, { bold, align: "right" })),
  ];
}

/** Breaks at the column; a mark that may not begin a line takes the sign before it along. An empty text is one line. */
function wrap(signs: readonly Sign[], columns: number): readonly (readonly Sign[])[] {
  const lines: Sign[][] = [[]];
  let used = 0;
  for (const sign of signs) {
    let current = lines.at(-1) ?? [];
    if (used + sign.columns > columns) {
      const last = NOT_AT_LINE_START.includes(sign.text) && current.length > 1 ? current.pop() : undefined;
      current = last ? [last] : [];
      lines.push(current);
      used = columnsOf(current);
    }
    current.push(sign);
    used += sign.columns;
  }
  return lines;
}

function line(signs: readonly Sign[], style: Partial<Omit<PrintedLine, "signs">>): LayoutItem {
  return { kind: "line", line: { signs, align: "left", bold: false, magnify: 1, ...style } };
}
