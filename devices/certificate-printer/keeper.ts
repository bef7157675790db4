import type { Logger } from "../../src/kernel/logger.ts";
import { ok, type Result } from "../../src/kernel/result.ts";
import type { JobClaims } from "./claims.ts";
import type { IppClient } from "./client.ts";
import type { PrinterCondition } from "./condition.ts";
import type { PrinterDelays } from "./delays.ts";
import type { JobView } from "./jobs.ts";
import { cancelStaleJobs } from "./queue.ts";

/** Sees to it that nothing of ours comes out of the printer that nobody waits for, and that it does not rest for ever. */
export interface QueueKeeper {
  /** Hears every answer to Get-Printer-Attributes, and that there was none. */
  notice(condition: Result<PrinterCondition>): void;
  /** A job of ours may be in the printer. */
  suspect(): void;
  /** Cancels stale jobs when there may be some; then lets a printer go on that rests without a reason. */
  tend(condition: PrinterCondition, signal: AbortSignal): Promise<Result<void>>;
  /** A job that was cancelled here: the printer need not remember it. */
  cancelledJob(documentId: string): JobView | undefined;
}

/** More than a printer's memory holds. */
const REMEMBERED_JOBS = 100;

/**
 * A keeper. It looks through the queue at the start, when the printer is back from silence or a fault, and as long as a
 * job may be left that was handed over here: before the refill, because a printer prints as soon as its tray is pushed in.
 *
 * INVARIANT: Resume-Printer is only sent when the queue was looked through and has no stale job.
 */
export function createQueueKeeper(context: {
  readonly printer: string;
  readonly client: IppClient;
  readonly claims: JobClaims;
  readonly delays: PrinterDelays;
  readonly logger: Logger;
}): QueueKeeper {
  const { printer, client, delays, logger } = context;
  const cancelled: JobView[] = [];
  let away = true;
  let faulty = false;
  let due = false;
  let resumeRefused = false;

  const lookThrough = async (signal: AbortSignal): Promise<Result<void>> => {
    due = false;
    const cleared = await cancelStaleJobs(context, signal);
    // What somebody still cares for may be left alone one day.
    due ||= !cleared.ok || cleared.value.spared > 0;
    if (!cleared.ok) return cleared;
    cancelled.push(...cleared.value.cancelled);
    cancelled.splice(0, Math.max(0, cancelled.length - REMEMBERED_JOBS));
    for (const { jobId, jobName } of cleared.value.cancelled) {
      logger.event("printer.staleJob", { printer, jobId, documentId: jobName ?? "" });
    }
    return ok();
  };

  const letGoOn = async (condition: PrinterCondition, signal: AbortSignal): Promise<void> => {
    if (condition.state !== "stopped") resumeRefused = false;
    if (!condition.restsWithoutReason || !condition.takesResume || resumeRefused) return;
    const answer = await client.call("Resume-Printer", {}, { signal, timeoutMs: delays.requestTimeoutMs });
    // Who may not do it now may not do it in five seconds either; a lost answer is another matter.
    resumeRefused = !answer.ok && answer.error.code === "K-PRINT-106";
    logger.event("printer.resumed", { printer, code: answer.ok ? "" : answer.error.code });
  };

  return {
    notice(condition) {
      if (!condition.ok) {
        away = true;
        return;
      }
      const { fault } = condition.value;
      if (away || (faulty && !fault)) due = true;
      away = false;
      faulty = fault !== undefined;
    },
    suspect() {
      due = true;
    },
    async tend(condition, signal) {
      if (due) {
        const looked = await lookThrough(signal);
        if (!looked.ok) return looked;
      }
      await letGoOn(condition, signal);
      return ok();
    },
    cancelledJob: (documentId) => cancelled.findLast(({ jobName }) => jobName === documentId),
  };
}
