import { ok, type Result } from "../../src/kernel/result.ts";
import type { JobClaims } from "./claims.ts";
import type { IppClient } from "./client.ts";
import type { PrinterDelays } from "./delays.ts";
import { cancelOpenJob, type JobView, ownOpenJobs } from "./jobs.ts";

/** What came of a look through the printer's queue. */
export interface ClearedQueue {
  /** Jobs of ours that nobody cared for, and that will not go on. */
  readonly cancelled: readonly JobView[];
  /** Jobs of ours that a command cares for. */
  readonly spared: number;
}

/**
 * Cancels every job of this machine in the printer that no command cares for. Others' jobs are never touched. The first
 * job that cannot be cancelled ends it with the printer's error; a claim that is made meanwhile is respected.
 */
export async function cancelStaleJobs(
  context: { readonly client: IppClient; readonly claims: JobClaims; readonly delays: PrinterDelays },
  signal: AbortSignal,
): Promise<Result<ClearedQueue>> {
  const { client, claims, delays } = context;
  const options = { signal, timeoutMs: delays.requestTimeoutMs };
  const open = await ownOpenJobs(client, options);
  if (!open.ok) return open;
  const cancelled: JobView[] = [];
  for (const job of open.value) {
    if (claims.claimed(job.jobName)) continue;
    const gone = await cancelOpenJob(client, job.jobId, options);
    if (!gone.ok) return gone;
    cancelled.push(job);
  }
  return ok({ cancelled, spared: open.value.length - cancelled.length });
}
