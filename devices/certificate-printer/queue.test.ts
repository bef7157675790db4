import { afterEach, describe, expect, test } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { certificate, codeOf, type PrinterBench, printerBench } from "../../test/support/printer-bench.ts";
import { createIppClient, type IppClient } from "./client.ts";
import { attribute, nameText } from "./ipp/message.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function bench(...options: Parameters<typeof printerBench>) {
  const made = await printerBench(...options);
  open.push(made.close);
  return made;
}

/** Makes a job in the printer's queue that waits for its document, as somebody. */
async function strangerMakesJob(b: PrinterBench, user: string, jobName: string): Promise<void> {
  const client: IppClient = createIppClient(b.clock, b.simulator.address, {
    // The client has one name for all; somebody else has another of the same length.
    send: (attributes, document, signal) =>
      b.simulator.transport.send(
        Buffer.from(Buffer.from(attributes).toString("latin1").replace("madoguchi", user), "latin1"),
        document,
        signal,
      ),
  });
  const request = { operation: [attribute("job-name", nameText(jobName))] };
  unwrap(await b.run(client.call("Create-Job", request, { timeoutMs: 1_000, signal: new AbortController().signal })));
}

const states = (b: PrinterBench) => b.simulator.jobs().map(({ name, state }) => `${name} ${state}`);

describe("clearing the printer's queue", () => {
  test("ends what this machine left in it, and nothing of anybody else", async () => {
    const b = await bench();
    await strangerMakesJob(b, "madoguchi", "left-1");
    await strangerMakesJob(b, "otherdesk", "theirs");
    await strangerMakesJob(b, "madoguchi", "left-2");
    unwrap(await b.run(b.printer.clearQueue()));
    expect(states(b)).toEqual(["left-1 canceled", "theirs pending", "left-2 canceled"]);
  });

  test("leaves the job alone that is being settled, and that was handed over a moment ago", async () => {
    const b = await bench();
    const job = unwrap(await b.run(b.printer.submit(certificate("doc-1"))));
    unwrap(await b.run(b.printer.clearQueue()));
    const settle = b.printer.settle(job, () => {});
    unwrap(await b.run(b.printer.clearQueue()));
    expect(unwrap(await b.run(settle))).toMatchObject({ state: "done", jobState: "completed" });
  });

  test("a job that nobody follows any more is ended too: it is settled on what came out", async () => {
    const b = await bench();
    b.simulator.stopAfterImpressions(1, "door-open");
    const job = unwrap(await b.run(b.printer.submit(certificate("doc-1"))));
    const given = await b.run(b.printer.settle(job, () => {}, { timeoutMs: 10_000 }));
    expect(codeOf(given)).toBe("K-CMD-101");
    unwrap(await b.run(b.printer.clearQueue()));
    expect(states(b)).toEqual(["doc-1 canceled"]);
    const settled = unwrap(await b.run(b.printer.settle(job, () => {})));
    expect(settled).toMatchObject({ state: "notDone", impressionsCompleted: 1 });
  });

  test("a printer that cannot be asked is an error, not an empty queue", async () => {
    const b = await bench();
    await b.simulator.setPlugged(false);
    expect(codeOf(await b.run(b.printer.clearQueue()))).toBe("K-PRINT-101");
  });
});

describe("letting a stopped printer go on", () => {
  test("one that was paused at its panel goes on when staff say so", async () => {
    const b = await bench();
    b.simulator.setFault("paused", true);
    expect(codeOf(await b.run(b.printer.check()))).toBe("K-PRINT-205");
    unwrap(await b.run(b.printer.resume()));
    expect(b.printer.status().word).toBe("online");
    expect(b.simulator.state()).toBe("idle");
  });

  test("one that does not take Resume-Printer is not asked: the refusal has a code of its own", async () => {
    const b = await bench();
    b.simulator.setResumable(false);
    b.simulator.setFault("paused", true);
    expect(codeOf(await b.run(b.printer.resume()))).toBe("K-PRINT-111");
    expect(b.simulator.state()).toBe("stopped");
  });
});
