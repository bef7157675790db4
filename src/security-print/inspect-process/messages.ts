import type { Result } from "../../kernel/result.ts";
import type { Inspection } from "../inspect/inspection.ts";
import type { InspectionKeys } from "../scramble/keys.ts";

/** Parent to child, once, over the channel of `fork` (serialization "advanced"). */
export interface InspectRequest {
  readonly file: Uint8Array;
  readonly keys: InspectionKeys;
  /** Whether decoded fronts are wanted as PNG. */
  readonly fronts: boolean;
}

/** What one page of a scan is: the inspection, with the front as PNG instead of bits. */
export interface InspectedPage extends Omit<Inspection, "front"> {
  /** 1 … count, of the scan. */
  readonly number: number;
  readonly count: number;
  readonly frontPng?: Uint8Array;
}

/** Child to parent: each page as it is done, then the end. */
export type InspectReply =
  | { readonly kind: "page"; readonly page: InspectedPage }
  | { readonly kind: "end"; readonly result: Result<void> };
