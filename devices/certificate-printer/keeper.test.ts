import { afterEach, describe, expect, test } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { certificate, codeOf, type PrinterBench, printerBench } from "../../test/support/printer-bench.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function bench(...options: Parameters<typeof printerBench>) {
  const made = await printerBench(...options);
  open.push(made.close);
  return made;
}

const onPaper = (b: PrinterBench) => b.simulator.pages().filter(({ waste }) => !waste).length;

/** A document that stands still in the printer, without paper for its second sheet. */
async function standingJob(b: PrinterBench) {
  b.simulator.loadPaper(1 - b.simulator.sheetsInTray());
  const job = unwrap(await b.run(b.printer.submit(certificate("doc-1", 2))));
  return job;
}

describe("what is left in the printer", () => {
  test("a job that nobody waits for any more is cancelled before the refill, and nothing comes out after it", async () => {
    const b = await bench();
    const job = await standingJob(b);
    const settle = await b.run(b.printer.settle(job, () => {}, { timeoutMs: 20_000 }));
    expect(codeOf(settle)).toBe("K-CMD-101");
    await b.clock.advance(5_000);
    b.simulator.loadPaper(100);
    await b.clock.advance(60_000);
    expect(onPaper(b)).toBe(2);
    expect(b.simulator.jobs()).toMatchObject([{ name: "doc-1", state: "canceled" }]);
  });

  test("a job that is settled waits for the refill, however long it takes", async () => {
    const b = await bench();
    const job = await standingJob(b);
    const settle = b.printer.settle(job, () => {});
    await b.clock.advance(100_000);
    b.simulator.loadPaper(100);
    expect(unwrap(await b.run(settle))).toMatchObject({ state: "done", impressionsCompleted: 4 });
  });

  test("a job that was handed over and never followed is ended when its rest is over", async () => {
    const b = await bench();
    await standingJob(b);
    await b.clock.advance(25_000);
    expect(b.simulator.jobs()).toMatchObject([{ state: "processing-stopped" }]);
    await b.clock.advance(10_000);
    expect(b.simulator.jobs()).toMatchObject([{ state: "canceled" }]);
  });

  test("a job whose reply was lost, in a printer that was gone for long, is cancelled when it is back", async () => {
    const b = await bench();
    b.simulator.breakConnections("resetAfter", { operation: "Print-Job" });
    b.simulator.stopAfterImpressions(1, "door-open");
    const submit = b.printer.submit(certificate("doc-1"));
    await b.clock.advance(100);
    await b.simulator.setPlugged(false);
    expect(codeOf(await b.run(submit))).toBe("K-PRINT-109");
    await b.clock.advance(60_000);
    await b.simulator.setPlugged(true);
    await b.clock.advance(10_000);
    b.simulator.setFault("door-open", false);
    await b.clock.advance(60_000);
    expect(onPaper(b)).toBe(0);
    expect(b.simulator.jobs()).toMatchObject([{ state: "canceled" }]);
  });
});

describe("after a crash of the kiosk", () => {
  test("the stale job is cancelled first, and still found and settled on what came out", async () => {
    const b = await bench();
    await standingJob(b);
    await b.clock.advance(20_000);
    await b.printer.close();
    const again = await b.attach();
    await b.clock.advance(1_000);
    expect(b.simulator.jobs()).toMatchObject([{ state: "canceled" }]);
    const found = unwrap(await b.run(again.findJob("doc-1")));
    expect(found).toMatchObject({ jobId: 1, impressions: 4, impressionsBefore: undefined });
    const settled = found && unwrap(await b.run(again.settle(found, () => {})));
    expect(settled).toMatchObject({ state: "notDone", impressionsCompleted: 2, jobState: "canceled" });
    b.simulator.loadPaper(100);
    await b.clock.advance(60_000);
    expect(onPaper(b)).toBe(2);
  });

  test("a sheet that was on its way comes out whole and is settled as done", async () => {
    const b = await bench();
    unwrap(await b.run(b.printer.submit(certificate("doc-1"))));
    await b.printer.close();
    const again = await b.attach();
    const found = unwrap(await b.run(again.findJob("doc-1")));
    const settled = found && unwrap(await b.run(again.settle(found, () => {})));
    expect(settled).toMatchObject({ state: "done", impressionsCompleted: 2 });
    expect(onPaper(b)).toBe(2);
  });

  test("a job that is looked for while the printer is met anew is not cancelled but followed", async () => {
    const b = await bench();
    await standingJob(b);
    await b.printer.close();
    await b.simulator.setPlugged(false);
    const again = await b.attach();
    await b.simulator.setPlugged(true);
    const found = unwrap(await b.run(again.findJob("doc-1")));
    const settle = found && again.settle(found, () => {});
    await b.clock.advance(20_000);
    b.simulator.loadPaper(100);
    expect(settle && unwrap(await b.run(settle))).toMatchObject({ state: "done", jobState: "completed" });
  });

  test("a job that the printer forgets once it is cancelled is unknown, not missing", async () => {
    const b = await bench();
    await standingJob(b);
    await b.printer.close();
    const again = await b.attach();
    await b.clock.advance(1_000);
    b.simulator.powerCycle();
    const found = unwrap(await b.run(again.findJob("doc-1")));
    expect(found).toMatchObject({ jobId: 1, impressions: 4 });
    expect(found && unwrap(await b.run(again.settle(found, () => {})))).toMatchObject({ state: "unknown" });
  });
});

describe("a printer that stays stopped when its fault is mended", () => {
  test("is told to go on by itself, and the job that waits is printed", async () => {
    const b = await bench();
    b.simulator.setStaysStopped(true);
    const job = await standingJob(b);
    const settle = b.printer.settle(job, () => {});
    await b.clock.advance(20_000);
    b.simulator.loadPaper(100);
    expect(b.simulator.state()).toBe("stopped");
    expect(unwrap(await b.run(settle))).toMatchObject({ state: "done" });
    await b.clock.advance(5_000);
    expect(b.printer.status().word).toBe("online");
  });

  test("stays as it is when somebody paused it, and when it does not take Resume-Printer", async () => {
    const b = await bench();
    b.simulator.setFault("paused", true);
    await b.clock.advance(60_000);
    expect(b.simulator.state()).toBe("stopped");
    b.simulator.setFault("paused", false);
    b.simulator.setResumable(false);
    b.simulator.setStaysStopped(true);
    b.simulator.setFault("door-open", true);
    b.simulator.setFault("door-open", false);
    await b.clock.advance(60_000);
    expect(b.simulator.state()).toBe("stopped");
    expect(b.printer.status()).toMatchObject({ word: "userError", cause: { code: "K-PRINT-205" } });
  });

  test("goes on only after the stale job in it is cancelled", async () => {
    const b = await bench();
    b.simulator.setStaysStopped(true);
    await standingJob(b);
    await b.clock.advance(20_000);
    await b.printer.close();
    b.simulator.loadPaper(100);
    b.simulator.breakConnections("resetBefore", { operation: "Get-Jobs" });
    await b.attach();
    expect(b.simulator.state()).toBe("stopped");
    await b.clock.advance(60_000);
    expect(b.simulator.state()).toBe("idle");
    expect(onPaper(b)).toBe(2);
  });
});
