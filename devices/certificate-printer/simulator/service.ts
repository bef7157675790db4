import type { Clock } from "../../../src/kernel/clock.ts";
import { decodeIpp } from "../ipp/decode.ts";
import { booleanOf, type IppGroup, numberOf, textsOf } from "../ipp/message.ts";
import type { OperationName } from "../ipp/registry.ts";
import { readPwg } from "../pwg/decode.ts";
import { documentFormats, jobAttributes, printerAttributes, requested } from "./attributes.ts";
import type { Engine } from "./engine.ts";
import { type Answer, answerTo, encodeAnswer, type Request } from "./envelope.ts";
import { hasEnded, type SimulatedJob } from "./jobs.ts";

/** What hands and accidents can do to the part of the printer that speaks. */
export interface ServiceSwitches {
  /** Answers every new job with server-error-busy, as while somebody else's job is printed. */
  busy: boolean;
  acceptingJobs: boolean;
  /** No longer takes PWG raster. */
  refuseFormat: boolean;
}

export interface Service {
  /** One request's octets to one answer's octets, or undefined when they are so wrong that HTTP says 400. */
  handle(bytes: Uint8Array): Uint8Array | undefined;
  readonly jobs: readonly SimulatedJob[];
  readonly switches: ServiceSwitches;
  /** Identify-Printer was asked so many times. */
  readonly identified: () => number;
  cancelJob(id: number): boolean;
  /** A printer that was switched off forgets its jobs; numbers begin anew. */
  forgetJobs(): void;
}

const JOB_TEMPLATE: Readonly<Record<string, readonly string[]>> = {
  sides: ["one-sided", "two-sided-long-edge"],
  media: ["iso_a4_210x297mm"],
  "print-scaling": ["none"],
  "print-color-mode": ["monochrome"],
};

