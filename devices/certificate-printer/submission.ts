import { type Clock, sleep } from "../../src/kernel/clock.ts";
import type { Failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import type { IppClient } from "./client.ts";
import type { PrinterCondition } from "./condition.ts";
import type { PrinterDelays } from "./delays.ts";
import { type JobView, jobByName, printJob } from "./jobs.ts";
import { pdfOfRaster } from "./pdf/encode.ts";
import type { PrintJob, SubmittedJob } from "./port.ts";

/** What a submission stands on. */
export interface SubmissionContext {
  readonly printer: string;
  readonly client: IppClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly delays: PrinterDelays;
  /** Get-Printer-Attributes, judged. */
  condition(signal: AbortSignal): Promise<Result<PrinterCondition>>;
}

/** Answers that must be there before a lost job counts as not taken. */
const MISSES_TO_BELIEVE = 2;

/**
 * Hands one job to the printer. Nothing is sent to a printer that could not print at once: a queued job would come out
 * after a refill, when its citizen is gone. A busy printer is asked again until the deadline. After a lost reply the job
 * is looked for by its name and never sent a second time.
 *
 * INVARIANT: at most one Print-Job of this call ever leaves after which no refusal was read.
 */
export async function submitJob(
  context: SubmissionContext,
  job: PrintJob,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Result<SubmittedJob>> {
  const pdfs = new Map<PrintForm["overlays"], Uint8Array>();
  /** The raster as it is, or wrapped once. */
  const documentIn = async ({ documentFormat, overlays }: PrintForm): Promise<Result<Uint8Array>> => {
    if (documentFormat === "image/pwg-raster") return ok(job.pwgRaster);
    const known = pdfs.get(overlays);
    if (known) return ok(known);
    const wrapped = await pdfOfRaster(job.pwgRaster, overlays);
    if (wrapped.ok) pdfs.set(overlays, wrapped.value);
    return wrapped;
  };
  try {
    return await handOver(context, job, documentIn, signal, timeoutMs);
  } finally {
    // A copy of personal data ends with its use.
    for (const pdf of pdfs.values()) pdf.fill(0);
  }
}

/** How a job is sent to the printer as it is now. */
type PrintForm = Pick<PrinterCondition, "documentFormat" | "takesPrintScaling" | "mediaSource"> & {
  readonly overlays?: PrintJob["overlays"];
  readonly inColor?: boolean;
};

function formOf({ overlays = [] }: PrintJob, condition: PrinterCondition): PrintForm {
  if (overlays.length === 0 || !condition.takesOverlays) return condition;
  return { ...condition, documentFormat: "application/pdf", overlays, inColor: condition.takesColorMode };
}

async function handOver(
  context: SubmissionContext,
  job: PrintJob,
  documentIn: (form: PrintForm) => Promise<Result<Uint8Array>>,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Result<SubmittedJob>> {
  const deadlineMs = context.clock.monotonicMs() + timeoutMs;
  let busy: Result<never> | undefined;
  for (let pauseMs = context.delays.retryFirstMs; ; pauseMs = Math.min(2 * pauseMs, context.delays.retryMaxMs)) {
    const condition = await context.condition(signal);
    if (!condition.ok) return condition;
    if (condition.value.fault) return { ok: false, error: condition.value.fault };
    const before = condition.value.impressionsCompleted;
    const form = formOf(job, condition.value);
    const document = await documentIn(form);
    if (!document.ok) return document;
    const leftMs = deadlineMs - context.clock.monotonicMs();
    if (signal.aborted) return fail("K-CMD-102", { what: "submit" });
    if (leftMs <= 0) return busy ?? fail("K-CMD-101", { what: "submit", timeoutMs });
    const taken = await printJob(context.client, job, document.value, form, { signal, timeoutMs: leftMs });
    if (taken.ok) {
      const leftOut = (job.overlays?.length ?? 0) > 0 && !form.overlays;
      if (leftOut) context.logger.event("printer.overlaysLeftOut", { printer: context.printer });
      return ok(submitted(job, taken.value, before));
    }
    if (mayHaveBeenTaken(taken.error)) return await lookAfterLoss(context, job, before, taken.error);
    if (taken.error.code !== "K-PRINT-103") return taken;
    context.logger.event("printer.busy", { printer: context.printer, pauseMs });
    busy = taken;
    // A Print-Job that begins when its time is nearly over would end as one whose reply was lost.
    if (context.clock.monotonicMs() + pauseMs + context.delays.retryFirstMs >= deadlineMs) return taken;
    const rest = await sleep(context.clock, pauseMs, signal);
    if (!rest.ok) return rest;
  }
}

/** After these nobody knows what the printer did; a refusal that was read, or a connection that never was, is certain. */
function mayHaveBeenTaken(error: Failure): boolean {
  return ["K-LINK-102", "K-CMD-101", "K-CMD-102", "K-PRINT-102"].includes(error.code);
}

/**
 * Looks for the job by its name. It goes on after the caller's time-out or cancel, for a bounded time, because only the
 * printer knows whether paper will come. `K-PRINT-110` it was not taken, `K-PRINT-109` it cannot be found out.
 */
async function lookAfterLoss(
  context: SubmissionContext,
  job: PrintJob,
  before: number | undefined,
  cause: Failure,
): Promise<Result<SubmittedJob>> {
  const { client, clock, delays, logger, printer } = context;
  logger.event("printer.replyLost", { printer, documentId: job.documentId, code: cause.code });
  const deadlineMs = clock.monotonicMs() + delays.findTimeoutMs;
  let misses = 0;
  let last = cause;
  for (let pauseMs = delays.retryFirstMs; ; pauseMs = Math.min(2 * pauseMs, delays.retryMaxMs)) {
    await sleep(clock, pauseMs);
    const options = { timeoutMs: delays.requestTimeoutMs, signal: new AbortController().signal };
    const found: Result<JobView | undefined> = await jobByName(client, job.documentId, options);
    if (found.ok && found.value) return ok(submitted(job, found.value.jobId, before));
    if (found.ok) misses += 1;
    else last = found.error;
    if (misses >= MISSES_TO_BELIEVE) return fail("K-PRINT-110", { documentId: job.documentId }, cause);
    if (clock.monotonicMs() >= deadlineMs) return fail("K-PRINT-109", { documentId: job.documentId }, last);
  }
}

function submitted(job: PrintJob, jobId: number, impressionsBefore: number | undefined): SubmittedJob {
  return { jobId, documentId: job.documentId, impressions: job.impressions, impressionsBefore };
}
