import { rmSync } from "node:fs";
import { loadTownPolicy, readTownFolder } from "../../issuing-server/town-folder/load-town.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import { lockFolder } from "../../kernel/folder-lock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { serveBench } from "../control/serve.ts";
import type { RendererLie } from "../lies/lies.ts";
import { ensureTownPki, type TownPki } from "../pki/town-pki.ts";
import type { TownProcess } from "../supervisor/child-process.ts";
import { createSupervisor, firstFailure, type Supervisor } from "../supervisor/supervisor.ts";
import {
  attestorFile,
  benchFile,
  inquiryFile,
  ioBridgeFile,
  issuanceCenterFile,
  issuingServerFile,
  KIOSK_ID,
  KIOSK_PROCESS,
  kioskFile,
  type Member,
  operatorCenterFile,
  type TownPorts,
} from "./configs.ts";
import { type TownEntries, townEntries } from "./entries.ts";
import { createLiars } from "./liars.ts";
import { type TownPaths, townPaths } from "./paths.ts";
import { freePorts, portsFree } from "./ports.ts";
import { prepareMunicipality } from "./prepare.ts";

/** Where cards are put. */
export type CardPlace = "embedded" | { readonly vpcdPort: number };

export interface TownOptions {
  readonly dataFolder: string;
  /** The municipalities, as town folders. */
  readonly townFolders: readonly string[];
  /** Of the bench; the panel has the next one. 0: both by the system. */
  readonly port: number;
  readonly clock: Clock;
  /** Starts a crashed process again. */
  readonly restart: boolean;
  readonly onProgress: (text: string) => void;
  /** Gives up a start that is under way; everything that was started is stopped. */
  readonly signal?: AbortSignal;
  /** `embedded`, or the port on which Debian's vpcd waits for a card (pcscd must run). */
  readonly card?: CardPlace;
  /** `embedded`, or an IPP printer's address. */
  readonly printer?: string;
  readonly pace?: { readonly coinMs: number; readonly sheetMs: number };
  readonly entries?: Partial<TownEntries>;
  /** Folder with the built pages `citizen` and `bench`; without it only the sockets are served. */
  readonly pages?: string | undefined;
  /** The municipalities keep what they release, so that it can be compared with the paper. */
  readonly archiveDocuments?: boolean;
}

/** The whole system on one machine. */
export interface Town {
  readonly paths: TownPaths;
  readonly logFolder: string;
  readonly benchUrl: string;
  readonly panelUrl: string;
  /** The pages of bench and panel; they are served only when the town was started with `pages`. */
  readonly benchPageUrl: string;
  readonly panelPageUrl: string;
  /** Where a recipient checks a certificate; likewise. */
  readonly inquiryUrl: string;
  readonly municipalities: readonly string[];
  readonly printerUrl: string;
  processes(): readonly TownProcess[];
  find(name: string): TownProcess | undefined;
  /** Stops or kills one process and starts it again. The panel's token changes with the kiosk. */
  restart(name: string, how: "stop" | "kill"): Promise<Result<TownProcess>>;
  /**
   * Puts an issuing server whose renderer lies in the place of a municipality's honest one, or the honest one back (`none`).
   * `K-TOWN-107` when there is no such municipality, or `K-TOWN-101` when it does not start.
   */
  lie(municipality: string, lie: RendererLie): Promise<Result<void>>;
  stop(): Promise<void>;
}

const BENCH = "bench";
const INQUIRY = "inquiry";

/** Slow enough that bytes and states are seen on the way, quick enough that nobody waits. */
const QUICK = { coinMs: 10, sheetMs: 50 };
/** What pcscd calls the first slot of vpcd. */
const VPCD_READER = "pcsc:Virtual PCD 00 00";

/**
 * Starts every process of the embedded default, each behind its own configuration file, and waits until all are ready.
 * All start together: addresses are chosen before, links and connections are made again until they hold. `K-CONF-104` when another town uses the data folder.
 */
