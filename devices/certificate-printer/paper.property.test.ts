import fc from "fast-check";
import { expect, test } from "vitest";
import { certificate, type PrinterBench, printerBench, runUntilDone } from "../../test/support/printer-bench.ts";
import type { IppCertificatePrinter } from "./printer.ts";
import { printerFaults } from "./simulator/engine.ts";

/** Enough to meet every pair of accidents again and again; a run takes some twenty milliseconds. */
const RUNS = 60;
const SEED = 20_261_124;
const DOCUMENTS = ["doc-1", "doc-2", "doc-3"];

/** What can happen to a printer and to a kiosk in front of it. */
const event = fc.oneof(
  fc.record({
    what: fc.constant("print" as const),
    document: fc.constantFrom(...DOCUMENTS),
    sheets: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({ what: fc.constant("fault" as const), fault: fc.constantFrom(...printerFaults), present: fc.boolean() }),
  fc.record({
    what: fc.constant("stopAt" as const),
    impressions: fc.integer({ min: 1, max: 4 }),
    fault: fc.constantFrom(...printerFaults),
  }),
  fc.record({ what: fc.constant("paper" as const), sheets: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ what: fc.constant("plugged" as const), plugged: fc.boolean() }),
  fc.record({
    what: fc.constant("accident" as const),
    accident: fc.constantFrom("resetBefore", "resetAfter", "garbage", "silence"),
  }),
  fc.record({ what: fc.constant("staysStopped" as const), stays: fc.boolean() }),
  fc.record({ what: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ what: fc.constantFrom("crash", "clearQueue", "resume", "powerCycle", "find") }),
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** The kiosk in front of the printer: it prints and gives up, crashes and comes back, and counts what it asked for. */
function kioskOf(b: PrinterBench) {
  const submitted: string[] = [];
  let printer: IppCertificatePrinter = b.printer;
  const settle = async (own: IppCertificatePrinter, documentId: string, sheets: number) => {
    submitted.push(documentId);
    const job = await own.submit(certificate(documentId, sheets), { timeoutMs: 10_000 });
    if (job.ok) await own.settle(job.value, () => {}, { timeoutMs: 20_000 });
  };
  const find = async (own: IppCertificatePrinter, documentId: string) => {
    const found = await own.findJob(documentId);
    if (found.ok && found.value) await own.settle(found.value, () => {}, { timeoutMs: 20_000 });
  };
  return {
    submitted,
    printer: () => printer,
    async meets(happening: Event): Promise<void> {
      const { simulator } = b;
      switch (happening.what) {
        case "print":
          void settle(printer, happening.document, happening.sheets);
          return;
        case "fault":
          return simulator.setFault(happening.fault, happening.present);
        case "stopAt":
          return simulator.stopAfterImpressions(happening.impressions, happening.fault);
        case "paper":
          return simulator.loadPaper(happening.sheets - simulator.sheetsInTray());
        case "plugged":
          return simulator.setPlugged(happening.plugged);
        case "accident":
          return simulator.breakConnections(happening.accident);
        case "staysStopped":
          return simulator.setStaysStopped(happening.stays);
        case "wait":
          return b.clock.advance(happening.seconds * 1_000);
        case "crash":
          await printer.close();
          printer = await b.attach();
          for (const documentId of DOCUMENTS) void find(printer, documentId);
          return;
        case "clearQueue":
          void printer.clearQueue();
          return;
        case "resume":
          void printer.resume();
          return;
        case "powerCycle":
          return simulator.powerCycle();
        case "find":
          for (const documentId of DOCUMENTS) void find(printer, documentId);
      }
    },
  };
}

/** Hands mend everything, and the kiosk has the time to see it. */
async function mend(b: PrinterBench): Promise<void> {
  await b.simulator.setPlugged(true);
  b.simulator.loadPaper(200);
  for (const fault of printerFaults) b.simulator.setFault(fault, false);
  await b.clock.advance(120_000);
}

test("whatever faults, refills and crashes happen, no document is on paper more often than it was submitted, and the printer prints again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 2, maxLength: 14 }), async (happenings) => {
      const b = await printerBench();
      const kiosk = kioskOf(b);
      for (const happening of happenings) {
        await kiosk.meets(happening);
        await b.clock.advance(200);
      }
      // What stops in the middle of what is mended now is mended as well.
      for (let i = 0; i < 2; i++) await mend(b);
      const fronts = b.simulator
        .pages()
        .filter(({ side, waste, grey }) => side === "front" && !waste && grey()[0] === 0);
      for (const documentId of DOCUMENTS) {
        const times = kiosk.submitted.filter((id) => id === documentId).length;
        expect(b.simulator.jobs().filter(({ name }) => name === documentId).length).toBeLessThanOrEqual(times);
        expect(fronts.filter((page) => page.documentId === documentId).length).toBeLessThanOrEqual(times);
      }
      expect(b.simulator.jobs().filter(({ state }) => !["canceled", "aborted", "completed"].includes(state))).toEqual(
        [],
      );
      expect((await runUntilDone(b.clock, kiosk.printer().check())).ok).toBe(true);
      await b.close();
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
