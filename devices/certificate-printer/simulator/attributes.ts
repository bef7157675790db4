import {
  attribute,
  boolean,
  charset,
  collection,
  dotsPerInch,
  enumeration,
  type IppAttribute,
  integer,
  keyword,
  mimeMediaType,
  nameText,
  naturalLanguage,
  rangeOfInteger,
  text,
  uri,
} from "../ipp/message.ts";
import { jobStates, type OperationName, operations, type PrinterStateName, printerStates } from "../ipp/registry.ts";
import { MULTIPLE_OPERATION_TIME_OUT_S } from "./job-book.ts";
import { colorModes } from "./job-ticket.ts";
import type { SimulatedJob } from "./jobs.ts";
import { A4_TRAY, type Stock, stockAttributes } from "./stock.ts";

/** What the simulated printer says of itself and of its jobs: a duplex A4 engine of the IPP Everywhere kind. */

const jobTemplateNames =
  /^(copies|finishings|media|media-col|orientation-requested|output-bin|print-quality|print-color-mode|print-scaling|printer-resolution|sides)(-default|-supported|-ready|-col-.*)?$/;

/** Every simulated printer is the same one: it needs no calibration of its own. */
export const SIMULATED_UUID = "urn:uuid:6d61646f-6775-4368-8970-72696e746572";

export interface PrinterFacts {
  readonly uri: string;
  readonly name: string;
  readonly state: PrinterStateName;
  readonly reasons: readonly string[];
  readonly acceptingJobs: boolean;
  readonly impressionsCompleted: number;
  readonly queuedJobs: number;
  readonly stock: Stock;
  readonly upTimeSeconds: number;
  readonly formats: readonly string[];
  readonly color: boolean;
  readonly operations: readonly OperationName[];
}

/** All attributes of the printer. */
export function printerAttributes(facts: PrinterFacts): readonly IppAttribute[] {
  return [...descriptionAttributes(facts), ...statusAttributes(facts), ...templateAttributes(facts)];
}

function statusAttributes(facts: PrinterFacts): readonly IppAttribute[] {
  return [
    attribute("printer-state", enumeration(printerStates[facts.state])),
    attribute("printer-state-reasons", ...facts.reasons.map(keyword)),
    attribute("printer-state-message", text(facts.reasons.join(", "))),
    attribute("printer-is-accepting-jobs", boolean(facts.acceptingJobs)),
    attribute("printer-impressions-completed", integer(facts.impressionsCompleted)),
    ...stockAttributes(facts.stock),
    attribute("queued-job-count", integer(facts.queuedJobs)),
    attribute("printer-up-time", integer(facts.upTimeSeconds)),
  ];
}

function descriptionAttributes(facts: PrinterFacts): readonly IppAttribute[] {
  return [
    attribute("printer-uri-supported", uri(facts.uri)),
    attribute("uri-security-supported", keyword("none")),
    attribute("uri-authentication-supported", keyword("none")),
    attribute("printer-name", nameText(facts.name)),
    attribute("printer-uuid", uri(SIMULATED_UUID)),
    attribute("printer-info", text(facts.name)),
    attribute("printer-location", text("")),
    attribute("printer-make-and-model", text("Madoguchi simulated duplex printer")),
    attribute("printer-more-info", uri(facts.uri.replace(/^ipp/, "http"))),
    attribute("ipp-versions-supported", keyword("1.1"), keyword("2.0")),
    attribute("operations-supported", ...facts.operations.map((name) => enumeration(operations[name]))),
    attribute("charset-configured", charset("utf-8")),
    attribute("charset-supported", charset("us-ascii"), charset("utf-8")),
    attribute("natural-language-configured", naturalLanguage("en")),
    attribute("generated-natural-language-supported", naturalLanguage("en")),
    attribute("document-format-default", mimeMediaType("application/octet-stream")),
    attribute("document-format-supported", ...facts.formats.map(mimeMediaType)),
    attribute("compression-supported", keyword("none")),
    attribute("pdl-override-supported", keyword("not-attempted")),
    attribute("color-supported", boolean(facts.color)),
    attribute("pages-per-minute", integer(30)),
    attribute("multiple-document-jobs-supported", boolean(false)),
    attribute("multiple-operation-time-out", integer(MULTIPLE_OPERATION_TIME_OUT_S)),
    attribute("which-jobs-supported", keyword("completed"), keyword("not-completed")),
    attribute("job-ids-supported", boolean(true)),
    attribute("identify-actions-supported", keyword("sound")),
    attribute("identify-actions-default", keyword("sound")),
    ...(facts.formats.includes("application/pdf") && !facts.formats.includes("image/pwg-raster")
      ? []
      : rasterAttributes()),
  ];
}

