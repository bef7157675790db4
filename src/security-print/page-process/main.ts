import { createPdfEngine, everyPage, withPdf } from "../pages/engine.ts";
import type { PageReply, PageRequest, PageWork } from "./messages.ts";

/** The child of `createPageProcess`: one PDF engine, one document at a time, nothing on disk, no network. */
const engine = createPdfEngine();

process.on("disconnect", () => process.exit(0));
process.on("message", (request: PageRequest) => {
  void (async () => {
    const result = await withPdf<PageWork[keyof PageWork]>(engine, request.pdf, (pdf) =>
      request.work === "read"
        ? everyPage(pdf, (page) => pdf.readPage(page))
        : everyPage(pdf, (page) => pdf.frontHash(page)),
    );
    const reply: PageReply = { id: request.id, result, engineBytes: engine.memoryBytes() };
    process.send?.(reply);
  })();
});
await engine.warm();
