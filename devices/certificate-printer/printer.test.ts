import { afterEach, describe, expect, test } from "vitest";
import { silentLogger } from "../../src/kernel/logger.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createFakeClock, type FakeClock } from "../../test/support/fake-clock.ts";
import {
  codeOf as code,
  certificate as document,
  printerBench,
  runUntilDone as run,
  SHEET_MS,
} from "../../test/support/printer-bench.ts";
import { createCertificatePrinter } from "./printer.ts";
import type { PrinterSimulator } from "./simulator/simulator.ts";
import { greyPage, pwgStream } from "./simulator/test-pages.ts";
import type { IppTransport } from "./transport.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function bench(options: Parameters<typeof printerBench>[0] = {}) {
  const made = await printerBench(options);
  open.push(made.close);
  return made;
}

async function settled(clock: FakeClock, b: Awaited<ReturnType<typeof bench>>, sheets = 1) {
  const job = unwrap(await run(clock, b.printer.submit(document("doc-1", sheets))));
  const progress: number[] = [];
  return {
    job,
    progress,
    settlement: await run(
      clock,
      b.printer.settle(job, (n) => progress.push(n)),
    ),
  };
}

describe("a document is printed", () => {
  test("both sides, counted one by one, settled on impressions, in the tray", async () => {
    const b = await bench();
    const paper: boolean[] = [];
    b.simulator.onPaper((present) => paper.push(present));
    expect(await run(b.clock, b.printer.check())).toEqual({ ok: true, value: undefined });
    const { job, progress, settlement } = await settled(b.clock, b);
    expect(job).toEqual({ jobId: 1, documentId: "doc-1", impressions: 2, impressionsBefore: 0 });
    expect(progress).toEqual([1, 2]);
    expect(unwrap(settlement)).toEqual({
      state: "done",
      impressionsCompleted: 2,
      jobState: "completed",
      impressionsAfter: 2,
    });
    expect(b.simulator.pages().map((p) => [p.documentId, p.side, p.grey()[0]])).toEqual([
      ["doc-1", "front", 0],
      ["doc-1", "back", 10],
    ]);
    expect(paper).toEqual([true]);
    expect(b.simulator.takePaper()).toBe(1);
    expect(paper).toEqual([true, false]);
  });

  test("the printer learns the document id and the machine's name, nothing else", async () => {
    const b = await bench();
    await settled(b.clock, b);
    expect(b.simulator.jobs()).toMatchObject([{ name: "doc-1", user: "madoguchi", impressions: 2 }]);
  });

  test("a job is found again by its document id, also when it has ended", async () => {
    const b = await bench();
    await settled(b.clock, b);
    expect(unwrap(await run(b.clock, b.printer.findJob("doc-1")))).toMatchObject({ jobId: 1, impressions: 2 });
    expect(unwrap(await run(b.clock, b.printer.findJob("doc-2")))).toBeUndefined();
  });

  test("the status says that it prints, then that it is ready again", async () => {
    const b = await bench();
    const words: string[] = [];
    b.printer.onStatus((status) => words.push(status.word));
    await settled(b.clock, b, 3);
    await b.clock.advance(6_000);
    expect(words).toEqual(["deviceBusy", "online"]);
  });

  test("Identify-Printer makes it be seen", async () => {
    const b = await bench();
    unwrap(await run(b.clock, b.printer.identify()));
    expect(b.simulator.timesIdentified()).toBe(1);
  });
});

