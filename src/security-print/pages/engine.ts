import { fail, ok, type Result } from "../../kernel/result.ts";
import type { PdfDocument } from "./document.ts";
import { type Instance, startInstance } from "./instance.ts";
import { limits } from "./limits.ts";
import { openDocument } from "./open.ts";

/** Opens PDFs. Make one for a process and keep it: its start costs more than a page. */
export interface PdfEngine {
  /**
   * Opens a PDF from anywhere, however hostile. `K-BIND-138` when it is not a PDF, encrypted, too large, has scripts,
   * forms or attachments, or breaks the engine.
   */
  openPdf(bytes: Uint8Array): Promise<Result<PdfDocument>>;
  /** Starts the engine ahead of the first document. */
  warm(): Promise<void>;
  /** Bytes of memory that the engine holds now; 0 before its start. It grows with hard pages and never shrinks. */
  memoryBytes(): number;
}

/** A PDF engine that starts on first use and starts anew after a document broke it. */
export function createPdfEngine(): PdfEngine {
  let current: Promise<Instance> | undefined;
  let started: Instance | undefined;
  const instance = async (): Promise<Instance> => {
    if (started?.broken) current = undefined;
    current ??= startInstance();
    started = await current;
    return started;
  };
  return {
    async openPdf(bytes) {
      if (bytes.length > limits.bytes) return fail("K-BIND-138", { why: "the file is too large", bytes: bytes.length });
      const engine = await instance();
      return engine.guard(() => openDocument(engine, bytes));
    },
    async warm() {
      await instance();
    },
    memoryBytes: () => started?.memory.sizeBytes() ?? 0,
  };
}

/** Opens one PDF, works on it and closes it whatever happens. */
export async function withPdf<T>(
  engine: PdfEngine,
  bytes: Uint8Array,
  work: (pdf: PdfDocument) => Result<T>,
): Promise<Result<T>> {
  const pdf = await engine.openPdf(bytes);
  if (!pdf.ok) return pdf;
  try {
    return work(pdf.value);
  } finally {
    pdf.value.close();
  }
}

/** `work` on every page in turn; the first failure ends it. */
export function everyPage<T>(pdf: PdfDocument, work: (page: number) => Result<T>): Result<T[]> {
  const results: T[] = [];
  for (let page = 0; page < pdf.pageCount; page++) {
    const result = work(page);
    if (!result.ok) return result;
    results.push(result.value);
  }
  return ok(results);
}
