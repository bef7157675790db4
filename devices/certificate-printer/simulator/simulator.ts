import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import sharp from "sharp";
import type { Clock } from "../../../src/kernel/clock.ts";
import { messageOf } from "../../../src/kernel/errors/failure.ts";
import { fail, ok, type Result, unwrap } from "../../../src/kernel/result.ts";
import { type OperationName, operations } from "../ipp/registry.ts";
import { greyOf } from "../pwg/decode.ts";
import type { IppTransport } from "../transport.ts";
import { createEngine, type Engine, type PrinterFault } from "./engine.ts";
import type { SimulatedJob } from "./jobs.ts";
import { createService, type Service } from "./service.ts";

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
}

export interface PrinterSimulatorOptions {
  readonly clock: Clock;
  /** 127.0.0.1 only. Without it the system chooses. */
  readonly port?: number;
  readonly name?: string;
  /** Time a sheet takes. A real 30-ppm engine needs about 4,000; the embedded default is quick. */
  readonly sheetMs?: number;
  readonly sheetsInTray?: number;
}

/**
 * The accidents of a connection: it breaks before the request is acted on, or after (so that no answer is seen); the
 * answer is the worst message known; or there is none.
 */
export type ConnectionAccident = "resetBefore" | "resetAfter" | "garbage" | "silence";

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
  sheetsInOutput(): number;
  sheetsInTray(): number;
  /** Called when the first sheet lies in the output tray and when it was emptied: the cabinet's paper sensor. */
  onPaper(listener: (present: boolean) => void): () => void;

  setBusy(busy: boolean): void;
  setAcceptingJobs(accepting: boolean): void;
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

const DEFAULTS = { name: "Certificate printer", sheetMs: 120, sheetsInTray: 250 };
const PATH = "/ipp/print";
const MAX_REQUEST_BYTES = 256 << 20;

/** Starts the simulated printer. `K-CONF-105` when the port is taken. */
export async function startPrinterSimulator(options: PrinterSimulatorOptions): Promise<Result<PrinterSimulator>> {
  const { clock } = options;
  const { name, sheetMs, sheetsInTray } = { ...DEFAULTS, ...options };
  let port = options.port ?? 0;
  const printerUri = () => `ipp://127.0.0.1:${port}${PATH}`;
  const engine = createEngine({ clock, sheetMs, sheetsInTray });
  const service = createService({ clock, engine, name, printerUri });
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
    sheetsInOutput: engine.sheetsInOutput,
    sheetsInTray: engine.sheetsInTray,
    onPaper: engine.onPaper,
    setBusy(busy) {
      service.switches.busy = busy;
    },
    setAcceptingJobs(accepting) {
      service.switches.acceptingJobs = accepting;
    },
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

/** Accidents that wait for their request. */
function createAccidents() {
  const waiting: { readonly accident: ConnectionAccident; readonly code: number | undefined }[] = [];
  return {
    add(
      accident: ConnectionAccident,
      options: { readonly requests?: number; readonly operation?: OperationName } = {},
    ) {
      const code = options.operation && operations[options.operation];
      for (let i = 0; i < (options.requests ?? 1); i++) waiting.push({ accident, code });
    },
    next(request: Buffer): ConnectionAccident | undefined {
      const operation = request.length >= 4 ? request.readUInt16BE(2) : undefined;
      const index = waiting.findIndex(({ code }) => code === undefined || code === operation);
      return index < 0 ? undefined : waiting.splice(index, 1)[0]?.accident;
    },
  };
}

type NextAccident = (request: Buffer) => ConnectionAccident | undefined;

function pagesOf(engine: Engine): readonly SimulatedPage[] {
  return engine.sides.map(({ documentId, side, page, waste }) => ({
    documentId,
    side,
    width: page.header.widthPx,
    height: page.header.heightPx,
    waste,
    encoded: page.encoded,
    grey: () => unwrap(greyOf(page)),
  }));
}

/** The printer's HTTP server; it can be closed and opened again on the same port. */
function createHttp(service: Service, accident: NextAccident) {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  return {
    listen: (port: number) =>
      new Promise<Result<number>>((resolve) => {
        const next = createServer((request, response) => void serve(service, accident, request, response));
        next.on("connection", (socket) => {
          sockets.add(socket);
          socket.on("close", () => sockets.delete(socket));
        });
        next.once("error", (thrown) => resolve(fail("K-CONF-105", { port, why: messageOf(thrown) })));
        next.listen(port, "127.0.0.1", () => {
          server = next;
          resolve(ok((next.address() as AddressInfo).port));
        });
      }),
    close: () =>
      new Promise<void>((resolve) => {
        const closing = server;
        server = undefined;
        if (!closing) return resolve();
        closing.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function serve(
  service: Service,
  accident: NextAccident,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > MAX_REQUEST_BYTES) return void response.writeHead(413).end();
      parts.push(part);
    }
  } catch {
    return; // The client went away in the middle: there is no whole document, so there is no job.
  }
  if (request.method !== "POST") return void response.writeHead(405).end();
  if (!request.url?.startsWith(PATH)) return void response.writeHead(404).end();
  if (request.headers["content-type"] !== "application/ipp") return void response.writeHead(415).end();
  const bytes = Buffer.concat(parts);
  const happens = accident(bytes);
  if (happens === "resetBefore") return void request.socket.resetAndDestroy();
  if (happens === "silence") return;
  const answer = service.handle(bytes);
  if (happens === "resetAfter") return void request.socket.resetAndDestroy();
  if (!answer) return void response.writeHead(400).end();
  response.writeHead(200, { "content-type": "application/ipp" }).end(happens === "garbage" ? GARBAGE : answer);
}

const GARBAGE = Buffer.from("02000000000000010147ffff61", "hex");

/** The printer reached by function calls: the same service and accidents, no sockets. */
function inProcess(
  service: Service,
  accident: (request: Buffer) => ConnectionAccident | "unplugged" | undefined,
): IppTransport {
  return {
    async send(attributes, document, signal) {
      const bytes = Buffer.concat([attributes, document ?? new Uint8Array(0)]);
      const happens = accident(bytes);
      if (happens === "unplugged") return fail("K-PRINT-101", { why: "unplugged" });
      if (happens === "resetBefore") return fail("K-LINK-102", { why: "reset" });
      if (happens === "silence") {
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(fail("K-CMD-102", { what: "ipp" })), { once: true });
        });
      }
      const answer = service.handle(bytes);
      if (happens === "resetAfter") return fail("K-LINK-102", { why: "reset" });
      if (!answer) return fail("K-PRINT-102", { why: "not-ipp", httpStatus: 400 });
      return ok(happens === "garbage" ? GARBAGE : answer);
    },
  };
}