describe("what stands in the way is found before money is taken", () => {
  test.each([
    ["no paper", (s: PrinterSimulator) => s.setFault("media-empty", true), "K-PRINT-201", "userError"],
    ["a jam", (s: PrinterSimulator) => s.setFault("media-jam", true), "K-PRINT-202", "hardwareError"],
    ["an open door", (s: PrinterSimulator) => s.setFault("door-open", true), "K-PRINT-203", "userError"],
    ["no toner", (s: PrinterSimulator) => s.setFault("toner-empty", true), "K-PRINT-204", "userError"],
    ["stopped at its panel", (s: PrinterSimulator) => s.setFault("paused", true), "K-PRINT-205", "userError"],
    ["takes no jobs", (s: PrinterSimulator) => s.setAcceptingJobs(false), "K-PRINT-104", "userError"],
    ["takes no PWG raster", (s: PrinterSimulator) => s.refuseFormat(true), "K-PRINT-105", "hardwareError"],
    ["garbage for an answer", (s: PrinterSimulator) => s.breakConnections("garbage"), "K-PRINT-102", "offline"],
    ["a reset connection", (s: PrinterSimulator) => s.breakConnections("resetBefore"), "K-LINK-102", "offline"],
    ["an unplugged cable", (s: PrinterSimulator) => s.setPlugged(false), "K-PRINT-101", "offline"],
  ] as const)("%s", async (_, happens, expected, word) => {
    const b = await bench();
    await happens(b.simulator);
    expect(code(await run(b.clock, b.printer.check()))).toBe(expected);
    expect(b.printer.status()).toMatchObject({ word, cause: { code: expected } });
  });

  test("a printer that is silent is given up in time, and cancelling ends the wait at once", async () => {
    const b = await bench();
    b.simulator.breakConnections("silence", { requests: 2 });
    expect(code(await run(b.clock, b.printer.check()))).toBe("K-CMD-101");
    expect(b.printer.status()).toMatchObject({ word: "offline", cause: { code: "K-CMD-101" } });
    const cancelling = new AbortController();
    const check = b.printer.check({ signal: cancelling.signal });
    cancelling.abort();
    expect(code(await check)).toBe("K-CMD-102");
  });

  test("a printer that was switched on a moment ago is found before the next ordinary look", async () => {
    const b = await bench();
    await b.simulator.setPlugged(false);
    await b.clock.advance(5_000);
    expect(b.printer.status().word).toBe("offline");
    await b.simulator.setPlugged(true);
    await b.clock.advance(500);
    expect(b.printer.status().word).toBe("online");
  });

  test("the status is kept fresh without being asked, and recovers by itself", async () => {
    const b = await bench();
    expect(b.printer.status().word).toBe("online");
    await b.simulator.setPlugged(false);
    await b.clock.advance(5_000);
    expect(b.printer.status()).toMatchObject({ word: "offline", cause: { code: "K-PRINT-101" } });
    await b.simulator.setPlugged(true);
    b.simulator.setFault("door-open", true);
    await b.clock.advance(5_000);
    expect(b.printer.status()).toMatchObject({ word: "userError", cause: { code: "K-PRINT-203" } });
    b.simulator.setFault("door-open", false);
    await b.clock.advance(5_000);
    expect(b.printer.status()).toMatchObject({ word: "online" });
    expect(b.printer.status().cause).toBeUndefined();
  });
});

describe("handing over a job", () => {
  test("a printer that could not print now gets nothing: no late paper after a refill", async () => {
    const b = await bench();
    b.simulator.setFault("media-empty", true);
    expect(code(await run(b.clock, b.printer.submit(document("doc-1"))))).toBe("K-PRINT-201");
    b.simulator.setFault("media-empty", false);
    await b.clock.advance(60_000);
    expect(b.simulator.jobs()).toEqual([]);
  });

  test("a busy printer is asked again until it is free", async () => {
    const b = await bench();
    b.simulator.setBusy(true);
    const submit = b.printer.submit(document("doc-1"));
    await b.clock.advance(3_000);
    expect(b.simulator.jobs()).toEqual([]);
    b.simulator.setBusy(false);
    expect(unwrap(await run(b.clock, submit))).toMatchObject({ jobId: 1 });
  });

  test("a printer that stays busy refuses in time", async () => {
    const b = await bench();
    b.simulator.setBusy(true);
    expect(code(await run(b.clock, b.printer.submit(document("doc-1"), { timeoutMs: 9_000 })))).toBe("K-PRINT-103");
  });

  test("a silent printer is given up in time with nothing sent; a cancel before that is told apart", async () => {
    const b = await bench();
    b.simulator.breakConnections("silence", { requests: 2, operation: "Get-Printer-Attributes" });
    expect(code(await run(b.clock, b.printer.submit(document("doc-1"), { timeoutMs: 1_000 })))).toBe("K-CMD-101");
    const cancelling = new AbortController();
    const submit = b.printer.submit(document("doc-1"), { signal: cancelling.signal });
    await b.clock.advance(10);
    cancelling.abort();
    expect(code(await run(b.clock, submit))).toBe("K-CMD-102");
    expect(b.simulator.jobs()).toEqual([]);
  });

  test("a format that is refused, and a raster that is none, are typed errors", async () => {
    const b = await bench();
    const torn = { documentId: "doc-1", pwgRaster: pwgStream([greyPage(16, 8, 0)]).subarray(0, -1), impressions: 2 };
    expect(code(await run(b.clock, b.printer.submit(torn)))).toBe("K-PRINT-105");
  });

  test("a lost reply: the job that was taken is found by its name and not sent again", async () => {
    const b = await bench();
    b.simulator.breakConnections("resetAfter", { operation: "Print-Job" });
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    expect(job).toEqual({ jobId: 1, documentId: "doc-1", impressions: 2, impressionsBefore: 0 });
    expect(
      unwrap(
        await run(
          b.clock,
          b.printer.settle(job, () => {}),
        ),
      ),
    ).toMatchObject({ state: "done" });
    expect(b.simulator.jobs()).toHaveLength(1);
  });

  test.each(["resetBefore", "garbage"] as const)("a lost reply (%s) is looked into", async (accident) => {
    const b = await bench();
    b.simulator.breakConnections(accident, { operation: "Print-Job" });
    const result = await run(b.clock, b.printer.submit(document("doc-1")));
    // The garbage came after the job was taken; before the reset there was none, and it is not sent again.
    expect(result).toMatchObject(accident === "garbage" ? { ok: true } : { ok: false, error: { code: "K-PRINT-110" } });
    expect(b.simulator.jobs()).toHaveLength(accident === "garbage" ? 1 : 0);
  });

  test("a lost reply of a printer that is gone for good: nobody knows, and the error says so", async () => {
    const transport = (simulated: IppTransport): IppTransport => {
      let gone = false;
      return {
        async send(attributes, document, signal) {
          if (gone) return { ok: false, error: { code: "K-PRINT-101" } };
          gone = document !== undefined;
          return simulated.send(attributes, document, signal);
        },
      };
    };
    const b = await bench({ transport });
    b.simulator.breakConnections("resetAfter", { operation: "Print-Job" });
    expect(code(await run(b.clock, b.printer.submit(document("doc-1"))))).toBe("K-PRINT-109");
  });

  test("a cancel that comes while the job is on its way still finds out what became of it", async () => {
    const transport = (simulated: IppTransport): IppTransport => ({
      async send(attributes, document, signal) {
        const answer = await simulated.send(attributes, document, signal);
        if (document) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        return answer;
      },
    });
    const b = await bench({ transport });
    const cancelling = new AbortController();
    const submit = b.printer.submit(document("doc-1"), { signal: cancelling.signal });
    await b.clock.advance(100);
    cancelling.abort();
    expect(unwrap(await run(b.clock, submit))).toMatchObject({ jobId: 1 });
  });
});

