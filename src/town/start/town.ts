import { rmSync } from "node:fs";
import { loadTownPolicy, readTownFolder } from "../../issuing-server/town-folder/load-town.ts";
import type { Clock } from "../../kernel/clock.ts";
import { lockFolder } from "../../kernel/folder-lock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { ensureTownPki, type TownPki } from "../pki/town-pki.ts";
import type { TownProcess } from "../supervisor/child-process.ts";
import { createSupervisor, firstFailure, type Supervisor } from "../supervisor/supervisor.ts";
import {
  attestorFile,
  benchFile,
  issuanceCenterFile,
  issuingServerFile,
  KIOSK_ID,
  kioskFile,
  type Member,
  operatorCenterFile,
} from "./configs.ts";
import { type TownEntries, townEntries } from "./entries.ts";
import { type TownPaths, townPaths } from "./paths.ts";
import { prepareMunicipality } from "./prepare.ts";

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
  readonly card?: "embedded" | "vpcd";
  /** `embedded`, or an IPP printer's address. */
  readonly printer?: string;
  readonly pace?: { readonly coinMs: number; readonly sheetMs: number };
  readonly entries?: Partial<TownEntries>;
  /** The municipalities keep what they release, so that it can be compared with the paper. */
  readonly archiveDocuments?: boolean;
}

/** The whole system on one machine. */
export interface Town {
  readonly paths: TownPaths;
  readonly logFolder: string;
  readonly benchUrl: string;
  readonly panelUrl: string;
  readonly municipalities: readonly string[];
  readonly printerUrl: string;
  processes(): readonly TownProcess[];
  find(name: string): TownProcess | undefined;
  /** Stops or kills one process and starts it again. The panel's address may change with the kiosk. */
  restart(name: string, how: "stop" | "kill"): Promise<Result<TownProcess>>;
  stop(): Promise<void>;
}

/** Slow enough that bytes and states are seen on the way, quick enough that nobody waits. */
const QUICK = { coinMs: 10, sheetMs: 50 };
/** Where vpcd of Debian's vsmartcard waits for a card, and what pcscd calls that reader. */
const VPCD = { target: "tcp:127.0.0.1:35963", reader: "pcsc:Virtual PCD 00 00" };

/**
 * Starts every process of the embedded default, each behind its own configuration file, and waits until all are ready.
 * What does not depend on another starts together. `K-CONF-104` when another town uses the data folder.
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
  });
  const stop = async () => {
    await supervisor.stop();
    rmSync(paths.sockets, { recursive: true, force: true });
    lock.value.release();
  };
  const addresses = await startAll(options, paths, supervisor);
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
    restart: supervisor.restart,
    stop,
  });
}

type Addresses = Pick<Town, "benchUrl" | "panelUrl" | "municipalities" | "printerUrl">;

async function startAll(options: TownOptions, paths: TownPaths, supervisor: Supervisor): Promise<Result<Addresses>> {
  const entries = { ...townEntries, ...options.entries };
  const prepared = await prepare(options, paths);
  if (!prepared.ok) return prepared;
  const { pki, members } = prepared.value;
  const start = (name: string, entry: string, configFile: string) => {
    options.onProgress(`starting ${name}`);
    return supervisor.start({ name, entry, configFile });
  };
  const codes = members.map((m) => m.policy.town.code);

  const card = options.card === "vpcd" ? VPCD.target : `unix:${paths.socket("card")}`;
  const pace = options.pace ?? QUICK;
  const first = firstFailure(
    await Promise.all([
      start("bench", entries.bench, benchFile(paths, members, { port: options.port, card, pace })),
      ...members.map((m) => start(`attestor-${m.policy.town.code}`, entries.attestor, attestorFile(paths, pki, m))),
      ...members.map((m) =>
        start(
          `issuing-server-${m.policy.town.code}`,
          entries.issuingServer,
          issuingServerFile(paths, pki, m, options.archiveDocuments ?? false),
        ),
      ),
    ]),
  );
  if (!first.ok) return first;
  const address = (process: string, key: string) => supervisor.find(process)?.addresses[key] ?? "";

  const centre = await start(
    "issuance-center",
    entries.issuanceCenter,
    issuanceCenterFile(paths, pki, members, {
      ocsp: address("bench", "ocsp"),
      issuingServer: (code) => address(`issuing-server-${code}`, "https"),
    }),
  );
  if (!centre.ok) return centre;
  const operator = await start(
    "operator-center",
    entries.operatorCenter,
    operatorCenterFile(paths, pki, address("issuance-center", "https")),
  );
  if (!operator.ok) return operator;
  const printerUrl =
    options.printer === undefined || options.printer === "embedded" ? address("bench", "printer") : options.printer;
  const kiosk = await start(
    "kiosk",
    entries.kiosk,
    kioskFile(paths, pki, {
      operatorUrl: address("operator-center", "https"),
      printer: printerUrl,
      card: options.card === "vpcd" ? VPCD.reader : `unix:${paths.socket("card")}`,
      panelPort: options.port === 0 ? 0 : options.port + 1,
      coinMs: pace.coinMs,
    }),
  );
  if (!kiosk.ok) return kiosk;
  return ok({
    benchUrl: address("bench", "bench"),
    panelUrl: address("kiosk", "panel"),
    municipalities: codes,
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
