import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { DeviceStatusWord } from "../contract/device.ts";
import { booleanOf, countOf, type IppGroup, numberOf, textsOf, valuesOf } from "./ipp/message.ts";
import { operations, type PrinterStateName, printerStateNames } from "./ipp/registry.ts";
import { type PaperSupply, paperOf, trayAttributes } from "./trays.ts";

/** What is asked of the printer whenever its condition matters. */
export const conditionAttributes = [
  "printer-state",
  "printer-state-reasons",
  "printer-is-accepting-jobs",
  "printer-impressions-completed",
  "document-format-supported",
  "media-supported",
  ...trayAttributes,
  "sides-supported",
  "print-scaling-supported",
  "operations-supported",
  "printer-resolution-supported",
  "pwg-raster-document-resolution-supported",
  "pwg-raster-document-type-supported",
  "pwg-raster-document-sheet-back",
  "printer-uuid",
] as const;

/** What is asked besides when overlays may be printed. A printer that is not asked takes none. */
export const overlayAttributes = ["color-supported", "print-color-mode-supported"] as const;

/** The forms in which a certificate is sent, the best first: a raster leaves the printer nothing to interpret. */
const documentFormats = ["image/pwg-raster", "application/pdf"] as const;
export type DocumentFormat = (typeof documentFormats)[number];

/** What a printer says of itself, judged. */
export interface PrinterCondition {
  /** `printer-uuid` (PWG 5100.13, section 5.6.9): which printer it is, whatever its address; undefined when it does not say. */
  readonly uuid: string | undefined;
  readonly state: PrinterStateName | undefined;
  /** The counter over the printer's life, when it has one. */
  readonly impressionsCompleted: number | undefined;
  /** Why nothing can be printed now; undefined when it can. Being busy is no fault. */
  readonly fault: Failure | undefined;
  /** `print-scaling: none` may be asked for; a printer that does not know it never scales a raster that fits. */
  readonly takesPrintScaling: boolean;
  /** The form that it takes; the raster when it does not say. */
  readonly documentFormat: DocumentFormat;
  /** It has colours and takes PDF at 600 dpi: a picture of four inks can lie over a side. */
  readonly takesOverlays: boolean;
  /** `print-color-mode: color` may be asked for (PWG 5100.13, section 5.2.3). */
  readonly takesColorMode: boolean;
  /** The tray to print from, when there is one with A4 among others. */
  readonly mediaSource: string | undefined;
  /** Resume-Printer is among `operations-supported`. */
  readonly takesResume: boolean;
  /**
   * It is stopped and names nothing that a hand would have to mend, and nobody who paused it: what stopped it is over, and
   * it waits to be told to go on.
   */
  readonly restsWithoutReason: boolean;
}

/**
 * `printer-state-reasons` (RFC 8011, section 5.4.12, and PWG 5100.9) without their severity, the most useful to staff
 * first: an open door also says that it is stopped.
 */
const reasonCodes: readonly (readonly [reason: string, code: ErrorCode])[] = [
  ["media-jam", "K-PRINT-202"],
  ["door-open", "K-PRINT-203"],
  ["cover-open", "K-PRINT-203"],
  ["interlock-open", "K-PRINT-203"],
  ["input-tray-missing", "K-PRINT-201"],
  ["media-empty", "K-PRINT-201"],
  ["media-needed", "K-PRINT-201"],
  ["toner-empty", "K-PRINT-204"],
  ["marker-supply-empty", "K-PRINT-204"],
  ["marker-supply-missing", "K-PRINT-204"],
  ["output-area-full", "K-PRINT-206"],
  ["output-tray-missing", "K-PRINT-206"],
  ["paused", "K-PRINT-205"],
  ["moving-to-paused", "K-PRINT-205"],
  ["shutdown", "K-PRINT-205"],
];

/** Judges the printer group of a Get-Printer-Attributes answer. What it does not say is not held against it but its state. */
export function conditionOf(printer: IppGroup | undefined): PrinterCondition {
  const state = printerStateNames.get(numberOf(printer, "printer-state") ?? 0);
  return {
    uuid: textsOf(printer, "printer-uuid")[0],
    state,
    impressionsCompleted: countOf(printer, "printer-impressions-completed"),
    fault: state === undefined ? failure("K-PRINT-102", { why: "no-printer-state" }) : faultOf(printer, state),
    takesPrintScaling: textsOf(printer, "print-scaling-supported").includes("none"),
    documentFormat: documentFormatOf(printer) ?? documentFormats[0],
    takesOverlays: takesOverlays(printer),
    takesColorMode: textsOf(printer, "print-color-mode-supported").includes("color"),
    mediaSource: paperOf(printer).source,
    takesResume: valuesOf(printer, "operations-supported").some(
      (value) => value.tag === "enum" && value.value === operations["Resume-Printer"],
    ),
    restsWithoutReason: state === "stopped" && reasonsOf(printer).every(isHarmless),
  };
}

function reasonsOf(printer: IppGroup | undefined): readonly string[] {
  return textsOf(printer, "printer-state-reasons").filter((reason) => reason !== "none");
}

/** A report or a warning of something that does not stop a printer. */
function isHarmless(reason: string): boolean {
  const bare = reason.replace(/-(report|warning)$/, "");
  return bare !== reason && !reasonCodes.some(([known]) => known === bare);
}

