import type { Result } from "../../kernel/result.ts";
import type { DeterrentChoice } from "../../security-print/deterrent/steps.ts";
import type { PageReading } from "../../security-print/pages/reading.ts";

/** What the render child does; parent to child and back over the channel of `fork` (serialization "advanced"). */

export type RenderRequest =
  | { readonly id: number; readonly work: "read"; readonly pdf: Uint8Array }
  | ({ readonly id: number; readonly work: "compose" } & DocumentToCompose);

export interface DocumentToCompose {
  readonly documentId: string;
  readonly pdf: Uint8Array;
  /** The payload of each page's scrambled image. */
  readonly payloads: readonly Uint8Array[];
  /** The steps at which this printer gets its deterrent text. */
  readonly deterrent: DeterrentChoice;
  /** Leave the place of the forgery-detection image white: it will be printed over the backs. */
  readonly clearForDetection?: boolean;
}

export interface ReadAnswer {
  readonly pages: readonly PageReading[];
  readonly frontHashes: readonly string[];
}

export interface ComposeAnswer {
  /** PWG raster, front and back alternating. */
  readonly pwgRaster: Uint8Array;
  /** SHA-256 of each side's header and lines as they stand in the raster. */
  readonly rasterHashes: readonly string[];
}

/** What each kind of work answers. */
export interface RenderAnswers {
  readonly read: ReadAnswer;
  readonly compose: ComposeAnswer;
}

export type RenderReply =
  /** The child is warm. */
  { readonly ready: true } | { readonly id: number; readonly result: Result<RenderAnswers[keyof RenderAnswers]> };
