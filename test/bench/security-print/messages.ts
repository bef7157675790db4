import type { InspectionKeys } from "../../../src/security-print/scramble/keys.ts";

/** What a process is to measure alone. */
export type SpeedTask =
  | { readonly task: "payload"; readonly pdf: Uint8Array }
  | { readonly task: "copy"; readonly pdf: Uint8Array }
  | { readonly task: "sheet"; readonly pdf: Uint8Array; readonly payload: Uint8Array }
  | { readonly task: "verification"; readonly jpeg: Uint8Array; readonly keys: InspectionKeys };

export interface SpeedOrder {
  readonly work: SpeedTask;
  readonly runs: number;
}

/** One thing to do again and again, and the least that it could cost. */
export interface Prepared {
  work(): Promise<unknown>;
  floor(): Promise<unknown>;
}

/** Memory is that of the first time: each of these processes lives for one certificate. */
export interface SpeedReply {
  readonly samplesMs: readonly number[];
  readonly floorMs: readonly number[];
  /** Most resident memory of the process until the first one was done. */
  readonly peakMb: number;
  /** What of it came after everything was loaded and prepared. */
  readonly extraMb: number;
}
