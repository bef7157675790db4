import { keepCompiledCode } from "../../kernel/compile-cache.ts";
import { ok, type Result } from "../../kernel/result.ts";
import type { PdfDocument } from "../pages/document.ts";
import { createPdfEngine, everyPage, withPdf } from "../pages/engine.ts";
import { hashPackedFront } from "../pages/front.ts";
import { codeFront } from "../scramble/strips.ts";
import type { DrawnPage, PageReply, PageRequest, PageWork } from "./messages.ts";

/** The child of `createPageProcess`: one PDF engine, one document at a time, nothing on disk, no network. */
const engine = createPdfEngine();

const works: { readonly [W in keyof PageWork]: (pdf: PdfDocument) => Result<PageWork[W]> } = {
  frontHashes: (pdf) => everyPage(pdf, (page) => pdf.frontHash(page)),
  read: (pdf) => everyPage(pdf, (page) => pdf.readPage(page)),
  draw: (pdf) => everyPage(pdf, (page) => draw(pdf, page)),
};

function draw(pdf: PdfDocument, page: number): Result<DrawnPage> {
  const reading = pdf.readPage(page);
  if (!reading.ok) return reading;
  const front = pdf.front(page);
  if (!front.ok) return front;
  const drawn = { front: codeFront(front.value), frontHash: hashPackedFront(front.value), reading: reading.value };
  front.value.bits.fill(0);
  return ok(drawn);
}

process.on("disconnect", () => process.exit(0));
process.on("message", (request: PageRequest) => {
  void (async () => {
    const work = works[request.work];
    const result = await withPdf<PageWork[keyof PageWork]>(engine, request.pdf, work);
    const reply: PageReply = { id: request.id, result, engineBytes: engine.memoryBytes() };
    process.send?.(reply);
  })();
});
await engine.warm();
keepCompiledCode();