/** The IPP side of the simulated printer, over its engine. */
export function createService(options: {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly printerUri: () => string;
  readonly name: string;
}): Service {
  const { engine, printerUri } = options;
  const startedAtMs = options.clock.monotonicMs();
  const upTimeSeconds = () => Math.floor((options.clock.monotonicMs() - startedAtMs) / 1000) + 1;
  const switches: ServiceSwitches = { busy: false, acceptingJobs: true, refuseFormat: false };
  const jobs: SimulatedJob[] = [];
  let lastJobId = 0;
  let identified = 0;
  const formats = () => documentFormats.filter((f) => !(switches.refuseFormat && f === "image/pwg-raster"));

  const describe = (job: SimulatedJob, wanted: readonly string[], otherwise?: readonly string[]): IppGroup => ({
    tag: "job",
    attributes: requested(jobAttributes(job, printerUri(), upTimeSeconds()), wanted, otherwise),
  });

  const validate = (request: Request): Answer | undefined => {
    if (!switches.acceptingJobs) return { status: "server-error-not-accepting-jobs" };
    const [compression] = textsOf(request.operation, "compression");
    if (compression !== undefined && compression !== "none")
      return { status: "client-error-compression-not-supported" };
    const [format] = textsOf(request.operation, "document-format");
    if (format !== undefined && !(formats() as readonly string[]).includes(format)) {
      return { status: "client-error-document-format-not-supported" };
    }
    const unsupported = (request.job?.attributes ?? []).filter(({ name }) => {
      const allowed = JOB_TEMPLATE[name];
      return allowed !== undefined && !textsOf(request.job, name).every((value) => allowed.includes(value));
    });
    if (unsupported.length > 0 && booleanOf(request.operation, "ipp-attribute-fidelity")) {
      const group = { tag: "unsupported", attributes: unsupported } as const;
      return { status: "client-error-attributes-or-values-not-supported", groups: [group] };
    }
    return undefined;
  };

  const newJob = (request: Request, kOctets: number): SimulatedJob => {
    lastJobId += 1;
    const job: SimulatedJob = {
      id: lastJobId,
      name: textsOf(request.operation, "job-name")[0] ?? "Untitled",
      user: textsOf(request.operation, "requesting-user-name")[0] ?? "anonymous",
      impressions: numberOf(request.operation, "job-impressions") ?? 0,
      state: "pending",
      reason: "job-incoming",
      impressionsCompleted: 0,
      sheetsCompleted: 0,
      cancelling: false,
      pages: [],
      kOctets,
      createdAtSeconds: upTimeSeconds(),
      processingAtSeconds: undefined,
      completedAtSeconds: undefined,
    };
    jobs.push(job);
    return job;
  };

  const occupied = () => switches.busy || jobs.some((job) => !hasEnded(job));
  const JOB_REPLY = ["job-id", "job-uri", "job-state", "job-state-reasons", "job-state-message"];

  /** Takes the document and starts the engine; the document is checked as a whole before anything moves. */
  const print = (job: SimulatedJob, document: Uint8Array): Answer => {
    const pages = readPwg(document);
    if (!pages.ok) {
      job.state = "aborted";
      job.reason = "document-format-error";
      job.completedAtSeconds = upTimeSeconds();
      return { status: "client-error-document-format-error", message: String(pages.error.detail?.why ?? "") };
    }
    job.pages = pages.value;
    if (job.impressions === 0) job.impressions = pages.value.length;
    engine.start(job);
    return { status: "successful-ok", groups: [describe(job, JOB_REPLY)] };
  };

  const target = (request: Request): SimulatedJob | undefined => {
    const id =
      numberOf(request.operation, "job-id") ?? Number(textsOf(request.operation, "job-uri")[0]?.split("/").at(-1));
    return jobs.find((job) => job.id === id);
  };

  const cancelJob = (id: number): boolean => {
    const job = jobs.find((candidate) => candidate.id === id);
    if (!job || hasEnded(job)) return false;
    job.cancelling = true;
    if (job === engine.current()) engine.wake();
    else {
      job.state = "canceled";
      job.reason = "job-canceled-by-user";
      job.completedAtSeconds = upTimeSeconds();
    }
    return true;
  };

  const handlers: Record<OperationName, (request: Request) => Answer> = {
    "Print-Job"(request) {
      const refusal = validate(request);
      if (refusal) return refusal;
      if (occupied()) return { status: "server-error-busy" };
      return print(newJob(request, Math.ceil(request.message.data.length / 1024)), request.message.data);
    },
    "Validate-Job": (request) => validate(request) ?? { status: "successful-ok" },
    "Create-Job"(request) {
      const refusal = validate(request);
      if (refusal) return refusal;
      if (occupied()) return { status: "server-error-busy" };
      return { status: "successful-ok", groups: [describe(newJob(request, 0), JOB_REPLY)] };
    },
    "Send-Document"(request) {
      const job = target(request);
      if (!job) return { status: "client-error-not-found" };
      if (booleanOf(request.operation, "last-document") === undefined) return { status: "client-error-bad-request" };
      if (job.pages.length > 0) return { status: "server-error-multiple-document-jobs-not-supported" };
      if (job.state !== "pending") return { status: "client-error-not-possible" };
      return validate(request) ?? print(job, request.message.data);
    },
    "Cancel-Job"(request) {
      const job = target(request);
      if (!job) return { status: "client-error-not-found" };
      return { status: cancelJob(job.id) ? "successful-ok" : "client-error-not-possible" };
    },
    "Get-Job-Attributes"(request) {
      const job = target(request);
      if (!job) return { status: "client-error-not-found" };
      return { status: "successful-ok", groups: [describe(job, textsOf(request.operation, "requested-attributes"))] };
    },
    "Get-Jobs"(request) {
      const [which = "not-completed"] = textsOf(request.operation, "which-jobs");
      if (which !== "completed" && which !== "not-completed") {
        return { status: "client-error-attributes-or-values-not-supported" };
      }
      const limit = numberOf(request.operation, "limit") ?? jobs.length;
      const mine = booleanOf(request.operation, "my-jobs")
        ? textsOf(request.operation, "requesting-user-name")[0]
        : undefined;
      const listed = jobs
        .filter((job) => hasEnded(job) === (which === "completed") && (mine === undefined || job.user === mine))
        .reverse()
        .slice(0, limit);
      const wanted = textsOf(request.operation, "requested-attributes");
      return { status: "successful-ok", groups: listed.map((job) => describe(job, wanted, ["job-uri", "job-id"])) };
    },
    "Get-Printer-Attributes"(request) {
      const attributes = printerAttributes({
        uri: printerUri(),
        name: options.name,
        state: engine.state(),
        reasons: engine.reasons(),
        acceptingJobs: switches.acceptingJobs,
        impressionsCompleted: engine.impressions(),
        queuedJobs: jobs.filter((job) => !hasEnded(job)).length,
        upTimeSeconds: upTimeSeconds(),
        formats: formats(),
      });
      const wanted = textsOf(request.operation, "requested-attributes");
      return { status: "successful-ok", groups: [{ tag: "printer", attributes: requested(attributes, wanted) }] };
    },
    "Identify-Printer"() {
      identified += 1;
      return { status: "successful-ok" };
    },
  };

  return {
    handle(bytes) {
      const message = decodeIpp(bytes);
      if (!message.ok) return undefined;
      return encodeAnswer(message.value, answerTo(message.value, handlers));
    },
    jobs,
    switches,
    identified: () => identified,
    cancelJob,
    forgetJobs() {
      jobs.length = 0;
      lastJobId = 0;
    },
  };
}
