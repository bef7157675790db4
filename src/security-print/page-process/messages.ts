import type { Result } from "../../kernel/result.ts";
import type { PageReading } from "../pages/reading.ts";
import type { CodedFront } from "../scramble/strips.ts";

/** What the process does with a document, and what each answers: one entry for each page. */
export interface PageWork {
  readonly frontHashes: readonly string[];
  readonly read: readonly PageReading[];
  readonly draw: readonly DrawnPage[];
}

/** All that a centre needs of a page: its front with the strips coded, the front's hash, and what the page says. */
export interface DrawnPage {
  readonly front: CodedFront;
  readonly frontHash: string;
  readonly reading: PageReading;
}

/** Parent to child, one at a time, over the channel of `fork` (serialization "advanced"). */
export type PageRequest = { readonly id: number; readonly pdf: Uint8Array; readonly work: keyof PageWork };

/** Child to parent. */
export interface PageReply {
  readonly id: number;
  readonly result: Result<PageWork[keyof PageWork]>;
  /** Memory that the engine holds; the parent replaces a child that grew. */
  readonly engineBytes: number;
}
