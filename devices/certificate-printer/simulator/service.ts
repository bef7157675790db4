import type { Clock } from "../../../src/kernel/clock.ts";
import type { DocumentFormat } from "../condition.ts";
import { decodeIpp } from "../ipp/decode.ts";
import { attribute, booleanOf, type IppAttribute, type IppGroup, keyword, numberOf, textsOf } from "../ipp/message.ts";
import { type OperationName, operations } from "../ipp/registry.ts";
import { readPwg } from "../pwg/decode.ts";
import { jobAttributes, printerAttributes, requested } from "./attributes.ts";
import type { Engine } from "./engine.ts";
import { type Answer, answerTo, encodeAnswer, type Request } from "./envelope.ts";
import { createJobBook } from "./job-book.ts";
import { unsupportedOf } from "./job-ticket.ts";
import { hasEnded, type SimulatedJob } from "./jobs.ts";
import { readPdf } from "./pdf-document.ts";
import { type SecondTray, stockReasons } from "./stock.ts";

/** What hands and accidents can do to the part of the printer that speaks. */
export interface ServiceSwitches {
  /** Answers every new job with server-error-busy, as while somebody else's job is printed. */
  busy: boolean;
  acceptingJobs: boolean;
  /** No longer takes the form of documents that it prints. */
  refuseFormat: boolean;
  /** Takes Resume-Printer. */
  resumable: boolean;
  secondTray: SecondTray | undefined;
  tonerPercent: number;
  /** Says what lies in which tray, and how much is left. */
  describes: boolean;
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

/** The IPP side of the simulated printer, over its engine. */
export function createService(options: {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly printerUri: () => string;
  readonly name: string;
  /** What it prints, besides `application/octet-stream` that is the same. */
  readonly documentFormat: DocumentFormat;
  /** It has colours, and prints PDF besides. */
  readonly color: boolean;
  /** Says what lies in which tray, and how much is left. */
  readonly describesStock: boolean;
}): Service {
  const { engine, printerUri } = options;
  const startedAtMs = options.clock.monotonicMs();
  const upTimeSeconds = () => Math.floor((options.clock.monotonicMs() - startedAtMs) / 1000) + 1;
  const switches: ServiceSwitches = {
    busy: false,
    acceptingJobs: true,
    refuseFormat: false,
    resumable: true,
    secondTray: undefined,
    tonerPercent: 100,
    describes: options.describesStock,
  };
  const book = createJobBook(engine, upTimeSeconds);
  let identified = 0;
  const printed = new Set<DocumentFormat>([
    options.documentFormat,
    ...(options.color ? (["application/pdf"] as const) : []),
  ]);
  const formats = () => ["application/octet-stream", ...(switches.refuseFormat ? [] : printed)];

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
    if (format !== undefined && !formats().includes(format)) {
      return { status: "client-error-document-format-not-supported" };
    }
    const unsupported = unsupportedOf(request.job, options);
    if (unsupported.length > 0 && booleanOf(request.operation, "ipp-attribute-fidelity")) {
      return { status: "client-error-attributes-or-values-not-supported", groups: [unsupportedGroup(unsupported)] };
    }
    return undefined;
  };

  /** A success, which says what of the job's ticket was ignored (RFC 8011, section 4.1.6). */
  const accepted = (request: Request, ...groups: readonly IppGroup[]): Answer => {
    const ignored = unsupportedOf(request.job, options);
    if (ignored.length === 0) return { status: "successful-ok", groups };
    return {
      status: "successful-ok-ignored-or-substituted-attributes",
      groups: [unsupportedGroup(ignored), ...groups],
    };
  };

  const create = (request: Request, kOctets: number): SimulatedJob | undefined =>
    book.create({
      name: textsOf(request.operation, "job-name")[0] ?? "Untitled",
      user: textsOf(request.operation, "requesting-user-name")[0] ?? "anonymous",
      impressions: Math.max(0, numberOf(request.operation, "job-impressions") ?? 0),
      kOctets,
    });

  const JOB_REPLY = ["job-id", "job-uri", "job-state", "job-state-reasons", "job-state-message"];