/** PWG 5102.4, section 6: what a printer that takes rasters says of them. */
function rasterAttributes(): readonly IppAttribute[] {
  return [
    attribute("pwg-raster-document-resolution-supported", dotsPerInch(300), dotsPerInch(600)),
    attribute("pwg-raster-document-type-supported", ...["black_1", "sgray_8", "srgb_8"].map(keyword)),
    attribute("pwg-raster-document-sheet-back", keyword("normal")),
  ];
}

function templateAttributes(facts: PrinterFacts): readonly IppAttribute[] {
  const a4 = collection(attribute("x-dimension", integer(21000)), attribute("y-dimension", integer(29700)));
  return [
    attribute("copies-default", integer(1)),
    attribute("copies-supported", rangeOfInteger(1, 1)),
    attribute("finishings-default", enumeration(3)),
    attribute("finishings-supported", enumeration(3)),
    attribute("media-default", keyword("iso_a4_210x297mm")),
    attribute("media-supported", keyword("iso_a4_210x297mm")),
    attribute("media-col-default", collection(attribute("media-size", a4))),
    attribute("media-col-supported", keyword("media-size"), keyword("media-source")),
    attribute("media-source-supported", keyword(A4_TRAY)),
    attribute("media-size-supported", a4),
    attribute("orientation-requested-default", enumeration(3)),
    attribute("orientation-requested-supported", enumeration(3)),
    attribute("output-bin-default", keyword("face-down")),
    attribute("output-bin-supported", keyword("face-down")),
    attribute("print-quality-default", enumeration(4)),
    attribute("print-quality-supported", enumeration(4)),
    attribute("print-color-mode-default", keyword("monochrome")),
    attribute("print-color-mode-supported", ...colorModes(facts).map(keyword)),
    attribute("print-scaling-default", keyword("none")),
    attribute("print-scaling-supported", keyword("none")),
    attribute("printer-resolution-default", dotsPerInch(600)),
    attribute("printer-resolution-supported", dotsPerInch(300), dotsPerInch(600)),
    attribute("sides-default", keyword("two-sided-long-edge")),
    attribute("sides-supported", keyword("one-sided"), keyword("two-sided-long-edge")),
  ];
}

/** All attributes of a job. */
export function jobAttributes(job: SimulatedJob, printerUri: string, upTimeSeconds: number): readonly IppAttribute[] {
  const time = (name: string, seconds: number | undefined) =>
    attribute(name, seconds === undefined ? { tag: "outOfBand", reason: "no-value" } : integer(seconds));
  return [
    attribute("job-id", integer(job.id)),
    attribute("job-uri", uri(`${printerUri}/${job.id}`)),
    attribute("job-printer-uri", uri(printerUri)),
    attribute("job-name", nameText(job.name)),
    attribute("job-originating-user-name", nameText(job.user)),
    attribute("job-state", enumeration(jobStates[job.state])),
    attribute("job-state-reasons", keyword(job.reason)),
    attribute("job-state-message", text(job.reason)),
    attribute("job-impressions", integer(job.impressions)),
    attribute("job-impressions-completed", integer(job.impressionsCompleted)),
    attribute("job-media-sheets-completed", integer(job.sheetsCompleted)),
    attribute("job-k-octets", integer(job.kOctets)),
    attribute("job-printer-up-time", integer(upTimeSeconds)),
    time("time-at-creation", job.createdAtSeconds),
    time("time-at-processing", job.processingAtSeconds),
    time("time-at-completed", job.completedAtSeconds),
  ];
}

/** Which attributes are answered (RFC 8011, section 4.2.5.1): names and the group keywords; nothing asked means `otherwise`. */
export function requested(
  all: readonly IppAttribute[],
  wanted: readonly string[],
  otherwise: readonly string[] = ["all"],
): readonly IppAttribute[] {
  const names = new Set(wanted.length > 0 ? wanted : otherwise);
  if (names.has("all")) return all;
  return all.filter(
    ({ name }) =>
      names.has(name) ||
      (names.has("job-template") && jobTemplateNames.test(name)) ||
      ((names.has("printer-description") || names.has("job-description")) && !jobTemplateNames.test(name)),
  );
}
