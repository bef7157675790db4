import { afterEach, describe, expect, test } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { certificate, type PrinterBench, printerBench } from "../../test/support/printer-bench.ts";
import { decodeIpp } from "./ipp/decode.ts";
import { encodeIpp } from "./ipp/encode.ts";
import { enumeration, groupsOf, type IppAttribute, type IppMessage, integer, keyword } from "./ipp/message.ts";
import { operations } from "./ipp/registry.ts";
import type { IppTransport } from "./transport.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** What a printer makes of one attribute of an answer; undefined leaves it out. */
type Lies = Readonly<Record<string, (said: IppAttribute) => IppAttribute | undefined>>;

/** A printer whose answers are true but for some attributes. */
function lying(lies: () => Lies): (simulated: IppTransport) => IppTransport {
  const told = (message: IppMessage): IppMessage => ({
    ...message,
    groups: message.groups.map((group) => ({
      ...group,
      attributes: group.attributes.flatMap((attribute) => {
        const lie = lies()[attribute.name];
        const changed = lie ? lie(attribute) : attribute;
        return changed ? [changed] : [];
      }),
    })),
  });
  return (simulated) => ({
    async send(attributes, document, signal) {
      const answer = await simulated.send(attributes, document, signal);
      return answer.ok ? { ok: true, value: encodeIpp(told(unwrap(decodeIpp(answer.value)))) } : answer;
    },
  });
}

const always = (value: number) => (said: IppAttribute) => ({ ...said, values: [integer(value)] });

/** A bench that tells the truth until `tell` changes it. */
async function bench(): Promise<PrinterBench & { tell(lies: Lies): void; readonly asked: string[][] }> {
  let lies: Lies = {};
  const asked: string[][] = [];
  const b = await printerBench({
    transport: lying(() => lies),
    onExchange(request) {
      const message = unwrap(decodeIpp(request));
      if (message.code !== operations["Print-Job"]) return;
      asked.push(groupsOf(message, "job").flatMap((group) => group.attributes.map(({ name }) => name)));
    },
  });
  open.push(b.close);
  return {
    ...b,
    asked,
    tell: (next) => {
      lies = next;
    },
  };
}

/** Prints a sheet while the printer lies from the moment at which it took the job. */
async function settleUnder(lies: Lies) {
  const b = await bench();
  await b.print("doc-0");
  const job = unwrap(await b.run(b.printer.submit(certificate("doc-1"))));
  b.tell(lies);
  return unwrap(await b.run(b.printer.settle(job, () => {})));
}

describe("a printer that says what is not so is never guessed about", () => {
  test("completed without one impression, while the counter moved: unknown", async () => {
    const settled = await settleUnder({ "job-impressions-completed": always(0) });
    expect(settled).toMatchObject({ state: "unknown", jobState: "completed" });
  });

  test("the counter jumps back and the job counts nothing: unknown", async () => {
    const settled = await settleUnder({
      "job-impressions-completed": always(0),
      "printer-impressions-completed": always(1),
    });
    expect(settled).toMatchObject({ state: "unknown" });
  });

  test("a counter that follows its job a second later is not a lie: it is asked again", async () => {
    let asked = 0;
    const lagging = (said: IppAttribute) => (asked++ < 4 ? { ...said, values: [integer(2)] } : said);
    expect(await settleUnder({ "printer-impressions-completed": lagging })).toMatchObject({ state: "done" });
    expect(asked).toBeGreaterThan(4);
  });

  test("the counter jumps back while the job counts all its sides: they contradict each other, so unknown", async () => {
    const settled = await settleUnder({ "printer-impressions-completed": always(1) });
    expect(settled).toMatchObject({ state: "unknown", impressionsCompleted: 2 });
  });

  test("the counter does not move while the job counts all its sides: unknown", async () => {
    const settled = await settleUnder({ "printer-impressions-completed": always(2) });
    expect(settled).toMatchObject({ state: "unknown", impressionsCompleted: 2, impressionsAfter: 2 });
  });

  test("the counter does not move and the job counts nothing, though it is called completed: nothing says that it printed", async () => {
    const settled = await settleUnder({
      "job-impressions-completed": always(0),
      "printer-impressions-completed": always(2),
    });
    expect(settled).toMatchObject({ state: "unknown", jobState: "completed" });
  });

  test("more impressions than were asked for: whose they are nobody knows, so unknown", async () => {
    const settled = await settleUnder({ "job-impressions-completed": always(5) });
    expect(settled).toMatchObject({ state: "unknown", impressionsCompleted: 5 });
  });

  test("an impression count below nought is none: the counter settles the job", async () => {
    const settled = await settleUnder({ "job-impressions-completed": always(-1) });
    expect(settled).toMatchObject({ state: "done", impressionsCompleted: 2 });
  });

  test("idle while it prints: the job is followed to its end by its own state", async () => {
    const settled = await settleUnder({ "printer-state": (said) => ({ ...said, values: [enumeration(3)] }) });
    expect(settled).toMatchObject({ state: "done", impressionsCompleted: 2 });
  });
});

describe("what a printer does not offer is not asked of it", () => {
  test("print-scaling none only where it is offered", async () => {
    const b = await bench();
    b.tell({ "print-scaling-supported": (said) => ({ ...said, values: [keyword("auto")] }) });
    unwrap(await b.print("doc-1"));
    b.tell({});
    unwrap(await b.print("doc-2"));
    expect(b.asked).toEqual([
      ["media", "sides"],
      ["media", "sides", "print-scaling"],
    ]);
  });
});
