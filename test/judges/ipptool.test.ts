import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PrinterSimulator, startPrinterSimulator } from "../../devices/certificate-printer/simulator/simulator.ts";
import { greyPage, pwgStream } from "../../devices/certificate-printer/simulator/test-pages.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { itemsOf, runIpptool } from "../support/ipptool.ts";

/** A sheet that ipptool need not wait for: its pause between two questions about a job is five seconds. */
const SHEET_MS = 2;

const uri = "the printer fetches no documents: it would reach into a network that it has no business in";
const copies = "each certificate is a document of its own, so there is nothing to print twice";
const format = "it takes PWG raster alone, as the kiosk sends it: no PDF, PostScript or JPEG";
const hold = "it holds no jobs: a certificate that waits is one that comes out when its citizen is gone";

/** Items for which the suite itself leaves out a printer that does not announce the operation or the format. */
const leftOut: readonly (readonly [name: string, why: string])[] = [
  ["RFC 8011 section 4.2.2: Print-URI Operation", uri],
  ["Print-URI with bad URI: Print-URI Operation", uri],
  ["RFC 8011 section 4.2.4: Create-Job Operation", uri],
  ["RFC 8011 section 4.3.2: Send-URI Operation", uri],
  ["Send-URI with bad URI: Create-Job Operation", uri],
  ["Send-URI with bad URI: Send-URI Operation (bad URI)", uri],
  ["Send-URI with bad URI: Cancel-Job Operation", uri],
  ["Print-Job with copies", copies],
  ["Print-Job with A4 PDF", format],
  ["Print-Job with A4 PDF, Duplex", format],
  ["Print-Job with US Letter PDF", format],
  ["Print-Job with US Letter PDF, Duplex", format],
  ["Print-Job with A4 PostScript", format],
  ["Print-Job with A4 PostScript, Duplex", format],
  ["Print-Job with US Letter PostScript", format],
  ["Print-Job with US Letter PostScript, Duplex", format],
  ["Print-Job with Color JPEG on A4", format],
  ["Print-Job with Color JPEG on US Letter", format],
  ["Print-Job with Color JPEG on 4x6", format],
  ["Print-Job with Grayscale JPEG on A4", format],
  ["Print-Job with Grayscale JPEG on US Letter", format],
  ["Print-Job with Grayscale JPEG on 4x6", format],
  ["Print-Job with A4 PDF and Standard Sheet", format],
  ["Print-Job with US Letter PDF and Standard Sheet", format],
  ["Print-Job with A4 PDF and Standard Sheet", format],
  ["Print-Job with US Letter PDF and Standard Sheet", format],
  ["Print-Job with A4 PDF, 2-Up", format],
  ["Print-Job with US Letter PDF, 2-Up", format],
  ["Print-Job with A4 PDF, 2-Up", format],
  ["Print-Job with US Letter PDF, 2-Up", format],
  ["Print-Job with JPEG on 4x6, Draft Quality", format],
  ["Print-Job with JPEG on 4x6, Normal Quality", format],
  ["Print-Job with JPEG on 4x6, High Quality", format],
  ["Print-Job with A4 PDF, Draft Quality", format],
  ["Print-Job with US Letter PDF, Draft Quality", format],
  ["Print-Job with job-hold-until", hold],
  ["Release-Job", hold],
];

describe("the simulated certificate printer before ipptool", () => {
  let printer: PrinterSimulator;
  beforeEach(async () => {
    printer = unwrap(await startPrinterSimulator({ clock: systemClock, sheetMs: SHEET_MS }));
  });
  afterEach(() => printer.close());
  const sheet = { name: "sheet.pwg", bytes: pwgStream([greyPage(496, 701, 0), greyPage(496, 701, 255)]) };

  it.each(["ipp-1.1", "ipp-2.0"] as const)(
    "passes every item of %s that its operations and formats allow",
    async (suite) => {
      const items = await runIpptool(suite, printer.address, sheet);
      expect(items.filter(({ result }) => result === "FAIL")).toEqual([]);
      const skipped = items.filter(({ result }) => result === "SKIP").map(({ name }) => name);
      expect(skipped).toEqual(leftOut.map(([name]) => name));
      expect(items).toHaveLength(itemsOf(suite));
      expect(printer.pages().map(({ side }) => side)).toContain("back");
    },
  );
});
