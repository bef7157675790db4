import { MAX_PAGES } from "../../protocol/statements.ts";

/** What a PDF may be at most. A certificate is far below; what is above is refused before it is worked on. */
export const limits = {
  /** As `preparedDocument` of the protocol. */
  bytes: 8_000_000,
  pages: MAX_PAGES,
  /** Side of a page in points. A4 is 595 × 842. */
  sidePt: 1200,
  charsPerPage: 20_000,
  objectsPerPage: 5_000,
  pointsPerPath: 64,
  /** 34.8 Mpixel of A4 at 600 dpi, with a little room. */
  pixels: 36_000_000,
  /** The engine's memory. A page of a certificate at 600 dpi takes about 60 MB; a decompression bomb meets this end. */
  engineBytes: 256_000_000,
} as const;
