import { expect } from "vitest";
import type { CertificatePrinter, PrintJob, PrintSettlement } from "../../../devices/certificate-printer/port.ts";
import { createCertificatePrinter } from "../../../devices/certificate-printer/printer.ts";
import {
  type PrinterSimulator,
  startPrinterSimulator,
} from "../../../devices/certificate-printer/simulator/simulator.ts";
import { greyPage, pwgStream } from "../../../devices/certificate-printer/simulator/test-pages.ts";
import { type IppTransport, parseIppAddress } from "../../../devices/certificate-printer/transport.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { createExchangeLine } from "../support/exchange-line.ts";
import type { Line } from "../support/line.ts";
import { realTime } from "../support/real-time.ts";
import { createSocketLine } from "../support/socket-line.ts";
import { steppedTime } from "../support/stepped-time.ts";
import { type BreakableWorld, type Call, type Harm, type Outcome, type Time, untilWord } from "../support/world.ts";

const DOCUMENT = "document-1";
const SHEET_MS = 400;
const QUICK_SHEET_MS = 100;

/** One small certificate: a front and a back. */
function certificate(): PrintJob {
  return { documentId: DOCUMENT, pwgRaster: pwgStream([greyPage(16, 4, 0), greyPage(16, 4, 90)]), impressions: 2 };
}

/** Looks, prints one sheet and settles it. `settled` is what the driver said of the paper. */
export function printSession(printer: CertificatePrinter, time: Time) {
  const said: { settled?: PrintSettlement } = {};
  return {
    said,
    async run(call: Call): Promise<void> {
      await untilWord({ device: printer, time }, "online");
      await call("check", (options) => printer.check(options));
      const taken = await call("submit", (options) => printer.submit(certificate(), options));
      if (!taken.ok) return;
      const settled = await call("settle", (options) => printer.settle(taken.value, () => {}, options));
      if (settled.ok) said.settled = settled.value;
      await call("findJob", (options) => printer.findJob(DOCUMENT, options));
    },
  };
}

/** Compares what the driver said with the paper in the tray. */
export function judgePaper(
  simulator: PrinterSimulator,
  said: { readonly settled?: PrintSettlement },
  outcomes: readonly Outcome[],
  harm: Harm,
): void {
  const sides = simulator.pages().filter(({ waste }) => !waste).length;
  expect(simulator.jobs().length, "jobs").toBeLessThanOrEqual(1);
  expect(sides, "sides").toBeLessThanOrEqual(2);
  const submit = outcomes.find(({ command }) => command === "submit")?.code;
  if (submit === "ok" && harm !== "noise") expect(simulator.jobs().map(({ name }) => name)).toEqual([DOCUMENT]);
  if (submit === "K-PRINT-110") expect(simulator.jobs(), "jobs that are said not to be taken").toEqual([]);
  // TCP keeps noise away; a number that noise changed inside an answer reads as well as any other.
  if (harm === "noise") return;
  if (said.settled?.state === "done") expect(sides, "sides of a job that is done").toBe(2);
  if (said.settled?.state === "notDone") expect(sides, "sides of a job that is not done").toBeLessThan(2);
}

/** The hardware faults of a printer that has the hands of `simulator`. */
export function printerFaultsOf(simulator: PrinterSimulator): BreakableWorld["faults"] {
  const fault = (
    name: string,
    reason: Parameters<PrinterSimulator["setFault"]>[0],
    code: BreakableWorld["faults"][number]["code"],
    word: BreakableWorld["faults"][number]["word"] = "userError",
  ) => ({
    name,
    word,
    code,
    happen: () => simulator.setFault(reason, true),
    mend: () => simulator.setFault(reason, false),
  });
  return [
    fault("no paper", "media-empty", "K-PRINT-201"),
    fault("a jam", "media-jam", "K-PRINT-202", "hardwareError"),
    fault("an open door", "door-open", "K-PRINT-203"),
    fault("no toner", "toner-empty", "K-PRINT-204"),
    fault("a stop at its panel", "paused", "K-PRINT-205"),
    {
      name: "no jobs accepted",
      word: "userError",
      code: "K-PRINT-104",
      happen: () => simulator.setAcceptingJobs(false),
      mend: () => simulator.setAcceptingJobs(true),
    },
  ];
}

/** A certificate printer and its machine in one process: IPP messages without HTTP. */
export async function certificatePrinterWorld(): Promise<BreakableWorld> {
  const time = steppedTime();
  const simulator = unwrap(
    await startPrinterSimulator({ clock: time.machineClock, sheetMs: SHEET_MS, describesStock: false }),
  );
  const never = new AbortController().signal;
  const line = createExchangeLine(time.machineClock, (question) =>
    simulator.transport.send(question, undefined, never),
  );
  const transport: IppTransport = {
    send: (attributes, document, signal) =>
      line.send(Buffer.concat([attributes, document ?? new Uint8Array()]), signal),
  };
  return worldOf({ time, simulator, line, address: simulator.address, transport, dispose: () => simulator.close() });
}

/** The same over TCP and HTTP, in real time. */
export async function certificatePrinterOverTcp(): Promise<BreakableWorld> {
  const time = realTime();
  const simulator = unwrap(await startPrinterSimulator({ clock: time.clock, sheetMs: QUICK_SHEET_MS }));
  const { host, port, path } = unwrap(parseIppAddress(simulator.address));
  const line = await createSocketLine({
    clock: time.clock,
    listenAt: { host, port: 0 },
    target: { host, port },
    dialler: "driver",
  });
  return worldOf({
    time,
    simulator,
    line,
    address: `ipp://${host}:${line.port}${path}`,
    async dispose() {
      await line.close();
      await simulator.close();
    },
  });
}

interface Parts {
  readonly time: Time;
  readonly simulator: PrinterSimulator;
  readonly line: Line;
  readonly address: string;
  readonly transport?: IppTransport;
  dispose(): Promise<void>;
}

function worldOf({ time, simulator, line, address, transport, dispose }: Parts): BreakableWorld {
  const printer = unwrap(
    createCertificatePrinter({
      name: "printer",
      address,
      clock: time.clock,
      logger: silentLogger,
      ...(transport ? { transport } : {}),
    }),
  );
  const session = printSession(printer, time);
  return {
    device: printer,
    line,
    time,
    session: session.run,
    judge: (outcomes, harm) => judgePaper(simulator, session.said, outcomes, harm),
    probe: (call) => call("probe", (options) => printer.check(options)),
    dispose,
    look: (call) => call("look", (options) => printer.check(options)),
    faults: printerFaultsOf(simulator),
  };
}
