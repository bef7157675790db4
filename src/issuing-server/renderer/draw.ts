import PDFDocument from "pdfkit";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Box, Cell, FormPages } from "../../protocol/forms/cells.ts";
import type { DrawingFont } from "./font/drawing-font.ts";

/** What goes into a form's cells. */
export interface FormContent {
  readonly documentId: string;
  readonly createdAt: Date;
  /** Text of a field cell on a page (counted from 0). */
  text(cell: Extract<Cell, { cell: "field" }>, page: number): string;
  /** PNG of a picture cell. */
  picture(cell: Extract<Cell, { cell: "picture" }>): Buffer;
}

const POINTS_PER_MM = 72 / 25.4;
const RULE_PT = 0.6;
/** Below this a certificate is not legible; a longer text is refused. */
const MIN_SIZE_PT = 5;
/** Middle of an ideograph above the baseline, in ems. */
const MIDDLE_EM = 0.38;
const CREATOR = "Madoguchi";

/**
 * Draws a form as a PDF. Rules first, then the form's own words, then pictures and values. Text shrinks to its cell and is
 * never cut: `K-CERT-102` when it would become illegible. The file says nothing about anybody outside its pages, and the
 * same content gives the same bytes.
 */
export async function drawForm(form: FormPages, content: FormContent, font: DrawingFont): Promise<Result<Uint8Array>> {
  const document = new PDFDocument({
    size: "A4",
    margin: 0,
    autoFirstPage: false,
    // pdfkit's types know only its own standard fonts as the first font; none is loaded here.
    font: null as unknown as string,
    pdfVersion: "1.7",
    info: { Title: content.documentId, Creator: CREATOR, Producer: CREATOR, CreationDate: content.createdAt },
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const written = new Promise<void>((resolve, reject) => {
    document.on("end", resolve);
    document.on("error", reject);
  });
  document.registerFont("form", font.embeddable as PDFKit.Mixins.PDFFontSource);
  let tooLong: Result<void> = ok();
  form.forEach((cells, page) => {
    document.addPage();
    document.font("form").fillColor("black").strokeColor("black").lineWidth(RULE_PT);
    for (const cell of cells.filter((c) => c.cell === "rule")) document.rect(...points(cell.box)).stroke();
    for (const cell of cells.filter((c) => c.cell === "fixed")) {
      tooLong = both(tooLong, drawText(document, font, cell, cell.text));
    }
    for (const cell of cells.filter((c) => c.cell === "picture")) {
      const [x, y, width, height] = points(cell.box);
      document.image(content.picture(cell), x, y, { width, height });
    }
    for (const cell of cells.filter((c) => c.cell === "field")) {
      tooLong = both(tooLong, drawText(document, font, cell, content.text(cell, page)));
    }
  });
  document.end();
  await written;
  return tooLong.ok ? ok(Buffer.concat(chunks)) : tooLong;
}

function both(first: Result<void>, second: Result<void>): Result<void> {
  return first.ok ? second : first;
}

function points(box: Box): [number, number, number, number] {
  return [box.x * POINTS_PER_MM, box.y * POINTS_PER_MM, box.width * POINTS_PER_MM, box.height * POINTS_PER_MM];
}

function drawText(
  document: PDFKit.PDFDocument,
  font: DrawingFont,
  cell: Extract<Cell, { cell: "fixed" | "field" }>,
  text: string,
): Result<void> {
  const shown = text.trim();
  if (shown === "") return ok();
  const [x, y, width, height] = points(cell.box);
  const widthEm = font.widthEm(shown);
  const sizePt = Math.min(cell.sizePt, width / widthEm);
  if (sizePt < MIN_SIZE_PT) {
    return fail("K-CERT-102", { place: cell.cell === "field" ? cell.field : "the form's own words" });
  }
  const free = width - widthEm * sizePt;
  const left = x + (cell.align === "center" ? free / 2 : cell.align === "right" ? free : 0);
  document
    .fontSize(sizePt)
    .text(shown, left, y + height / 2 + MIDDLE_EM * sizePt, { lineBreak: false, baseline: "alphabetic" });
  return ok();
}
