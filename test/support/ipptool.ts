import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What `ipptool` said of one item of a suite. */
export interface IpptoolItem {
  readonly name: string;
  readonly result: "PASS" | "FAIL" | "SKIP";
  /** The lines under a failure: what was received and what was expected. */
  readonly why: string;
}

const SUITES = "/usr/share/cups/ipptool";
const TIMEOUT_MS = 60_000;

/**
 * Runs a suite of Debian's `ipptool` against a printer, with `document` as its `-f`, and goes on after a failure. Debian
 * ships the suites without their own documents, and ipptool gives up at a missing one even in an item that it would skip:
 * they are put beside the suite, empty. Rejects, naming the package, when ipptool is missing.
 */
export async function runIpptool(
  suite: "ipp-1.1" | "ipp-2.0",
  address: string,
  document: { readonly name: string; readonly bytes: Uint8Array },
): Promise<readonly IpptoolItem[]> {
  if (!existsSync(join(SUITES, `${suite}.test`))) {
    throw new Error(`${suite}.test is missing: install the Debian package cups-ipp-utils`);
  }
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-ipptool-"));
  try {
    for (const name of ["ipp-1.1.test", "ipp-2.0.test"]) {
      copyFileSync(join(SUITES, name), join(folder, name));
      for (const [, file] of readFileSync(join(SUITES, name), "utf8").matchAll(/^\s*FILE ([\w.-]+)$/gm)) {
        writeFileSync(join(folder, file ?? ""), "");
      }
    }
    writeFileSync(join(folder, document.name), document.bytes);
    const version = suite.slice("ipp-".length);
    return reported(await run(folder, ["-t", "-I", "-V", version, "-f", document.name, address, `${suite}.test`]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many items a suite has, those of the suite that it includes among them. */
export function itemsOf(suite: "ipp-1.1" | "ipp-2.0"): number {
  const text = readFileSync(join(SUITES, `${suite}.test`), "utf8");
  const own = text.match(/^\s*NAME "/gm)?.length ?? 0;
  return own + (text.includes('INCLUDE "ipp-1.1.test"') ? itemsOf("ipp-1.1") : 0);
}

function run(folder: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("ipptool", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT_MS });
    let out = "";
    let err = "";
    child.stdout.on("data", (part) => (out += part));
    child.stderr.on("data", (part) => (err += part));
    child.once("error", () => reject(new Error("ipptool is missing: install the Debian package cups-ipp-utils")));
    child.once("close", (code, signal) => {
      // Statuses that a REPEAT met stand on standard error; anything else there is a suite that was given up.
      const trouble = err.split("\n").filter((line) => line.startsWith("ipptool:"));
      if (code === null || trouble.length > 0) reject(new Error(`ipptool ${signal ?? ""}: ${trouble.join("\n")}`));
      else resolve(out);
    });
  });
}

/**
 * Reads the report of `-t`: one line with the result for each item. A repeated item also has lines with a number; a name
 * may be cut off at 68 characters.
 */
function reported(report: string): readonly IpptoolItem[] {
  const items: { name: string; result: IpptoolItem["result"]; why: string }[] = [];
  for (const line of report.split("\n")) {
    const [, name, result] = /^ {4}(\S.*?)\s+\[(PASS|FAIL|SKIP)\]$/.exec(line) ?? [];
    const last = items.at(-1);
    if (name && result) items.push({ name, result: result as IpptoolItem["result"], why: "" });
    else if (last?.result === "FAIL") last.why += `${line}\n`;
  }
  return items;
}