function faultOf(printer: IppGroup | undefined, state: PrinterStateName): Failure | undefined {
  const paper = paperOf(printer);
  const said = reasonsOf(printer);
  // What another tray lacks is no matter while sheets are counted in one with A4, unless the printer stopped for it.
  const others = paper.counted ? said.filter((reason) => !/^(media-empty|input-tray-missing)(-|$)/.test(reason)) : said;
  const reasons = state === "stopped" && others.length === 0 ? said : others;
  // Without a severity a reason counts as an error (RFC 8011, section 5.4.12). A warning, say of a second tray, is one
  // that the printer lives with, until it stops.
  const errors = state === "stopped" ? reasons : reasons.filter((reason) => !/-(report|warning)$/.test(reason));
  const bare = errors.map((reason) => reason.replace(/-(report|warning|error)$/, ""));
  const known = reasonCodes.find(([reason]) => bare.includes(reason));
  if (known) return failure(known[1], { reasons: reasons.join(" ").slice(0, 200) });
  if (state === "stopped") return failure("K-PRINT-205", { reasons: reasons.join(" ").slice(0, 200) });
  if (errors.some((reason) => reason.endsWith("-error"))) {
    return failure("K-PRINT-207", { reasons: reasons.join(" ").slice(0, 200) });
  }
  if (lacksPaper(paper, state, reasons)) return failure("K-PRINT-201", { reasons: reasons.join(" ").slice(0, 200) });
  if (booleanOf(printer, "printer-is-accepting-jobs") === false) return failure("K-PRINT-104");
  return incapability(printer);
}

/**
 * Paper that is missing though the printer has not stopped and only warns, as CUPS' ippeveprinter does: no tray has A4, or the job that is being printed waits for paper (`media-needed`, whatever its
 * severity; unlike `media-empty` it is not said of a second tray that nobody wants to print from).
 */
function lacksPaper(paper: PaperSupply, state: PrinterStateName, reasons: readonly string[]): boolean {
  if (paper.a4 === "none") return true;
  return state === "processing" && reasons.some((reason) => /^media-needed(-|$)/.test(reason));
}

/** The best form among `document-format-supported` (RFC 8011, section 5.4.22); undefined when none of ours is there. */
function documentFormatOf(printer: IppGroup | undefined): DocumentFormat | undefined {
  const offered = textsOf(printer, "document-format-supported");
  return offered.length === 0 ? documentFormats[0] : documentFormats.find((format) => offered.includes(format));
}

/** What a certificate needs and the printer does not offer. A printer that does not say is asked by Validate-Job. */
function incapability(printer: IppGroup | undefined): Failure | undefined {
  const lacks = (name: string, value: string) => {
    const offered = textsOf(printer, name);
    return offered.length > 0 && !offered.includes(value);
  };
  const format = documentFormatOf(printer);
  if (!format) return failure("K-PRINT-105", { missing: documentFormats.join(" ") });
  const wanted: readonly (readonly [name: string, value: string])[] = [
    ["media-supported", "iso_a4_210x297mm"],
    ["sides-supported", "two-sided-long-edge"],
    ...(format === "image/pwg-raster" ? ([["pwg-raster-document-type-supported", "sgray_8"]] as const) : []),
  ];
  const missing = wanted.find(([name, value]) => lacks(name, value));
  if (missing) return failure("K-PRINT-107", { attribute: missing[0], missing: missing[1] });
  const resolution =
    format === "image/pwg-raster" ? "pwg-raster-document-resolution-supported" : "printer-resolution-supported";
  if (lacks600(printer, resolution)) {
    return failure("K-PRINT-107", { attribute: resolution, missing: "600dpi" });
  }
  // The pages of a PDF are upright by themselves: how a back is turned is the printer's own affair.
  if (format === "application/pdf") return undefined;
  // Backs are sent upright; for `rotated` and `flipped` they would have to be turned (PWG 5102.4, Table 9).
  const [back] = textsOf(printer, "pwg-raster-document-sheet-back");
  if (back !== undefined && back !== "normal" && back !== "manual-tumble") {
    return failure("K-PRINT-107", { attribute: "pwg-raster-document-sheet-back", missing: "normal" });
  }
  return undefined;
}

function lacks600(printer: IppGroup | undefined, attribute: string): boolean {
  const resolutions = valuesOf(printer, attribute);
  const has600 = resolutions.some((r) => r.tag === "resolution" && r.crossFeed === 600 && r.feed === 600);
  return resolutions.length > 0 && !has600;
}

/** Only what the printer says counts: one that is silent about colours gets what a monochrome one gets. */
function takesOverlays(printer: IppGroup | undefined): boolean {
  return (
    booleanOf(printer, "color-supported") === true &&
    textsOf(printer, "document-format-supported").includes("application/pdf") &&
    !lacks600(printer, "printer-resolution-supported")
  );
}

/** Faults that a hand at the machine mends, so not the hardware's. */
const handsMend: ReadonlySet<ErrorCode> = new Set([
  "K-PRINT-104",
  "K-PRINT-201",
  "K-PRINT-203",
  "K-PRINT-204",
  "K-PRINT-205",
  "K-PRINT-206",
]);

/** The XFS word for a condition: `userError` when somebody at the machine must act, `hardwareError` for the rest. */
export function statusWord(condition: PrinterCondition): DeviceStatusWord {
  if (condition.fault) return handsMend.has(condition.fault.code) ? "userError" : "hardwareError";
  return condition.state === "processing" ? "deviceBusy" : "online";
}
