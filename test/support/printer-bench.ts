import type { PrintJob } from "../../devices/certificate-printer/port.ts";
import { createCertificatePrinter, type IppCertificatePrinter } from "../../devices/certificate-printer/printer.ts";
import {
  type PrinterSimulator,
  type PrinterSimulatorOptions,
  startPrinterSimulator,
} from "../../devices/certificate-printer/simulator/simulator.ts";
import { greyPage, pwgStream } from "../../devices/certificate-printer/simulator/test-pages.ts";
import type { IppTransport } from "../../devices/certificate-printer/transport.ts";
import { type Logger, silentLogger } from "../../src/kernel/logger.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";

/** A sheet of a desk printer. */
export const SHEET_MS = 4_000;

/** A certificate printer and its simulator on one fake clock, joined without sockets. */
export interface PrinterBench {
  readonly clock: FakeClock;
  readonly simulator: PrinterSimulator;
  readonly printer: IppCertificatePrinter;
  /** Another driver for the same printer, as after a crash of the kiosk. */
  attach(): Promise<IppCertificatePrinter>;
  /** Runs the clock until a command has completed. */
  run<T>(command: Promise<T>): Promise<T>;
  /** Prints one document and settles it. */
  print(documentId: string, sheets?: number): ReturnType<IppCertificatePrinter["settle"]>;
  close(): Promise<void>;
}

/** Makes a bench; `transport` may stand between the driver and the printer. */
export async function printerBench(
  options: Partial<PrinterSimulatorOptions> & {
    readonly transport?: (simulated: IppTransport) => IppTransport;
    readonly logger?: Logger;
    readonly overlays?: boolean;
  } = {},
): Promise<PrinterBench> {
  const { transport = (simulated) => simulated, logger = silentLogger, overlays = false, ...simulated } = options;
  const clock = createFakeClock();
  const simulator = unwrap(await startPrinterSimulator({ clock, sheetMs: SHEET_MS, sheetsInTray: 10, ...simulated }));
  const drivers: IppCertificatePrinter[] = [];
  const attach = async () => {
    const own = { clock, logger, overlays, transport: transport(simulator.transport) };
    const driver = unwrap(createCertificatePrinter({ name: "printer", address: simulator.address, ...own }));
    drivers.push(driver);
    await clock.advance(0);
    return driver;
  };
  const printer = await attach();
  const run = <T>(command: Promise<T>) => runUntilDone(clock, command);
  return {
    clock,
    simulator,
    printer,
    attach,
    run,
    async print(documentId, sheets) {
      const job = unwrap(await run(printer.submit(certificate(documentId, sheets))));
      return run(printer.settle(job, () => {}));
    },
    async close() {
      for (const driver of drivers) await driver.close();
      await simulator.close();
    },
  };
}

/** Runs the clock until a command has completed; throws when it does not within 500 seconds. */
export async function runUntilDone<T>(clock: FakeClock, command: Promise<T>, stepMs = 100): Promise<T> {
  let done = false;
  const mark = () => {
    done = true;
  };
  command.then(mark, mark);
  for (let i = 0; i < 5_000 && !done; i++) await clock.advance(stepMs);
  if (!done) throw new Error("the command has not completed");
  return command;
}

/** A certificate of small pages: each side has a grey of its own. */
export function certificate(documentId: string, sheets = 1): PrintJob {
  const pages = Array.from({ length: sheets * 2 }, (_, i) => greyPage(16, 8, i * 10));
  return { documentId, pwgRaster: pwgStream(pages), impressions: sheets * 2 };
}

/** The code of a failure; undefined when it is none. */
export function codeOf(result: Result<unknown>): string | undefined {
  return result.ok ? undefined : result.error.code;
}
