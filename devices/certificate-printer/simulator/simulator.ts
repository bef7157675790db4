import sharp from "sharp";
import type { Clock } from "../../../src/kernel/clock.ts";
import { ok, type Result, unwrap } from "../../../src/kernel/result.ts";
import type { DocumentFormat } from "../condition.ts";
import type { OperationName } from "../ipp/registry.ts";
import { greyOf } from "../pwg/decode.ts";
import type { IppTransport } from "../transport.ts";
import { type ConnectionAccident, createAccidents, createHttp, inProcess, PATH } from "./connection.ts";
import { createEngine, type Engine, type PrinterFault } from "./engine.ts";
import type { PrintedOverlay, SimulatedJob } from "./jobs.ts";
import { createService, type Service } from "./service.ts";
import type { SecondTray } from "./stock.ts";

/** One printed side as it lies in the tray (or was lost in a jam). */
export interface SimulatedPage {
  readonly documentId: string;
  readonly side: "front" | "back";
  readonly width: number;
  readonly height: number;
  /** The sheet jammed: the page never reached the tray. */
  readonly waste: boolean;
  /** Header and compressed lines as they were sent. */
  readonly encoded: Uint8Array;
  /** The pixels, 0 black … 255 white, expanded on each call: 35 MB for A4 at 600 dpi. */
  grey(): Uint8Array;
  /** What lies over them, in four inks. */
  readonly overlays: readonly PrintedOverlay[];
}

export interface PrinterSimulatorOptions {
  readonly clock: Clock;
  /** 127.0.0.1 only. Without it the system chooses. */
  readonly port?: number;
  readonly name?: string;
  /** Time a sheet takes. A real 30-ppm engine needs about 4,000; the embedded default is quick. */
  readonly sheetMs?: number;
  readonly sheetsInTray?: number;
  /** What it prints: PWG raster, or PDF and nothing else. */
  readonly documentFormat?: DocumentFormat;
  /** It has colours, and takes PDF with overlays besides; off unless `true`. */
  readonly color?: boolean;
  /** Says what lies in which tray and how much is left; on unless `false`. */
  readonly describesStock?: boolean;
  /** Hears every request with the answer to it (undefined: none, HTTP 400). Views of the wire's bytes. */
  readonly onExchange?: (request: Uint8Array, answer: Uint8Array | undefined) => void;
}

/** A printer that exists in bytes and paper: what hands, accidents and a look into the tray can do. */
export interface PrinterSimulator {
  /** `ipp://127.0.0.1:port/ipp/print` */
  readonly address: string;
  /** The same printer without sockets, for tests on a fake clock. */
  readonly transport: IppTransport;

  setFault(fault: PrinterFault, present: boolean): void;
  /** Stops with `fault` (default a jam) when the current or next job has so many impressions: 1 is mid-sheet. */
  stopAfterImpressions(impressions: number, fault?: PrinterFault): void;
  loadPaper(sheets: number): void;
  /** Takes all sheets out of the output tray; how many there were. */
  takePaper(): number;
  /** Puts in a tray of another size, or takes it out; without sheets it says that its media is empty. */
  setSecondTray(tray: SecondTray | undefined): void;
  setToner(percent: number): void;
  sheetsInOutput(): number;
  sheetsInTray(): number;
  /** Called when the first sheet lies in the output tray and when it was emptied: the cabinet's paper sensor. */
  onPaper(listener: (present: boolean) => void): () => void;
  /** Called when anything that can be seen on the printer changed. */
  onChange(listener: () => void): () => void;
  /** What the engine does, as `printer-state` names it. */
  state(): "idle" | "processing" | "stopped";

  setBusy(busy: boolean): void;
  setAcceptingJobs(accepting: boolean): void;
  /** Takes Resume-Printer, or answers that it does not know it. */
  setResumable(resumable: boolean): void;
  /** When what stopped it is mended it stays stopped, without a reason, until it is told to resume. */
  setStaysStopped(stays: boolean): void;
  refuseFormat(refuse: boolean): void;
  /** Somebody presses cancel on the printer's panel. */
  cancelJob(jobId: number): boolean;
  /** The next request (or so many) meets the accident; with `operation` the next of that operation. */
  breakConnections(
    accident: ConnectionAccident,
    options?: { readonly requests?: number; readonly operation?: OperationName },
  ): void;
  /** Pulls and puts back the network cable. The port stays the same. */
  setPlugged(plugged: boolean): Promise<void>;
  /** Off and on: the jobs are forgotten, the page counter and the paper are not. */
  powerCycle(): void;

