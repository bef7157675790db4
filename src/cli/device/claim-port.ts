import { accessSync, constants, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { parseLinkAddress } from "../../../devices/contract/address.ts";
import { openerFor } from "../../../devices/contract/openers.ts";
import type { PortOpener } from "../../../devices/contract/port.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** Read and write, for the group. */
const GROUP_MAY = 0o060;
const OPEN_TIMEOUT_MS = 5_000;
/** `St` of /proc/net/unix: listening, and connected. */
const SOCKET_LISTENS = "01";
const SOCKET_CONNECTED = "03";

/**
 * Opens the port once, so that whoever cannot have it is told why at once: `K-LINK-103` no such address, `K-LINK-104`
 * another process holds it, `K-LINK-105` this user may not, `K-LINK-101` everything else. The opener gives that first
 * opening to the driver and opens anew after it.
 */
export async function claimPort(address: string): Promise<Result<PortOpener>> {
  const opener = openerFor(address);
  if (!opener.ok) return opener;
  const parsed = parseLinkAddress(address);
  if (!parsed.ok) return parsed;
  const at = parsed.value;
  if (at.scheme === "unix" && socketIs(at.path, SOCKET_CONNECTED)) return fail("K-LINK-104", { address });
  if (at.scheme === "serial") {
    const mend = forbidden(at.path);
    if (mend !== undefined) return fail("K-LINK-105", { address, mend });
    const holder = holderOf(at.path);
    // The other end of a pseudo terminal may have this end open too; there only the lock counts.
    if (holder !== undefined && !holder.port.startsWith("/dev/pts/")) return held(address, holder.process);
  }
  const opened = await opener.value.open(AbortSignal.timeout(OPEN_TIMEOUT_MS));
  if (!opened.ok) {
    const locked = at.scheme === "serial" && /cannot lock port/i.test(String(opened.error.detail?.why));
    return locked ? held(address, holderOf(at.path)?.process) : opened;
  }
  let first: typeof opened | undefined = opened;
  return ok({
    address,
    async open(signal) {
      const port = first ?? (await opener.value.open(signal));
      first = undefined;
      return port;
    },
  });
}

function held(address: string, holder: string | undefined): Result<never> {
  return fail("K-LINK-104", { address, ...(holder ? { holder } : {}) });
}

/** Whether somebody else serves the embedded reader's socket: a card reader listens there itself. */
export function isServed(path: string): boolean {
  return socketIs(path, SOCKET_LISTENS);
}

function socketIs(path: string, state: string): boolean {
  const sockets = readFileSync("/proc/net/unix", "utf8").split("\n");
  return sockets.some((line) => {
    const [, , , , , is, , ...words] = line.trim().split(/\s+/);
    return is === state && words.join(" ") === path;
  });
}

/** The command that lets this user open a port, when they may not; `access` throws what the system says. */
export function forbidden(path: string, access: typeof accessSync = accessSync): string | undefined {
  try {
    access(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EACCES") return undefined;
  }
  const { gid, mode } = statSync(path);
  const group = groupName(gid);
  // A port that only root may open is given to the group that Debian has for them first.
  if (group !== "root" && (mode & GROUP_MAY) === GROUP_MAY) return `sudo usermod -aG ${group} $USER`;
  return `sudo chgrp dialout ${path} && sudo chmod g+rw ${path} && sudo usermod -aG dialout $USER`;
}

function groupName(gid: number): string {
  const lines = readFileSync("/etc/group", "utf8").split("\n");
  const name = lines.map((line) => line.split(":")).find(([, , id]) => id === String(gid))?.[0];
  return name ?? "dialout";
}

/** Who has the port open, as far as this user may see; first of all who has locked it. */
function holderOf(path: string): { readonly port: string; readonly process: string } | undefined {
  let port: string;
  try {
    port = realpathSync(path);
  } catch {
    return undefined;
  }
  const others = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const pid = lockerOf(port) ?? others.find((one) => opensOf(one).includes(port));
  return pid === undefined ? undefined : { port, process: `process ${pid} (${commandOf(pid)})` };
}

/** `1: FLOCK ADVISORY WRITE pid major:minor:inode …`, the device of the file system in hexadecimal. */
function lockerOf(port: string): string | undefined {
  const inode = `:${statSync(port).ino}`;
  const lines = readFileSync("/proc/locks", "utf8").split("\n");
  const lock = lines
    .map((line) => line.trim().split(/\s+/))
    .find((words) => words[1] === "FLOCK" && isDevice(words[5]));
  return lock?.[4];

  function isDevice(file: string | undefined): boolean {
    const minor = statSync(port).dev & 0xff;
    return file?.endsWith(`:${minor.toString(16).padStart(2, "0")}${inode}`) ?? false;
  }
}

function opensOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "already gone";
  }
}
