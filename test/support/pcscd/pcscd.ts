import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../../src/town/start/ports.ts";
import { compileC } from "../compile-c.ts";

/** Debian's pcscd with two virtual slots, for one test file alone. */
export interface TestPcscd {
  /** Where a card connects to lie in slot 0 (`VPCD_READER`); slot 1 is the next port. */
  readonly port: number;
  /** What `PCSCLITE_CSOCK_NAME` must be for a client of this pcscd. */
  readonly socketPath: string;
  /** A folder that goes with it. */
  readonly folder: string;
  /** Ends the daemon; resolves when the process is gone. The socket's path stays reserved. */
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again on the same socket and ports; resolves when it answers. */
  start(): Promise<void>;
  /** Stops and removes everything. */
  destroy(): Promise<void>;
}

/** The name that pcscd gives to vpcd's first slot. */
export const VPCD_READER = "Virtual PCD 00 00";
/** And to its second. */
export const VPCD_SECOND_READER = "Virtual PCD 00 01";

const SOURCE = fileURLToPath(new URL("./vpcd-loopback.c", import.meta.url));
const PCSCD = "/usr/sbin/pcscd";
const DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
/** Between two looks whether the daemon listens. */
const LOOK_AGAIN_MS = 10;
/** A daemon that does not listen by then never will. */
const START_TIMEOUT_MS = 20_000;
const MAX_LOG_CHARACTERS = 10_000;
const ATTEMPTS = 3;

/**
 * pcscd has its socket's path compiled in (`/run/pcscd/pcscd.comm`), so each one gets a mount namespace in which `/run` is a
 * temporary folder; root may make one, everybody else makes a user namespace around it. The kernel kills the daemon when the
 * test's process is gone. Throws, naming the Debian package, when something is missing.
 */
export async function createTestPcscd(): Promise<TestPcscd> {
  if (!existsSync(PCSCD)) throw missing("pcscd");
  if (!existsSync(DRIVER)) throw missing("vsmartcard-vpcd");
  const run = mkdtempSync(join(tmpdir(), "mdg-pcscd-"));
  try {
    for (const folder of ["pcscd", "readers"]) mkdirSync(join(run, folder));
    compileC(SOURCE, join(run, "vpcd-loopback.so"), { flags: ["-shared", "-fPIC"] });
    for (let attempt = 1; ; attempt++) {
      const port = await freePair();
      writeFileSync(join(run, "readers", "vpcd"), readerConfiguration(port));
      const daemon = createDaemon(run);
      try {
        await daemon.start();
        // Somebody may have taken a port since it was chosen; pcscd then runs without the slot.
        for (const slot of [port, port + 1]) if (await canListen(slot)) throw new Error(`no slot listens on ${slot}`);
        return {
          ...daemon,
          port,
          socketPath: socketOf(run),
          folder: run,
          destroy: () => daemon.stop("SIGKILL").then(() => clear(run)),
        };
      } catch (thrown) {
        await daemon.stop("SIGKILL");
        if (attempt === ATTEMPTS) throw thrown;
      }
    }
  } catch (thrown) {
    clear(run);
    throw thrown;
  }
}

function missing(name: string): Error {
  return new Error(`${name} is missing: install the Debian package ${name} (apt-get install -y ${name})`);
}

function clear(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

const socketOf = (run: string) => join(run, "pcscd", "pcscd.comm");

/** reader.conf(5); vpcd takes its port from both lines, which must agree. */
function readerConfiguration(port: number): string {
  const channel = `0x${port.toString(16).toUpperCase()}`;
  return `FRIENDLYNAME "Virtual PCD"\nDEVICENAME   /dev/null:${channel}\nLIBPATH      ${DRIVER}\nCHANNELID    ${channel}\n`;
}

function createDaemon(run: string): Pick<TestPcscd, "start" | "stop"> {
  let daemon: ChildProcess | undefined;
  let log = "";
  const script = [
    `mount --bind "${run}" /run`,
    "LD_PRELOAD=/run/vpcd-loopback.so exec setpriv --pdeathsig KILL " +
      `${PCSCD} --foreground --error --config /run/readers`,
  ].join(" && ");
  return {
    async start() {
      log = "";
      const isRoot = process.getuid?.() === 0;
      const started = spawn("unshare", [...(isRoot ? ["-m"] : ["-U", "-r", "-m"]), "sh", "-c", script], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      daemon = started;
      for (const stream of [started.stdout, started.stderr])
        stream.on("data", (text) => {
          log = `${log}${text}`.slice(-MAX_LOG_CHARACTERS);
        });
      const ended = new Promise<never>((_, reject) => {
        const fail = (why: string) => reject(new Error(`pcscd did not start: ${why}\n${log}`));
        started.once("error", (error) => fail(error.message));
        started.once("close", (code) => fail(`it ended with ${code}`));
      });
      const listening = new AbortController();
      try {
        const tooLate = AbortSignal.timeout(START_TIMEOUT_MS);
        await Promise.race([answers(socketOf(run), AbortSignal.any([listening.signal, tooLate])), ended]);
      } finally {
        listening.abort();
        ended.catch(() => {});
      }
    },
    async stop(signal) {
      const last = daemon;
      daemon = undefined;
      if (!last || last.exitCode !== null || last.signalCode !== null) return;
      const gone = new Promise((resolve) => last.once("exit", resolve));
      last.kill(signal);
      await gone;
    },
  };
}

/** Resolves when somebody accepts connections on the socket; throws when `signal` aborts before. */
async function answers(path: string, signal: AbortSignal): Promise<void> {
  while (!(await knock(path))) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function knock(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A free port whose next one is free, too: vpcd's slots. */
async function freePair(): Promise<number> {
  for (;;) {
    const [port = 0] = await freePorts(1);
    if (port < 65_535 && (await canListen(port + 1))) return port;
  }
}