  /** Takes the document and has it printed; it is checked as a whole before anything moves. */
  const print = (request: Request, job: SimulatedJob): Answer => {
    const asked = textsOf(request.operation, "document-format").find((format) => printed.has(format as DocumentFormat));
    const read = (asked ?? options.documentFormat) === "application/pdf" ? readPdf : readPwg;
    const pages = read(request.message.data);
    if (!pages.ok) {
      book.abort(job, "document-format-error");
      return { status: "client-error-document-format-error", message: String(pages.error.detail?.why ?? "") };
    }
    book.print(job, pages.value);
    return accepted(request, describe(job, JOB_REPLY));
  };

  const target = (request: Request): SimulatedJob | undefined => {
    const id =
      numberOf(request.operation, "job-id") ?? Number(textsOf(request.operation, "job-uri")[0]?.split("/").at(-1));
    return book.find(id);
  };

  const handlers: Record<OperationName, (request: Request) => Answer> = {
    "Print-Job"(request) {
      const refusal = validate(request);
      if (refusal) return refusal;
      if (switches.busy || book.occupied()) return { status: "server-error-busy" };
      const job = create(request, Math.ceil(request.message.data.length / 1024));
      return job ? print(request, job) : { status: "server-error-busy" };
    },
    "Validate-Job": (request) => validate(request) ?? accepted(request),
    "Create-Job"(request) {
      const refusal = validate(request);
      if (refusal) return refusal;
      const job = switches.busy ? undefined : create(request, 0);
      return job ? accepted(request, describe(job, JOB_REPLY)) : { status: "server-error-busy" };
    },
    "Send-Document"(request) {
      const job = target(request);
      if (!job) return { status: "client-error-not-found" };
      if (booleanOf(request.operation, "last-document") === undefined) return { status: "client-error-bad-request" };
      if (job.pages.length > 0) return { status: "server-error-multiple-document-jobs-not-supported" };
      if (job.state !== "pending") return { status: "client-error-not-possible" };
      const refusal = validate(request);
      if (refusal) return refusal;
      return book.documentWaits() ? { status: "server-error-busy" } : print(request, job);
    },
    "Cancel-Job"(request) {
      const job = target(request);
      if (!job) return { status: "client-error-not-found" };
      return { status: book.cancel(job.id) ? "successful-ok" : "client-error-not-possible" };
    },
    "Get-Job-Attributes"(request) {
      const job = target(request);
      if (!job) return { status: "client-error-not-found" };
      return { status: "successful-ok", groups: [describe(job, textsOf(request.operation, "requested-attributes"))] };
    },
    "Get-Jobs"(request) {
      const [which = "not-completed"] = textsOf(request.operation, "which-jobs");
      if (which !== "completed" && which !== "not-completed") {
        const group = unsupportedGroup([attribute("which-jobs", keyword(which))]);
        return { status: "client-error-attributes-or-values-not-supported", groups: [group] };
      }
      const limit = Math.max(0, numberOf(request.operation, "limit") ?? book.jobs.length);
      const mine = booleanOf(request.operation, "my-jobs")
        ? textsOf(request.operation, "requesting-user-name")[0]
        : undefined;
      const listed = book.jobs
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
        reasons: [...engine.reasons(), ...stockReasons(switches)].filter(
          (reason, _, all) => reason !== "none" || !all[1],
        ),
        acceptingJobs: switches.acceptingJobs,
        impressionsCompleted: engine.impressions(),
        queuedJobs: book.jobs.filter((job) => !hasEnded(job)).length,
        stock: { ...switches, sheets: engine.sheetsInTray(), capacity: engine.trayCapacity() },
        upTimeSeconds: upTimeSeconds(),
        formats: formats(),
        color: options.color,
        operations: operationNamesOf(switches),
      });
      const wanted = textsOf(request.operation, "requested-attributes");
      return { status: "successful-ok", groups: [{ tag: "printer", attributes: requested(attributes, wanted) }] };
    },
    "Resume-Printer"() {
      if (!switches.resumable) return { status: "server-error-operation-not-supported" };
      engine.resume();
      return { status: "successful-ok" };
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
      book.sweep();
      return encodeAnswer(message.value, answerTo(message.value, handlers));
    },
    jobs: book.jobs,
    switches,
    identified: () => identified,
    cancelJob: book.cancel,
    forgetJobs: book.forget,
  };
}

function operationNamesOf({ resumable }: ServiceSwitches): readonly OperationName[] {
  return (Object.keys(operations) as OperationName[]).filter((name) => resumable || name !== "Resume-Printer");
}

function unsupportedGroup(attributes: readonly IppAttribute[]): IppGroup {
  return { tag: "unsupported", attributes };
}
