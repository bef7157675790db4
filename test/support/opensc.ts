import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { TestPcscd } from "./pcscd/pcscd.ts";
import type { Finished } from "./run-command.ts";

const MODULES = [
  "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
  "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
  "/usr/lib/opensc-pkcs11.so",
];
/** A tool that waits for a card that never comes is ended. */
const TIMEOUT_MS = 60_000;

/** Where OpenSC is. Throws, naming the package, when it is missing: a suite that cannot run must not look green. */
export function openscTools(): { readonly module: string } {
  const module = MODULES.find((path) => existsSync(path));
  if (!module || !existsSync("/usr/bin/pkcs15-tool"))
    throw new Error("OpenSC is missing: install the Debian package opensc (apt-get install -y opensc)");
  return { module };
}

/** Runs one of OpenSC's tools as a client of a private pcscd, without its caches of an earlier card. */
export function runTool(pcscd: TestPcscd, tool: string, args: readonly string[]): Promise<Finished> {
  const child = spawn(tool, [...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
    env: { ...process.env, PCSCLITE_CSOCK_NAME: pcscd.socketPath, HOME: pcscd.folder, XDG_CACHE_HOME: pcscd.folder },
  });
  const text = { out: "", err: "" };
  child.stdout.on("data", (part) => {
    text.out += part;
  });
  child.stderr.on("data", (part) => {
    text.err += part;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...text }));
  });
}
