import type { JobStateName } from "../ipp/registry.ts";
import type { PrintOverlay } from "../port.ts";
import type { PwgPage } from "../pwg/decode.ts";

/** A picture of four inks that a document laid over a side. */
export type PrintedOverlay = Omit<PrintOverlay, "side">;

/** One side as the engine gets it. */
export interface EnginePage extends PwgPage {
  readonly overlays?: readonly PrintedOverlay[];
}

/** A job as the simulated printer keeps it. */
export interface SimulatedJob {
  readonly id: number;
  readonly name: string;
  readonly user: string;
  /** `job-impressions` as the client said, or the pages of the document. */
  impressions: number;
  state: JobStateName;
  reason: string;
  impressionsCompleted: number;
  sheetsCompleted: number;
  /** A Cancel-Job or a hand at the panel: takes effect between two sheets, or at once when the engine stands still. */
  cancelling: boolean;
  pages: readonly EnginePage[];
  readonly kOctets: number;
  /** Seconds since the printer was switched on, as `time-at-…` of RFC 8011. */
  readonly createdAtSeconds: number;
  processingAtSeconds: number | undefined;
  completedAtSeconds: number | undefined;
}

export function hasEnded(job: SimulatedJob): boolean {
  return job.state === "canceled" || job.state === "aborted" || job.state === "completed";
}
