import { type Clock, sleep } from "../../src/kernel/clock.ts";
import type { Failure } from "../../src/kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import type { IppClient } from "./client.ts";
import type { PrinterCondition } from "./condition.ts";
import type { PrinterDelays } from "./delays.ts";
import { endedJobStates } from "./ipp/registry.ts";
import { type JobView, jobAttributes } from "./jobs.ts";
import type { OnPrintProgress, PrintSettlement, SubmittedJob } from "./port.ts";
import { settleOn } from "./settlement.ts";

/** What following a job stands on. */
export interface FollowingContext {
  readonly client: IppClient;
  readonly clock: Clock;
  readonly delays: PrinterDelays;
  /** Get-Printer-Attributes, judged; also keeps the device's status fresh. */
  condition(signal: AbortSignal): Promise<Result<PrinterCondition>>;
}

/**
 * Asks for a job until it has ended, then settles it. Errors: `K-CMD-101` when it has not ended in time, with what stood
 * in the way as its cause (no paper, a jam, no connection) — unless all impressions are already counted; `K-CMD-102`.
 * A job that the printer has forgotten, or whose number now belongs to another job, is settled by the printer's counter.
 */
export async function followJob(
  context: FollowingContext,
  job: SubmittedJob,
  onProgress: OnPrintProgress,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Result<PrintSettlement>> {
  const { client, clock, delays } = context;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  let last: JobView | undefined;
  let obstacle: Failure | undefined;
  const progress = progressOf(clock, onProgress);
  while (!signal.aborted) {
    const view = await jobAttributes(client, job.jobId, { signal, timeoutMs: delays.requestTimeoutMs });
    if (view.ok && (view.value.jobName ?? job.documentId) === job.documentId) {
      last = view.value;
      obstacle = undefined;
      if (endedJobStates.has(last.jobState)) {
        progress.tell(last.impressionsCompleted, undefined);
        return ok(await settled(context, job, last, signal));
      }
      // Not every printer stops its job for what a hand must mend: some only say so of themselves.
      const counted = Math.max(progress.impressions(), last.impressionsCompleted ?? 0);
      const stands = counted < job.impressions && progress.standsMs() >= delays.standsMs;
      if (stands || last.jobState === "processing-stopped") obstacle = await faultOf(context, signal);
    } else if (view.ok || view.error.code === "K-PRINT-108") {
      return ok(await settled(context, job, undefined, signal));
    } else {
      obstacle = view.error;
    }
    progress.tell(last?.impressionsCompleted, obstacle);
    if (clock.monotonicMs() + delays.jobPollMs > deadlineMs) {
      const counted = last?.impressionsCompleted ?? 0;
      if (last && counted >= job.impressions) return ok(await settled(context, job, last, signal));
      obstacle ??= await faultOf(context, signal);
      return fail("K-CMD-101", { what: "settle", timeoutMs, impressions: counted }, obstacle);
    }
    await sleep(clock, delays.jobPollMs, signal);
  }
  return fail("K-CMD-102", { what: "settle" });
}

/** Tells only what is new of a job's impressions and of what stands in its way, and knows for how long none was counted. */
function progressOf(clock: Clock, onProgress: OnPrintProgress) {
  let impressions = 0;
  let code: string | undefined;
  let sinceMs = clock.monotonicMs();
  return {
    impressions: () => impressions,
    standsMs: () => clock.monotonicMs() - sinceMs,
    tell(counted: number | undefined, obstacle: Failure | undefined) {
      const more = (counted ?? 0) > impressions;
      if (more) [impressions, sinceMs] = [counted ?? 0, clock.monotonicMs()];
      const other = obstacle?.code !== code;
      code = obstacle?.code;
      if (more || other) onProgress(impressions, obstacle);
    },
  };
}

/**
 * The last question: the printer's counter after the job. When it cannot be asked, the job's own count must do; when it
 * stays behind a job that has counted all its sides, it is asked again for a while, because printers do count late.
 */
async function settled(
  context: FollowingContext,
  job: SubmittedJob,
  view: JobView | undefined,
  signal: AbortSignal,
): Promise<PrintSettlement> {
  const { clock, delays } = context;
  const deadlineMs = clock.monotonicMs() + delays.counterLagMs;
  for (;;) {
    const condition = await context.condition(signal);
    const settlement = settleOn({
      impressions: job.impressions,
      jobState: view?.jobState ?? "forgotten",
      jobImpressions: view?.impressionsCompleted,
      counterBefore: job.impressionsBefore,
      counterAfter: condition.ok ? condition.value.impressionsCompleted : undefined,
    });
    const behind = settlement.state === "unknown" && view?.impressionsCompleted === job.impressions;
    if (!behind || signal.aborted || clock.monotonicMs() >= deadlineMs) return settlement;
    await sleep(clock, delays.jobPollMs, signal);
  }
}

async function faultOf(context: FollowingContext, signal: AbortSignal): Promise<Failure | undefined> {
  const condition = await context.condition(signal);
  return condition.ok ? condition.value.fault : condition.error;
}
