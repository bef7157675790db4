import type { Result } from "../../kernel/result.ts";
import type { Bilevel } from "../bilevel/generic-region.ts";
import type { PageReading } from "./reading.ts";

/** An open PDF. Page indexes count from 0. After `close()`, or when the engine broke, every method fails with `K-BIND-138`. */
export interface PdfDocument {
  readonly pageCount: number;
  /** Width and height of a page in millimetres. */
  pageSizeMm(page: number): Result<{ readonly widthMm: number; readonly heightMm: number }>;
  /** Everything that stands on a page. */
  readPage(page: number): Result<PageReading>;
  /**
   * The page as 8-bit grey (0 black, 255 white), row by row, `widthPx * heightPx` bytes; annotations are not drawn.
   * A4 at 600 dpi is 4960 × 7016.
   */
  renderGrey(page: number, widthPx: number, heightPx: number): Result<Uint8Array>;
  /**
   * The same without a copy: `use` sees the pixels in the engine's own memory, may change them, and must not keep them nor
   * call the document meanwhile. They are wiped afterwards.
   */
  useGrey<T>(page: number, widthPx: number, heightPx: number, use: (pixels: Uint8Array) => T): Result<T>;
  /** The page's front (see `front.ts`), one bit a pixel. `K-BIND-138` when the page is not A4 upright. */
  front(page: number): Result<Bilevel>;
  /** The hash of the page's front. Errors as `front`. */
  frontHash(page: number): Result<string>;
  /** Frees the document. Idempotent. */
  close(): void;
}
