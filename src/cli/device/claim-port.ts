import { accessSync, constants, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { parseLinkAddress } from "../../../devices/contract/address.ts";
import { openerFor } from "../../../devices/contract/openers.ts";
import type { PortOpener } from "../../../devices/contract/port.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

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
    if (holder !== undefined) return fail("K-LINK-104", { address, holder });
  }
  const opened = await opener.value.open(AbortSignal.timeout(OPEN_TIMEOUT_MS));
  if (!opened.ok) {
    const locked = /cannot lock port/i.test(String(opened.error.detail?.why));
    return locked ? fail("K-LINK-104", { address }, opened.error) : opened;
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

/** The command that lets this user open a port, when they may not. */
export function forbidden(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EACCES") return undefined;
  }
  return `sudo usermod -aG ${groupName(statSync(path).gid)} $USER`;
}

function groupName(gid: number): string {
  const lines = readFileSync("/etc/group", "utf8").split("\n");
  const name = lines.map((line) => line.split(":")).find(([, , id]) => id === String(gid))?.[0];
  return name ?? "dialout";
}

/** Who has the port open, as far as this user may see. */
function holderOf(path: string): string | undefined {
  let port: string;
  try {
    port = realpathSync(path);
  } catch {
    return undefined;
  }
  const others = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const pid = others.find((one) => opensOf(one).includes(port));
  return pid === undefined ? undefined : `process ${pid} (${commandOf(pid)})`;
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
