import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createCertificatePrinter } from "../../devices/certificate-printer/printer.ts";
import { greyPage, pwgStream } from "../../devices/certificate-printer/simulator/test-pages.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import type { Bilevel } from "../../src/security-print/bilevel/generic-region.ts";
import { PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../src/security-print/composition/page.ts";
import { drawGround } from "../../src/security-print/deterrent/ground.ts";
import { createDeterrentPainter } from "../../src/security-print/deterrent/painter.ts";
import { reduce } from "../../src/security-print/inspect/grey.ts";
import { inspectPicture } from "../../src/security-print/inspect/inspection.ts";
import { readInspectionKeys } from "../../src/security-print/inspect/keys-file.ts";
import { createPdfEngine } from "../../src/security-print/pages/engine.ts";
import { simulatedPrinterSteps } from "../../src/town/start/configs.ts";
import { type Ippeveprinter, startIppeveprinter } from "../support/ippeveprinter.ts";
import { madoguchi } from "../support/run-command.ts";

/** The kiosk's driver on a printer that nobody here wrote, busy, empty, aborting and cancelling. */
describe("the certificate printer's driver on ippeveprinter", () => {
  let judge: Ippeveprinter;
  let printer: ReturnType<typeof driver>;
  const document = (documentId: string) => ({
    documentId,
    pwgRaster: pwgStream([greyPage(16, 8, 0), greyPage(16, 8, 255)]),
    impressions: 2,
  });
  const driver = (onEvent: (name: string) => void = () => {}) =>
    unwrap(
      createCertificatePrinter({
        name: "judged",
        address: judge.address,
        clock: systemClock,
        logger: { event: onEvent },
        // Another process on a busy machine: its answers may be late, which is not what is judged here.
        delays: { requestTimeoutMs: 60_000, jobPollMs: 20, statusPollMs: 60_000, retryFirstMs: 20, retryMaxMs: 100 },
      }),
    );
  /** The driver's own first questions are answered: what is judged here is one job at a time. */
  const untilOnline = (own = printer) =>
    new Promise<void>((resolve) => {
      const look = () => own.status().word === "online" && resolve();
      own.onStatus(look);
      look();
    });
  /** Submits a document and resolves when its first side is printed and the engine stands still. */
  const standingAfterOne = async (documentId: string, own = printer) => {
    await untilOnline(own);
    judge.holdNextAfter(1);
    const job = unwrap(await own.submit(document(documentId)));
    let seen: () => void = () => {};
    const firstSide = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const settlement = own.settle(job, () => seen());
    await firstSide;
    return { job, settlement };
  };
  const prints = async (documentId: string) => {
    const job = unwrap(await printer.submit(document(documentId)));
    expect(await printer.settle(job, () => {})).toMatchObject({ value: { state: "done", impressionsCompleted: 2 } });
    expect(judge.sides(job.jobId)).toBe(2);
  };

  beforeEach(async () => {
    judge = await startIppeveprinter();
    printer = driver();
  });
  afterEach(async () => {
    await printer.close();
    await judge.stop();
  });

  it("finds it online, prints both sides, and tells it nothing but the machine's name and the document id", async () => {
    expect(await printer.check()).toMatchObject({ ok: true });
    expect(printer.status().word).toBe("online");
    await prints("doc-1");
    const notes = judge.jobNotes(1);
    expect(Object.fromEntries(notes)).toMatchObject({
      IPP_MEDIA: "iso_a4_210x297mm",
      IPP_SIDES: "two-sided-long-edge",
      IPP_JOB_NAME: "doc-1",
      IPP_JOB_ORIGINATING_USER_NAME: "madoguchi",
      CONTENT_TYPE: "image/pwg-raster",
    });
    expect(judge.side(1, 1)).toMatchObject({ widthPx: 16, heightPx: 8 });
    expect([...new Set(judge.side(1, 1).pixels), ...new Set(judge.side(1, 2).pixels)]).toEqual([0, 255]);
  });

  it("busy with another job: K-PRINT-103 at the time-out, deviceBusy meanwhile; afterwards it is taken", async () => {
    let busy: () => void = () => {};
    // One driver alone: another one would take a job that it does not know for a crashed session's, and cancel it.
    await printer.close();
    const patient = driver((name) => name === "printer.busy" && busy());
    const first = await standingAfterOne("doc-1", patient);
    const refused = await patient.submit(document("doc-2"), { timeoutMs: 2_000 });
    expect(refused).toMatchObject({ error: { code: "K-PRINT-103", detail: { status: "server-error-busy" } } });
    expect(patient.status().word).toBe("deviceBusy");
    const isBusy = new Promise<void>((resolve) => {
      busy = resolve;
    });
    const second = patient.submit(document("doc-3"));
    await isBusy;
    judge.atGate("go");
    expect(await first.settlement).toMatchObject({ value: { state: "done", jobState: "completed" } });
    const settled = await patient.settle(unwrap(await second), () => {});
    await patient.close();
    expect(settled).toMatchObject({ value: { state: "done", impressionsCompleted: 2 } });
    expect(judge.spooled()).toHaveLength(2);
  });

  it("no paper in any tray, though the printer only reports it: K-PRINT-201 and userError, and nothing is sent", async () => {
    await judge.emptyTrays();
    expect(await printer.check()).toMatchObject({ error: { code: "K-PRINT-201" } });
    expect(printer.status()).toMatchObject({ word: "userError", cause: { code: "K-PRINT-201" } });
    expect(await printer.submit(document("doc-1"))).toMatchObject({ error: { code: "K-PRINT-201" } });
    expect(judge.spooled()).toEqual([]);
  });

  it("paper that ends under the job: the wait names it, and the job is settled on its sides after the refill", async () => {
    judge.holdNextAfter(1);
    const job = unwrap(await printer.submit(document("doc-1")));
    judge.atGate("STATE: +media-empty,media-needed");
    const waited = await printer.settle(job, () => {}, { timeoutMs: 500 });
    expect(waited).toMatchObject({ error: { code: "K-CMD-101", cause: { code: "K-PRINT-201" } } });
    expect(printer.status()).toMatchObject({ word: "userError", cause: { code: "K-PRINT-201" } });
    judge.atGate("STATE: -media-empty,media-needed", "go");
    expect(await printer.settle(job, () => {})).toMatchObject({ value: { state: "done", impressionsCompleted: 2 } });
    expect(printer.status().word).toBe("online");
    await prints("doc-2");
  });

  it("a job that the printer aborts after one side is not done, and the next one prints", async () => {
    const { settlement } = await standingAfterOne("doc-1");
    judge.atGate("fail");
    expect(await settlement).toMatchObject({
      value: { state: "notDone", impressionsCompleted: 1, jobState: "aborted" },
    });
    await prints("doc-2");
  });

  it("a job cancelled by somebody else after one side is not done, and the next one prints", async () => {
    const { settlement } = await standingAfterOne("doc-1");
    cancelCurrentJob(judge.address);
    judge.atGate("fail");
    expect(await settlement).toMatchObject({
      value: { state: "notDone", impressionsCompleted: 1, jobState: "canceled" },
    });
    await prints("doc-2");
  });

  it("a job cancelled too late, whose sides are all printed, is done: money follows the paper", async () => {
    const { job, settlement } = await standingAfterOne("doc-1");
    expect(await printer.cancel(job.jobId)).toMatchObject({ ok: true });
    judge.atGate("go");
    expect(await settlement).toMatchObject({ value: { state: "done", impressionsCompleted: 2, jobState: "canceled" } });
    await prints("doc-2");
  });
});

/** Cancels what is being printed, as a stranger's tool does. */
function cancelCurrentJob(address: string): void {
  const run = spawnSync("ipptool", ["-t", address, "cancel-current-job.test"], { encoding: "utf8" });
  expect(run.stdout, "ipptool (Debian package cups-ipp-utils)").toMatch(/Cancel current job\s+\[PASS\]/);
}

describe("./madoguchi issue on ippeveprinter", () => {
  let judge: Ippeveprinter;
  let folder: string;
  beforeAll(async () => {
    judge = await startIppeveprinter();
    folder = mkdtempSync(join(tmpdir(), "madoguchi-judged-"));
  });
  afterAll(async () => {
    await judge.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("issues; what the foreign printer decoded is the released document, and a back that proves it", async () => {
    const done = await madoguchi("issue", "--json", "--printer", judge.address, "--out", folder);
    expect(done.code, done.err).toBe(0);
    expect(JSON.parse(done.out)).toMatchObject({ result: "issued", impressions: 2, pages: 1, feeYen: 200 });
    // The embedded printer had no part in it: its trays stayed empty, so there are no pictures of its sides.
    expect(readdirSync(folder).filter((file) => /^(front|back)-/.test(file))).toEqual([]);
    expect(judge.sides(1)).toBe(2);
    const notes = judge.jobNotes(1);
    for (const side of ["page1", "page2"]) {
      expect(notes.get(side)).toBe("4960x7016 600x600dpi iso_a4_210x297mm duplex=1 tumble=0 of=2");
    }
    const documentId = notes.get("IPP_JOB_NAME") ?? "";
    expect(readFileSync(join(folder, "journal.json"), "utf8")).toContain(`"documentId": "${documentId}"`);
    const { front, sealed } = await drawnFrom(readFileSync(join(folder, "certificate.pdf")));
    expect(firstDifference(judge.side(1, 1).pixels, front)).toBeUndefined();
    expect(judge.side(1, 1).pixels.filter((grey) => grey < 128).length).toBeGreaterThan(100_000);
    const keys = unwrap(readInspectionKeys(readFileSync(join(folder, "inspection-keys.json"))));
    const [told, ...others] = inspectPicture(reduce(judge.side(1, 2), 2), keys);
    expect(others).toEqual([]);
    expect(told).toMatchObject({ answer: "genuine", document: { documentId, page: 1, pages: 1 } });
    expect(Buffer.compare(told.front?.bits ?? Buffer.of(), sealed.bits)).toBe(0);
  });
});

/** The front as it must be on paper, and as it must be sealed on the back, from what the municipality released. */
async function drawnFrom(certificate: Uint8Array): Promise<{ front: Uint8Array; sealed: Bilevel }> {
  const pdf = unwrap(await createPdfEngine().openPdf(certificate));
  try {
    const front = unwrap(pdf.renderGrey(0, PAGE_WIDTH_PX, PAGE_HEIGHT_PX));
    const wanted = { side: "front", step: simulatedPrinterSteps.front } as const;
    const page = { widthPx: PAGE_WIDTH_PX, heightPx: PAGE_HEIGHT_PX, pixels: front };
    drawGround(page, unwrap(await createDeterrentPainter().ground(wanted)));
    return { front, sealed: unwrap(pdf.front(0)) };
  } finally {
    pdf.close();
  }
}

/** Where two pictures differ first, as text; undefined when they are equal in size and every pixel. */
function firstDifference(printed: Buffer, drawn: Uint8Array): string | undefined {
  if (printed.length !== drawn.length) return `${printed.length} and ${drawn.length} pixels`;
  if (printed.equals(drawn)) return undefined;
  const at = printed.findIndex((grey, i) => grey !== drawn[i]);
  const place = `x ${at % PAGE_WIDTH_PX}, y ${Math.floor(at / PAGE_WIDTH_PX)}`;
  return `${place}: printed ${printed[at]}, drawn ${drawn[at]}`;
}
