import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../src/town/start/ports.ts";

/** Debian's `ippeveprinter`: an IPP Everywhere printer that nobody here wrote, with an engine that decodes by libcups. */
export interface Ippeveprinter {
  /** `ipp://localhost:PORT/ipp/print` */
  readonly address: string;
  /** What the printer asked its engine for a job, and the page headers: `IPP_MEDIA`, `page1`, … */
  jobNotes(jobId: number): ReadonlyMap<string, string>;
  /** One side (from 1) as libcups decoded it. */
  side(jobId: number, side: number): GreyPicture;
  /** How many sides of a job the engine decoded. */
  sides(jobId: number): number;
  /** The jobs as they came over the network, kept in the spool; names of files. */
  spooled(): readonly string[];
  /** The engine stands still in the next job after so many sides, until the gate says more. */
  holdNextAfter(sides: number): void;
  /** To the engine that stands still, or will: `STATE: …` for the printer's reasons, then `go` or `fail`. */
  atGate(...lines: readonly ("go" | "fail" | `STATE: ${string}`)[]): void;
  /** Takes the paper out of all trays, for good: its web form loads none any more when all are empty. */
  emptyTrays(): Promise<void>;
  /** Stops it, its engine and its bus, and removes its folder. */
  stop(): Promise<void>;
}

/** Grey pixels, 0 black … 255 white, row by row. */
export interface GreyPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Buffer;
}

const ENGINE_SOURCE = fileURLToPath(new URL("raster-engine.c", import.meta.url));
/** The printer's own web form with no size and no sheets in any tray. */
const EMPTY_TRAYS = "/media?size1=&level1=0&size3=&level3=0";
/** A4 in its tray: it comes with US letter, and photo paper in the other. */
const LOAD_A4 =
  "/media?size1=iso_a4_210x297mm&type1=stationery&level1=250&size3=iso_a4_210x297mm&type3=stationery&level3=25";
const READY_ATTEMPTS = 200;
const READY_PAUSE_MS = 25;
const START_ATTEMPTS = 3;

/**
 * Starts a private one: own port, own spool, own bus without a DNS-SD service on it (it refuses to start without any bus).
 * Resolves when it answers. Throws, naming the package, when something of Debian's is missing.
 */