export async function startTown(options: TownOptions): Promise<Result<Town>> {
  const lock = lockFolder(options.dataFolder);
  if (!lock.ok) return lock;
  const paths = townPaths(options.dataFolder);
  const supervisor = createSupervisor({
    clock: options.clock,
    logFolder: paths.logs,
    restartCrashed: options.restart,
    onProgress: options.onProgress,
    onStarted(process) {
      if (process.name === BENCH) serveBench(process, { supervisor, ...liars });
    },
  });
  const liars = createLiars(supervisor, options.entries ?? {});
  const stop = async () => {
    await supervisor.stop();
    rmSync(paths.sockets, { recursive: true, force: true });
    lock.value.release();
  };
  const giveUp = () => void supervisor.stop();
  options.signal?.addEventListener("abort", giveUp, { once: true });
  const addresses = await startAll(options, paths, supervisor);
  options.signal?.removeEventListener("abort", giveUp);
  if (!addresses.ok) {
    await stop();
    return addresses;
  }
  return ok({
    ...addresses.value,
    paths,
    logFolder: paths.logs,
    processes: supervisor.running,
    find: supervisor.find,
    restart: (name, how) => supervisor.restart(name, how),
    lie: liars.lie,
    stop,
  });
}

type Addresses = Pick<
  Town,
  "benchUrl" | "panelUrl" | "benchPageUrl" | "panelPageUrl" | "inquiryUrl" | "municipalities" | "printerUrl"
>;

/** Whether a start failed because somebody took a port between its choice and its use. */
function lostPort(failure: Failure, ports: TownPorts, asked: number): boolean {
  const why = String(failure.detail?.why ?? "");
  const chosen = [
    ports.bench,
    ports.panel,
    ports.inquiry,
    ports.printer,
    ports.ocsp,
    ports.issuanceCenter,
    ports.operatorCenter,
    ...Object.values(ports.issuingServers),
  ];
  const given = asked === 0 ? [] : [ports.bench, ports.panel, ports.inquiry];
  return why.includes("K-CONF-105") && chosen.some((port) => !given.includes(port) && why.includes(`port=${port}`));
}

const PORT_ATTEMPTS = 3;

async function startAll(options: TownOptions, paths: TownPaths, supervisor: Supervisor): Promise<Result<Addresses>> {
  const free = await portsFree(options.port === 0 ? [] : [options.port, options.port + 1, options.port + 2]);
  if (!free.ok) return free;
  const prepared = await prepare(options, paths);
  if (!prepared.ok) return prepared;
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(options.port, prepared.value.members);
    const started = await startProcesses(options, paths, supervisor, { ...prepared.value, ports });
    if (started.ok || attempt === PORT_ATTEMPTS || !lostPort(started.error, ports, options.port)) return started;
    await supervisor.stopAll();
  }
}

async function choosePorts(port: number, members: readonly Member[]): Promise<TownPorts> {
  const codes = members.map((m) => m.policy.town.code);
  const [bench = 0, panel = 0, inquiry = 0, printer = 0, ocsp = 0, issuanceCenter = 0, operatorCenter = 0, ...others] =
    await freePorts(7 + codes.length);
  return {
    bench: port === 0 ? bench : port,
    panel: port === 0 ? panel : port + 1,
    inquiry: port === 0 ? inquiry : port + 2,
    printer,
    ocsp,
    issuanceCenter,
    operatorCenter,
    issuingServers: Object.fromEntries(codes.map((code, i) => [code, others[i] ?? 0])),
  };
}

