import { fail, ok, type Result } from "../../src/kernel/result.ts";
import type { CommandOptions } from "../contract/device.ts";
import { type IppClient, REQUESTING_USER } from "./client.ts";
import type { DocumentFormat, PrinterCondition } from "./condition.ts";
import {
  attribute,
  boolean,
  countOf,
  groupsOf,
  type IppAttribute,
  type IppGroup,
  integer,
  keyword,
  mimeMediaType,
  nameText,
  numberOf,
  textsOf,
} from "./ipp/message.ts";
import { endedJobStates, jobStateNames } from "./ipp/registry.ts";
import type { PrintJob } from "./port.ts";
import { mediaFrom } from "./trays.ts";

/** The operations on jobs, each as one question and one answer. */

type CallOptions = Required<Pick<CommandOptions, "signal" | "timeoutMs">>;

/** A job as the printer describes it. */
export interface JobView {
  readonly jobId: number;
  readonly jobName: string | undefined;
  /** `job-originating-user-name` (RFC 8011, section 5.3.6). */
  readonly user: string | undefined;
  /** `job-state` keyword; `unknown` when the printer does not say or says something new. */
  readonly jobState: string;
  readonly impressions: number | undefined;
  readonly impressionsCompleted: number | undefined;
}

const JOB_ATTRIBUTES = [
  "job-id",
  "job-name",
  "job-originating-user-name",
  "job-state",
  "job-impressions",
  "job-impressions-completed",
];
/** A printer keeps some dozens of jobs; the newest come first, so the one looked for is among these. */
const LOOKED_AT_JOBS = 200;

/** What a job depends on in its printer. */
type JobNeeds = Pick<PrinterCondition, "takesPrintScaling" | "documentFormat" | "mediaSource"> & {
  /** Ask for colours by name. */
  readonly inColor?: boolean;
};

/** Attributes of the job: a certificate's sheet, whoever the printer is. */
function jobTemplate({ takesPrintScaling, mediaSource, inColor }: JobNeeds) {
  return [
    // Either of both (PWG 5100.3): a tray is only named where the printer might take another.
    mediaSource === undefined ? attribute("media", keyword("iso_a4_210x297mm")) : mediaFrom(mediaSource),
    attribute("sides", keyword("two-sided-long-edge")),
    ...(takesPrintScaling ? [attribute("print-scaling", keyword("none"))] : []),
    ...(inColor ? [attribute("print-color-mode", keyword("color"))] : []),
  ];
}

function jobOperation(documentId: string, format: DocumentFormat) {
  return [
    attribute("job-name", nameText(documentId)),
    // A sheet printed on one side or on other paper is worse than none.
    attribute("ipp-attribute-fidelity", boolean(true)),
    attribute("document-format", mimeMediaType(format)),
  ];
}

/** Print-Job, with the document in the form that the printer takes; the answer's job-id. The errors of `IppClient.call`. */
export async function printJob(
  client: IppClient,
  job: Pick<PrintJob, "documentId" | "impressions">,
  document: Uint8Array,
  condition: JobNeeds,
  options: CallOptions,
): Promise<Result<number>> {
  const operation = [
    ...jobOperation(job.documentId, condition.documentFormat),
    attribute("job-impressions", integer(job.impressions)),
    attribute("job-media-sheets", integer(Math.ceil(job.impressions / 2))),
  ];
  const request = { operation, job: jobTemplate(condition), document };
  const answer = await client.call("Print-Job", request, options);
  if (!answer.ok) return answer;
  const jobId = numberOf(groupsOf(answer.value, "job")[0], "job-id");
  return jobId === undefined ? fail("K-PRINT-102", { why: "no-job-id", operation: "Print-Job" }) : ok(jobId);
}

/** Validate-Job: would the printer take a certificate? */
export async function validateJob(client: IppClient, condition: JobNeeds, options: CallOptions): Promise<Result<void>> {
  const request = { operation: jobOperation("check", condition.documentFormat), job: jobTemplate(condition) };
  const answer = await client.call("Validate-Job", request, options);
  return answer.ok ? ok() : answer;
}

/** Get-Job-Attributes. `K-PRINT-108` when the printer does not know the job. */
export async function jobAttributes(client: IppClient, jobId: number, options: CallOptions): Promise<Result<JobView>> {
  const request = { jobId, operation: [attribute("requested-attributes", ...JOB_ATTRIBUTES.map(keyword))] };
  const answer = await client.call("Get-Job-Attributes", request, options);
  if (!answer.ok) return answer;
  return ok(jobView(groupsOf(answer.value, "job")[0], jobId));
}

/** Get-Jobs, waiting and ended ones: the newest job of that name, or undefined. */
export async function jobByName(
  client: IppClient,
  documentId: string,
  options: CallOptions,
): Promise<Result<JobView | undefined>> {
  const found: JobView[] = [];
  // Some printers do not know `all`; every printer knows these two. Waiting ones first: a job that ends between the two
  // questions is seen twice, never missed.
  for (const which of ["not-completed", "completed"] as const) {
    const listed = await listJobs(client, which, [], options);
    if (!listed.ok) return listed;
    found.push(...listed.value.filter((view) => view.jobName === documentId));
  }
  return ok(found.sort((a, b) => b.jobId - a.jobId)[0]);
}

/**
 * Get-Jobs: what this machine has in the printer that has not ended. `my-jobs` (RFC 8011, section 4.2.6.1) is asked for,
 * and each job's originator looked at all the same: what does not say that it is ours, is not.
 */
export async function ownOpenJobs(client: IppClient, options: CallOptions): Promise<Result<readonly JobView[]>> {
  const listed = await listJobs(client, "not-completed", [attribute("my-jobs", boolean(true))], options);
  if (!listed.ok) return listed;
  return ok(listed.value.filter((view) => view.user === REQUESTING_USER && !endedJobStates.has(view.jobState)));
}

/**
 * Cancel-Job. A job that has ended or is being cancelled already (`client-error-not-possible`, RFC 8011, section 4.3.3),
 * or that the printer does not know any more, needs no cancelling.
 */
export async function cancelOpenJob(client: IppClient, jobId: number, options: CallOptions): Promise<Result<void>> {
  const answer = await client.call("Cancel-Job", { jobId }, options);
  if (answer.ok || answer.error.code === "K-PRINT-108") return ok();
  return answer.error.detail?.status === "client-error-not-possible" ? ok() : answer;
}

async function listJobs(
  client: IppClient,
  which: "not-completed" | "completed",
  more: readonly IppAttribute[],
  options: CallOptions,
): Promise<Result<readonly JobView[]>> {
  const operation = [
    attribute("limit", integer(LOOKED_AT_JOBS)),
    attribute("requested-attributes", ...JOB_ATTRIBUTES.map(keyword)),
    attribute("which-jobs", keyword(which)),
    ...more,
  ];
  const answer = await client.call("Get-Jobs", { operation }, options);
  if (!answer.ok) return answer;
  return ok(
    groupsOf(answer.value, "job").flatMap((group) => {
      const jobId = numberOf(group, "job-id");
      return jobId === undefined ? [] : [jobView(group, jobId)];
    }),
  );
}

function jobView(group: IppGroup | undefined, jobId: number): JobView {
  return {
    jobId,
    jobName: textsOf(group, "job-name")[0],
    user: textsOf(group, "job-originating-user-name")[0],
    jobState: jobStateNames.get(numberOf(group, "job-state") ?? 0) ?? "unknown",
    impressions: numberOf(group, "job-impressions"),
    impressionsCompleted: countOf(group, "job-impressions-completed"),
  };
}