  /** Every side that was printed, oldest first. */
  pages(): readonly SimulatedPage[];
  /** One side as PNG, pixel by pixel. */
  pagePng(index: number): Promise<Buffer>;
  jobs(): readonly Readonly<SimulatedJob>[];
  impressions(): number;
  timesIdentified(): number;
  close(): Promise<void>;
}

const DEFAULTS = {
  name: "Certificate printer",
  sheetMs: 120,
  sheetsInTray: 250,
  documentFormat: "image/pwg-raster",
  describesStock: true,
  color: false,
} as const;

/** Starts the simulated printer. `K-CONF-105` when the port is taken. */
export async function startPrinterSimulator(options: PrinterSimulatorOptions): Promise<Result<PrinterSimulator>> {
  const { clock } = options;
  const { name, sheetMs, sheetsInTray, documentFormat, describesStock, color } = { ...DEFAULTS, ...options };
  let port = options.port ?? 0;
  const printerUri = () => `ipp://127.0.0.1:${port}${PATH}`;
  const engine = createEngine({ clock, sheetMs, sheetsInTray });
  const service = heard(
    createService({ clock, engine, name, printerUri, documentFormat, describesStock, color }),
    options.onExchange,
  );
  const accidents = createAccidents();
  let plugged = true;
  const http = createHttp(service, accidents.next);
  const listening = await http.listen(port);
  if (!listening.ok) return listening;
  port = listening.value;
  return ok({
    address: printerUri(),
    transport: inProcess(service, (request) => (plugged ? accidents.next(request) : "unplugged")),
    setFault: engine.setFault,
    stopAfterImpressions: (impressions, fault = "media-jam") => engine.stopAfterImpressions(impressions, fault),
    loadPaper: engine.loadPaper,
    takePaper: engine.takePaper,
    setSecondTray(tray) {
      service.switches.secondTray = tray;
    },
    setToner(percent) {
      service.switches.tonerPercent = percent;
    },
    sheetsInOutput: engine.sheetsInOutput,
    sheetsInTray: engine.sheetsInTray,
    onPaper: engine.onPaper,
    onChange: engine.onChange,
    state: engine.state,
    setBusy(busy) {
      service.switches.busy = busy;
    },
    setAcceptingJobs(accepting) {
      service.switches.acceptingJobs = accepting;
    },
    setResumable(resumable) {
      service.switches.resumable = resumable;
    },
    setStaysStopped: engine.setStaysStopped,
    refuseFormat(refuse) {
      service.switches.refuseFormat = refuse;
    },
    cancelJob: service.cancelJob,
    breakConnections: accidents.add,
    async setPlugged(next) {
      if (next === plugged) return;
      plugged = next;
      if (next) unwrap(await http.listen(port));
      else await http.close();
    },
    powerCycle() {
      engine.reset();
      service.forgetJobs();
    },
    pages: () => pagesOf(engine),
    async pagePng(index) {
      const page = pagesOf(engine)[index];
      if (!page) throw new RangeError(`there is no page ${index}`);
      const raw = { width: page.width, height: page.height, channels: 1 } as const;
      return sharp(page.grey(), { raw }).toColourspace("b-w").png({ compressionLevel: 6 }).toBuffer();
    },
    jobs: () => service.jobs,
    impressions: engine.impressions,
    timesIdentified: service.identified,
    close: () => http.close(),
  });
}

/** The same service, with somebody who listens. */
function heard(service: Service, onExchange: PrinterSimulatorOptions["onExchange"]): Service {
  if (!onExchange) return service;
  return {
    ...service,
    handle(request) {
      const answer = service.handle(request);
      onExchange(request, answer);
      return answer;
    },
  };
}

function pagesOf(engine: Engine): readonly SimulatedPage[] {
  return engine.sides.map(({ documentId, side, page, waste }) => ({
    documentId,
    side,
    width: page.header.widthPx,
    height: page.header.heightPx,
    waste,
    encoded: page.encoded,
    overlays: page.overlays ?? [],
    grey: () => unwrap(greyOf(page)),
  }));
}
