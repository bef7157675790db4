import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { unwrap } from "../../../src/kernel/result.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { decodeIpp } from "../ipp/decode.ts";
import { encodeAttributes } from "../ipp/encode.ts";
import {
  attribute,
  boolean,
  charset,
  groupsOf,
  type IppAttribute,
  integer,
  keyword,
  nameText,
  naturalLanguage,
  numberOf,
  uri,
} from "../ipp/message.ts";
import { jobStateNames, type OperationName, operations, statusName } from "../ipp/registry.ts";
import { startPrinterSimulator } from "./simulator.ts";
import { greyPage, pwgStream } from "./test-pages.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const sheet = pwgStream([greyPage(16, 8, 0), greyPage(16, 8, 255)]);

/** The attributes of a request. */
function requestTo(
  address: string,
  operation: OperationName,
  own: readonly IppAttribute[],
  job: readonly IppAttribute[] | undefined,
): Buffer {
  return encodeAttributes({
    version: { major: 2, minor: 0 },
    code: operations[operation],
    requestId: 1,
    groups: [
      {
        tag: "operation",
        attributes: [
          attribute("attributes-charset", charset("utf-8")),
          attribute("attributes-natural-language", naturalLanguage("en")),
          attribute("printer-uri", uri(address)),
          ...own,
        ],
      },
      ...(job ? [{ tag: "job", attributes: job } as const] : []),
    ],
    data: new Uint8Array(0),
  });
}

/** The simulated printer without sockets, on a fake clock, and a client that says what it is told to. */
async function bench() {
  const clock = createFakeClock();
  const printer = unwrap(await startPrinterSimulator({ clock, sheetMs: 1_000 }));
  open.push(printer.close);
  const say = async (
    operation: OperationName,
    own: readonly IppAttribute[] = [],
    job?: readonly IppAttribute[],
    document?: Uint8Array,
  ) => {
    const attributes = requestTo(printer.address, operation, own, job);
    const bytes = unwrap(await printer.transport.send(attributes, document, new AbortController().signal));
    const answer = unwrap(decodeIpp(bytes));
    return { status: statusName(answer.code), answer, jobId: numberOf(groupsOf(answer, "job")[0], "job-id") ?? 0 };
  };
  const send = (jobId: number) =>
    say("Send-Document", [attribute("job-id", integer(jobId)), attribute("last-document", boolean(true))], [], sheet);
  const stateOf = async (jobId: number) => {
    const { answer } = await say("Get-Job-Attributes", [attribute("job-id", integer(jobId))]);
    return jobStateNames.get(numberOf(groupsOf(answer, "job")[0], "job-state") ?? 0);
  };
  return { clock, printer, say, send, stateOf };
}

describe("jobs of the simulated printer that come in two operations", () => {
  test("a job that was made while another prints waits its turn; a third document is told that it is busy", async () => {
    const { clock, printer, say, send, stateOf } = await bench();
    const first = await say("Create-Job");
    const second = await say("Create-Job");
    const third = await say("Create-Job");
    expect((await send(first.jobId)).status).toBe("successful-ok");
    expect((await send(second.jobId)).status).toBe("successful-ok");
    expect((await send(third.jobId)).status).toBe("server-error-busy");
    expect([await stateOf(first.jobId), await stateOf(second.jobId)]).toEqual(["processing", "pending"]);
    await clock.advance(1_000);
    expect([await stateOf(first.jobId), await stateOf(second.jobId)]).toEqual(["completed", "processing"]);
    await clock.advance(1_000);
    expect(await stateOf(second.jobId)).toBe("completed");
    expect(printer.pages()).toHaveLength(4);
  });

  test("a job whose document never comes is aborted after the time-out that the printer announces", async () => {
    const { clock, say, stateOf } = await bench();
    const { jobId } = await say("Create-Job");
    await clock.advance(60_000);
    expect(await stateOf(jobId)).toBe("pending");
    await clock.advance(1_000);
    expect(await stateOf(jobId)).toBe("aborted");
    expect((await say("Print-Job", [], [], sheet)).status).toBe("successful-ok");
  });

  test("no more than ten jobs are open, and no more than a hundred ended ones are remembered", async () => {
    const { printer, say } = await bench();
    const made = [];
    for (let i = 0; i < 11; i++) made.push(await say("Create-Job"));
    expect(made.map(({ status }) => status)).toEqual([...Array(10).fill("successful-ok"), "server-error-busy"]);
    for (const { jobId } of made.slice(0, 10)) await say("Cancel-Job", [attribute("job-id", integer(jobId))]);
    for (let i = 0; i < 120; i++) await say("Print-Job", [], [], Buffer.from("no raster"));
    expect(printer.jobs()).toHaveLength(100);
    expect(printer.jobs().every(({ pages }) => pages.length === 0)).toBe(true);
  });
});

describe("the simulated printer before hostile clients", () => {
  test("requests cut off, changed or made of noise get an answer that can be read, or none, and jobs stay bounded", async () => {
    const { printer, say } = await bench();
    const named = [attribute("job-name", nameText("a")), attribute("job-impressions", integer(2))];
    const ticket = [attribute("sides", keyword("one-sided")), attribute("number-up", integer(2))];
    const whole = Buffer.concat([requestTo(printer.address, "Print-Job", named, ticket), sheet]);
    const send = (bytes: Uint8Array) => printer.transport.send(bytes, undefined, new AbortController().signal);
    const readable = async (bytes: Uint8Array) => {
      const answer = await send(bytes);
      return answer.ok ? decodeIpp(answer.value).ok : answer.error.code === "K-PRINT-102";
    };
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255), length: fc.nat(whole.length) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, value } of changes) bytes[at] = value;
        return readable(bytes.subarray(0, changes[0]?.length));
      }),
    );
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), readable));
    expect(printer.jobs().length).toBeLessThanOrEqual(110);
    expect((await say("Get-Printer-Attributes")).status).toBe("successful-ok");
  });
});

describe("what a job asks and the simulated printer cannot do", () => {
  const asked = [
    attribute("sides", keyword("two-sided-short-edge")),
    attribute("media", keyword("iso_a4_210x297mm")),
    attribute("copies", integer(2)),
    attribute("number-up", integer(2)),
  ];

  test("is named and ignored, or refused when the client wants all or nothing", async () => {
    const { say } = await bench();
    const ignored = await say("Validate-Job", [], asked);
    expect(ignored.status).toBe("successful-ok-ignored-or-substituted-attributes");
    expect(groupsOf(ignored.answer, "unsupported")).toEqual([
      {
        tag: "unsupported",
        attributes: [
          attribute("sides", keyword("two-sided-short-edge")),
          attribute("copies", integer(2)),
          attribute("number-up", { tag: "outOfBand", reason: "unsupported" }),
        ],
      },
    ]);
    const refused = await say("Validate-Job", [attribute("ipp-attribute-fidelity", boolean(true))], asked);
    expect(refused.status).toBe("client-error-attributes-or-values-not-supported");
    expect(groupsOf(refused.answer, "unsupported")).toEqual(groupsOf(ignored.answer, "unsupported"));
  });

  test("a list of jobs of a kind that it does not know is refused by name", async () => {
    const { say } = await bench();
    const refused = await say("Get-Jobs", [attribute("which-jobs", keyword("fetchable"))]);
    expect(refused.status).toBe("client-error-attributes-or-values-not-supported");
    expect(groupsOf(refused.answer, "unsupported")[0]?.attributes).toEqual([
      attribute("which-jobs", keyword("fetchable")),
    ]);
  });
});