export async function startIppeveprinter(): Promise<Ippeveprinter> {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-ippeve-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    buildEngine(folder);
    for (let attempt = 1; ; attempt++) {
      const started = await start(folder);
      if (started) return started;
      if (attempt === START_ATTEMPTS) throw new Error(`ippeveprinter does not start: ${said(folder)}`);
    }
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

function buildEngine(folder: string): void {
  const args = ["-Wall", "-Werror", "-O2", "-o", join(folder, "raster-engine"), ENGINE_SOURCE, "-lcups"];
  const built = spawnSync("gcc", args, { encoding: "utf8" });
  if (built.status !== 0) {
    throw new Error(
      `the engine cannot be built: install the Debian packages gcc, libc6-dev and libcups2-dev\n${built.stderr ?? built.error}`,
    );
  }
  const piped = spawnSync("mkfifo", [join(folder, "gate")], { encoding: "utf8" });
  if (piped.status !== 0) throw new Error(`mkfifo: ${piped.stderr}`);
}

const said = (folder: string) => readFileSync(join(folder, "said"), "utf8").slice(-1000);

/** One attempt; undefined when it ended before it answered (somebody took the port). */
async function start(folder: string): Promise<Ippeveprinter | undefined> {
  const [port = 0] = await freePorts(1);
  const log = openSync(join(folder, "said"), "a");
  const bus = await startBus(folder, log);
  // Its own process group: its engine may stand still when it is stopped.
  const printer = begin(
    "ippeveprinter",
    "cups-ipp-utils",
    log,
    [
      ...["-2", "-r", "off", "-n", "localhost", "-p", String(port), "-d", join(folder), "-k"],
      ...["-c", join(folder, "raster-engine"), "-f", "application/pdf,image/pwg-raster,image/jpeg", "Judge"],
    ],
    { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(folder, "bus")}`, ENGINE_FOLDER: folder },
  );
  closeSync(log);
  // Held open for reading and writing, so that writing never waits for an engine.
  const gate = openSync(join(folder, "gate"), constants.O_RDWR | constants.O_NONBLOCK);
  const stop = async () => {
    await printer.stop();
    await bus.stop();
    closeSync(gate);
  };
  let ready = false;
  try {
    ready = await answers(port, printer);
  } finally {
    if (!ready) await stop();
  }
  if (!ready) return undefined;
  const fileOf = (jobId: number, side: number) => join(folder, `job-${jobId}-${side}.pgm`);
  const use = async (path: string) => {
    const response = await fetch(`http://localhost:${port}${path}`);
    await response.text();
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  };
  await use(LOAD_A4);
  return {
    address: `ipp://localhost:${port}/ipp/print`,
    jobNotes: (jobId) => readNotes(join(folder, `job-${jobId}.txt`)),
    side: (jobId, side) => readPgm(fileOf(jobId, side)),
    sides: (jobId) => readdirSync(folder).filter((name) => name.startsWith(`job-${jobId}-`)).length,
    spooled: () => readdirSync(folder).filter((name) => name.endsWith(".pwg")),
    holdNextAfter: (sides) => writeFileSync(join(folder, "hold"), String(sides)),
    atGate: (...lines) => void writeSync(gate, lines.map((line) => `${line}\n`).join("")),
    emptyTrays: () => use(EMPTY_TRAYS),
    async stop() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A program of Debian's in a process group of its own. */
function begin(program: string, debianPackage: string, log: number, args: string[], env: Record<string, string> = {}) {
  const child: ChildProcess = spawn(program, args, {
    stdio: ["ignore", log, log],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, ...env },
    detached: true,
  });
  let missing = false;
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => {
      missing = true;
      resolve();
    });
    child.once("close", () => resolve());
  });
  return {
    alive: () => {
      if (missing) throw new Error(`${program} is missing: install the Debian package ${debianPackage}`);
      return child.exitCode === null && child.signalCode === null;
    },
    async stop() {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGTERM");
      } catch {
        // The whole group has ended by itself.
      }
      await ended;
    },
  };
}

type Running = ReturnType<typeof begin>;

async function startBus(folder: string, log: number): Promise<Running> {
  const socket = join(folder, "bus");
  rmSync(socket, { force: true });
  const bus = begin("dbus-daemon", "dbus-daemon", log, ["--session", "--nofork", `--address=unix:path=${socket}`]);
  for (let i = 0; i < READY_ATTEMPTS && bus.alive() && !existsSync(socket); i++) await pause(READY_PAUSE_MS);
  return bus;
}

/** Asks the printer's own page until it is there; false when it ended, or stays silent. */
async function answers(port: number, printer: Running): Promise<boolean> {
  for (let i = 0; i < READY_ATTEMPTS; i++) {
    await pause(READY_PAUSE_MS);
    if (!printer.alive()) return false;
    const page = await fetch(`http://localhost:${port}/`).catch(() => undefined);
    await page?.text();
    if (page?.ok) return true;
  }
  return false;
}

function readNotes(file: string): ReadonlyMap<string, string> {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** A binary PGM as the engine writes it: three short lines, then one octet a pixel. */
function readPgm(file: string): GreyPicture {
  const bytes = readFileSync(file);
  const head = /^P5\n(\d+) (\d+)\n255\n/.exec(bytes.subarray(0, 64).toString("latin1"));
  if (!head) throw new Error(`${file} is no PGM`);
  const [widthPx, heightPx] = [Number(head[1]), Number(head[2])];
  const pixels = bytes.subarray(head[0].length);
  if (pixels.length !== widthPx * heightPx) throw new Error(`${file} has ${pixels.length} pixels`);
  return { widthPx, heightPx, pixels };
}
