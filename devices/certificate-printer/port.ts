import type { Failure } from "../../src/kernel/errors/failure.ts";
import type { Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "../contract/device.ts";

/** One document to print: PWG raster (PWG 5102.4) pages, front and back alternating. */
export interface PrintJob {
  /** `job-name` and the key by which a job is found again: the document id. Never personal. */
  readonly documentId: string;
  readonly pwgRaster: Uint8Array;
  /** Sides to be printed: 2 for each sheet. */
  readonly impressions: number;
  /** Printed over the raster by a printer that takes them (`takesOverlays`); left out by any other. */
  readonly overlays?: readonly PrintOverlay[];
}

/**
 * A picture of four inks over one side of every sheet. The printer gets its samples as they are: no profile, no separation
 * anew. It is no part of the raster, and not personal.
 */
export interface PrintOverlay {
  readonly side: "front" | "back";
  /** Its top left corner, from that of the sheet; the whole picture lies on the sheet. */
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** C, M, Y, K of each pixel, row by row: 0 no ink … 255 full ink. */
  readonly cmyk: Uint8Array;
}

export interface SubmittedJob {
  readonly jobId: number;
  readonly documentId: string;
  readonly impressions: number;
  /** `printer-impressions-completed` before the job, when the printer counts. */
  readonly impressionsBefore: number | undefined;
}

/** What came of a job: `done` and `notDone` only on impressions, otherwise `unknown`. */
export interface PrintSettlement {
  readonly state: "done" | "notDone" | "unknown";
  readonly impressionsCompleted: number;
  /** The job's state as the printer names it (job-state keyword); informative, money never depends on it. */
  readonly jobState: string;
  readonly impressionsAfter: number | undefined;
}

/** Told when impressions are counted, and when something comes to stand in a job's way (a jam, no paper) or is gone again. */
export type OnPrintProgress = (impressions: number, obstacle: Failure | undefined) => void;

/** Something that is used up, or fills. */
export interface PrinterSupply {
  readonly kind: "toner" | "paper" | "other";
  /** As the printer calls it; empty when it does not. */
  readonly name: string;
  /** 0 … 100; undefined when the printer does not know. */
  readonly percent: number | undefined;
  /** It should be renewed soon; the printer still prints. */
  readonly low: boolean;
}

/** An A4 printer that speaks IPP. */
export interface CertificatePrinter extends Device {
  /** Asks the printer for its state now (Get-Printer-Attributes): a fault is found before money is taken. */
  check(options?: CommandOptions): Promise<Result<void>>;
  /** Print-Job. `K-PRINT-…` when the printer refuses (busy, format); on success the printer has taken the job. */
  submit(job: PrintJob, options?: CommandOptions): Promise<Result<SubmittedJob>>;
  /** Follows a job to its end and settles it on impressions. */
  settle(job: SubmittedJob, onProgress: OnPrintProgress, options?: CommandOptions): Promise<Result<PrintSettlement>>;
  /** A job that may have been taken before a crash, found by its document id. */
  findJob(documentId: string, options?: CommandOptions): Promise<Result<SubmittedJob | undefined>>;
  cancel(jobId: number, options?: CommandOptions): Promise<Result<void>>;
  /**
   * Cancels every job of this machine that has not ended and that no command follows now; jobs of other people are left
   * alone. A job that ended by itself meanwhile is no error.
   */
  clearQueue(options?: CommandOptions): Promise<Result<void>>;
  /** What the printer last said of its toner and paper; nothing until it was asked. */
  supplies(): readonly PrinterSupply[];
  /** Which printer last answered (`printer-uuid`); undefined until one did, and when it does not say. */
  uuid(): string | undefined;
  /** It has colours and takes the form in which overlays are sent, as it last said; false until it did, and unless it is asked. */
  takesOverlays(): boolean;
  /** Lets a stopped printer go on, also one that was paused at its panel. `K-PRINT-111` when it cannot be told to. */
  resume(options?: CommandOptions): Promise<Result<void>>;
}