describe("following a job", () => {
  test("a stop in the middle of the sheet: progress stands at the front, the status names the cause", async () => {
    const b = await bench();
    b.simulator.stopAfterImpressions(1, "door-open");
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    const progress: (readonly [impressions: number, code: string | undefined])[] = [];
    const settle = b.printer.settle(job, (n, obstacle) => progress.push([n, obstacle?.code]));
    await b.clock.advance(20_000);
    expect(progress).toEqual([[1, "K-PRINT-203"]]);
    expect(b.printer.status()).toMatchObject({ word: "userError", cause: { code: "K-PRINT-203" } });
    b.simulator.setFault("door-open", false);
    expect(unwrap(await run(b.clock, settle))).toMatchObject({ state: "done", impressionsCompleted: 2 });
    expect(progress.slice(1)).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
  });

  test("a printer that says only of itself what is wrong, while its job goes on: told when nothing has come for a while", async () => {
    const b = await bench({ sheetMs: 120_000 });
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    const progress: (readonly [impressions: number, code: string | undefined])[] = [];
    const settle = b.printer.settle(job, (n, obstacle) => progress.push([n, obstacle?.code]));
    b.simulator.setFault("door-open", true);
    await b.clock.advance(19_000);
    expect(progress).toEqual([]);
    await b.clock.advance(2_000);
    expect(progress).toEqual([[0, "K-PRINT-203"]]);
    b.simulator.setFault("door-open", false);
    await b.clock.advance(1_000);
    expect(progress.slice(1)).toEqual([[0, undefined]]);
    expect(unwrap(await run(b.clock, settle))).toMatchObject({ state: "done" });
  });

  test("the last sheet of the tray, printed by a cold engine: nobody is called for", async () => {
    const b = await bench({ sheetMs: 24_000, sheetsInTray: 1 });
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    const progress: (readonly [impressions: number, code: string | undefined])[] = [];
    const settle = b.printer.settle(job, (n, obstacle) => progress.push([n, obstacle?.code]));
    expect(unwrap(await run(b.clock, settle))).toMatchObject({ state: "done" });
    expect(progress).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
  });

  test("a jam in the middle: the sheet is printed again, the torn one is waste", async () => {
    const b = await bench();
    b.simulator.stopAfterImpressions(1, "media-jam");
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    const settle = b.printer.settle(job, () => {});
    await b.clock.advance(20_000);
    b.simulator.setFault("media-jam", false);
    expect(unwrap(await run(b.clock, settle))).toMatchObject({
      state: "done",
      impressionsCompleted: 2,
      impressionsAfter: 3,
    });
    expect(b.simulator.pages().map((p) => [p.side, p.waste])).toEqual([
      ["front", true],
      ["front", false],
      ["back", false],
    ]);
    expect(b.simulator.takePaper()).toBe(1);
  });

  test("cancelled in the middle of the sheet: not done, one side counted", async () => {
    const b = await bench();
    b.simulator.stopAfterImpressions(1, "media-jam");
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    await b.clock.advance(20_000);
    unwrap(await run(b.clock, b.printer.cancel(job.jobId)));
    expect(
      unwrap(
        await run(
          b.clock,
          b.printer.settle(job, () => {}),
        ),
      ),
    ).toEqual({
      state: "notDone",
      impressionsCompleted: 1,
      jobState: "canceled",
      impressionsAfter: 1,
    });
  });

  test("cancelled while the last sheet runs: all sides came out, so it is done", async () => {
    const b = await bench();
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    unwrap(await run(b.clock, b.printer.cancel(job.jobId)));
    expect(
      unwrap(
        await run(
          b.clock,
          b.printer.settle(job, () => {}),
        ),
      ),
    ).toMatchObject({
      state: "done",
      impressionsCompleted: 2,
      jobState: "canceled",
    });
  });

  test("paper that runs out after the first sheet of two: waits, and goes on after the refill", async () => {
    const b = await bench();
    b.simulator.loadPaper(1 - b.simulator.sheetsInTray());
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1", 2))));
    const settle = b.printer.settle(job, () => {});
    await b.clock.advance(30_000);
    expect(b.printer.status()).toMatchObject({ cause: { code: "K-PRINT-201" } });
    b.simulator.loadPaper(100);
    expect(unwrap(await run(b.clock, settle))).toMatchObject({ state: "done", impressionsCompleted: 4 });
  });

  test("not ended in time: K-CMD-101 with what stands in the way", async () => {
    const b = await bench();
    b.simulator.stopAfterImpressions(1, "media-jam");
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    expect(
      await run(
        b.clock,
        b.printer.settle(job, () => {}, { timeoutMs: 30_000 }),
      ),
    ).toMatchObject({
      ok: false,
      error: { code: "K-CMD-101", detail: { impressions: 1 }, cause: { code: "K-PRINT-202" } },
    });
  });

  test("a printer that is gone for a while is asked on, and the job settled when it is back", async () => {
    const b = await bench();
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    const settle = b.printer.settle(job, () => {});
    await b.simulator.setPlugged(false);
    await b.clock.advance(20_000);
    await b.simulator.setPlugged(true);
    expect(unwrap(await run(b.clock, settle))).toMatchObject({ state: "done" });
  });

  test("switched off in the middle: the job is forgotten, the counter tells that one side came out", async () => {
    const b = await bench();
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    await b.clock.advance(SHEET_MS / 2 + 100);
    b.simulator.powerCycle();
    expect(
      unwrap(
        await run(
          b.clock,
          b.printer.settle(job, () => {}),
        ),
      ),
    ).toEqual({
      state: "notDone",
      impressionsCompleted: 1,
      jobState: "forgotten",
      impressionsAfter: 1,
    });
  });

  test("a job number that now belongs to somebody else's job is not taken for ours", async () => {
    const b = await bench();
    const { job } = await settled(b.clock, b);
    b.simulator.powerCycle();
    const other = unwrap(await run(b.clock, b.printer.submit(document("doc-2"))));
    expect(other.jobId).toBe(job.jobId);
    unwrap(
      await run(
        b.clock,
        b.printer.settle(other, () => {}),
      ),
    );
    expect(
      unwrap(
        await run(
          b.clock,
          b.printer.settle(job, () => {}),
        ),
      ),
    ).toMatchObject({
      state: "unknown",
      jobState: "forgotten",
    });
  });

  test("closing the device ends what is under way with K-CMD-102", async () => {
    const b = await bench();
    const job = unwrap(await run(b.clock, b.printer.submit(document("doc-1"))));
    const settle = b.printer.settle(job, () => {});
    await b.printer.close();
    expect(code(await run(b.clock, settle))).toBe("K-CMD-102");
    expect(code(await run(b.clock, b.printer.check()))).toBe("K-CMD-102");
    expect(code(await run(b.clock, b.printer.submit(document("doc-2"))))).toBe("K-CMD-102");
  });
});

test("an address that is none is refused", () => {
  for (const address of ["http://host/ipp", "ipp:", "ipp://user@host/ipp", "printer"]) {
    const made = createCertificatePrinter({ name: "p", address, clock: createFakeClock(), logger: silentLogger });
    expect(code(made)).toBe("K-LINK-103");
  }
});
