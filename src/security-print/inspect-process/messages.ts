import type { Result } from "../../kernel/result.ts";
import type { Comparison } from "../compare/compare.ts";
import type { Inspection } from "../inspect/inspection.ts";
import type { InspectionKeys } from "../scramble/keys.ts";

/** Parent to child, once, over the channel of `fork` (serialization "advanced"). */
export interface InspectRequest {
  readonly file: Uint8Array;
  readonly keys: InspectionKeys;
  /** Whether decoded fronts are wanted as PNG, and straightened scans of them as JPEG. */
  readonly fronts: boolean;
  /** Whether the values of the fields are wanted. */
  readonly fields: boolean;
  /** A scan of the fronts, with which decoded ones are compared. */
  readonly frontScan?: Uint8Array;
}

/** One back of a scan, or a page without any: the inspection, with the front as PNG instead of bits. */
export interface InspectedBack extends Omit<Inspection, "front"> {
  /** The page of the scan, 1 … count. */
  readonly number: number;
  readonly count: number;
  /** The last of as many backs as are read in one picture (`inspectionLimits.backs`): nobody looked for another. */
  readonly mayBeMore: boolean;
  readonly frontPng?: Uint8Array;
  /** When a scan of the fronts was given and this back's whole front was decoded. */
  readonly comparison?: InspectedComparison;
}

/** The comparison, with the straightened scan as JPEG where pictures are wanted. */
export interface InspectedComparison extends Omit<Comparison, "straight"> {
  readonly scanJpeg?: Uint8Array;
}

/** A data key to be unwrapped under a key that lies in a token. */
export interface UnwrapAsk {
  readonly keyId: string;
  readonly wrapped: Uint8Array;
  readonly aad: Uint8Array;
}

/** Parent to child, the answer to one `unwrap`. */
export type UnwrapAnswer = Result<Uint8Array | undefined>;

/**
 * Child to parent: each back as it is judged, then the end. Between them `unwrap`, one at a time: the child that opens
 * strangers' files has no way to the token but this one.
 */
export type InspectReply =
  | { readonly kind: "unwrap"; readonly asked: UnwrapAsk }
  | { readonly kind: "back"; readonly back: InspectedBack }
  | { readonly kind: "end"; readonly result: Result<void> };