async function startProcesses(
  options: TownOptions,
  paths: TownPaths,
  supervisor: Supervisor,
  town: { readonly pki: TownPki; readonly members: readonly Member[]; readonly ports: TownPorts },
): Promise<Result<Addresses>> {
  const { pki, members, ports } = town;
  const entries = { ...townEntries, ...options.entries };
  const pace = options.pace ?? QUICK;
  const vpcd = typeof options.card === "object" ? options.card : undefined;
  const embeddedReader = `unix:${paths.socket("card")}`;
  const embeddedPrinter = `ipp://127.0.0.1:${ports.printer}/ipp/print`;
  const printerUrl =
    options.printer === undefined || options.printer === "embedded" ? embeddedPrinter : options.printer;
  const start = (name: string, entry: string, configFile: string) => {
    options.onProgress(`starting ${name}`);
    return supervisor.start({ name, entry, configFile });
  };
  const started = firstFailure(
    await Promise.all([
      start("issuance-center", entries.issuanceCenter, issuanceCenterFile(paths, pki, members, ports)),
      start("operator-center", entries.operatorCenter, operatorCenterFile(paths, pki, ports)),
      ...(options.pages === undefined
        ? []
        : [start(INQUIRY, entries.inquiry, inquiryFile(paths, pki, ports, options.pages))]),
      start(
        BENCH,
        entries.bench,
        benchFile(paths, members, {
          ports,
          card: vpcd ? `tcp:127.0.0.1:${vpcd.vpcdPort}` : embeddedReader,
          pace,
          pages: options.pages,
        }),
      ),
      ...members.flatMap((m) => {
        const { code } = m.policy.town;
        const own = { port: ports.issuingServers[code] ?? 0, archiveDocuments: options.archiveDocuments ?? false };
        return [
          start(`attestor-${code}`, entries.attestor, attestorFile(paths, pki, m)),
          start(`issuing-server-${code}`, entries.issuingServer, issuingServerFile(paths, pki, m, own)),
        ];
      }),
      supervisor.start({
        name: "io-bridge",
        entry: entries.ioBridge,
        configFile: ioBridgeFile(paths),
        // Its library cannot reconnect: the bridge ends when the board is lost, and comes back as a new process.
        respawn: true,
      }),
      start(
        KIOSK_PROCESS,
        entries.kiosk,
        kioskFile(paths, pki, {
          ports,
          printer: printerUrl,
          card: vpcd ? VPCD_READER : embeddedReader,
          coinMs: pace.coinMs,
          pages: options.pages,
        }),
      ),
    ]),
  );
  if (!started.ok) return started;
  const address = (process: string, key: string) => supervisor.find(process)?.addresses[key] ?? "";
  return ok({
    benchUrl: address(BENCH, "bench"),
    panelUrl: address(KIOSK_PROCESS, "panel"),
    benchPageUrl: address(BENCH, "page"),
    panelPageUrl: address(KIOSK_PROCESS, "page"),
    inquiryUrl: address(INQUIRY, "page"),
    municipalities: members.map((m) => m.policy.town.code),
    printerUrl,
  });
}

/** Keys, registers and links: everything that must be on disk before the first process starts. */
async function prepare(options: TownOptions, paths: TownPaths): Promise<Result<{ pki: TownPki; members: Member[] }>> {
  const codes: string[] = [];
  for (const folder of options.townFolders) {
    const read = readTownFolder(folder);
    if (!read.ok) return read;
    const policy = loadTownPolicy(read.value);
    if (!policy.ok) return policy;
    if (codes.includes(policy.value.town.code)) {
      return fail("K-CONF-103", {
        file: folder,
        key: "code",
        value: policy.value.town.code,
        allowed: "every municipality once",
      });
    }
    codes.push(policy.value.town.code);
  }
  options.onProgress("keys and registers");
  const pki = await ensureTownPki(paths.pki, { municipalities: codes, kiosks: [KIOSK_ID] });
  const members: Member[] = [];
  for (const [i, folder] of options.townFolders.entries()) {
    const policy = await prepareMunicipality(folder, paths.municipality(codes[i] ?? ""), pki, options.clock);
    if (!policy.ok) return policy;
    members.push({ folder, policy: policy.value });
  }
  return ok({ pki, members });
}
