import type { PrintSettlement } from "./port.ts";

/** What is known of a job that has ended or that the printer has forgotten. */
export interface PrintEvidence {
  /** Sides that were to be printed. */
  readonly impressions: number;
  /** `job-state` keyword, or what stands for it when the printer does not know the job. */
  readonly jobState: string;
  /** `job-impressions-completed`, when the printer counts. */
  readonly jobImpressions: number | undefined;
  /** `printer-impressions-completed` before the job and now, when the printer has such a counter. */
  readonly counterBefore: number | undefined;
  readonly counterAfter: number | undefined;
}

/**
 * Settles a job on impressions: a cancelled job with all its sides is done. `done` and `notDone` need a count that says so
 * and nothing that contradicts it; everything else is `unknown` and shown to staff. The printer's counter may move further
 * than the job (a jam is printed again), never less far; a job never has more sides than were sent.
 */
export function settleOn(evidence: PrintEvidence): PrintSettlement {
  const { impressions, jobImpressions, jobState, counterBefore, counterAfter } = evidence;
  const counted = counterBefore === undefined || counterAfter === undefined ? undefined : counterAfter - counterBefore;
  const settled = (state: PrintSettlement["state"]): PrintSettlement => ({
    state,
    impressionsCompleted: jobImpressions ?? Math.max(0, Math.min(counted ?? 0, impressions)),
    jobState,
    impressionsAfter: counterAfter,
  });
  if (jobImpressions === undefined) return settled(byCounter(counted, impressions));
  if (jobImpressions > impressions) return settled("unknown");
  if (jobImpressions === impressions) {
    return settled(counted !== undefined && counted < impressions ? "unknown" : "done");
  }
  // A printer that calls a job completed and counts too few sides does not count at all, or lies: nobody can tell.
  if (jobState === "completed") return settled("unknown");
  return settled(counted === undefined || (counted >= 0 && counted < impressions) ? "notDone" : "unknown");
}

/** The counter of the whole printer: it may have served somebody else, or have been reset. */
function byCounter(counted: number | undefined, impressions: number): PrintSettlement["state"] {
  if (counted === undefined || counted < 0 || counted > impressions) return "unknown";
  return counted === impressions ? "done" : "notDone";
}
