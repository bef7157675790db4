import { spawnSync } from "node:child_process";
import { type Command, exitCodes, parseOptions } from "../command.ts";
import { projectRoot } from "../root.ts";
import { examine, type Finding } from "./checks.ts";

/** `./madoguchi doctor`: what is present, what is missing, and the exact command that mends it. */
export const doctor: Command = {
  summary: "tells what this machine has and lacks, and how to mend it",
  usage: `usage: ./madoguchi doctor [--fix] [--json]

Lists Node, fonts, PC/SC, Chromium, printers, serial ports and PostgreSQL: what is present, what is missing,
and the exact command that mends it. The embedded default needs none of the optional ones.

  --fix    runs those commands
  --json   prints [{"name","present","detail","neededBy","mend":[[…]]}]`,
  async run(args) {
    const { values } = parseOptions(args, { fix: { type: "boolean" }, json: { type: "boolean" } });
    const findings = examine(projectRoot);
    if (values.fix) return mendAll(findings);
    process.stdout.write(values.json ? `${JSON.stringify(findings, undefined, 2)}\n` : table(findings));
    return exitCodes.ok;
  },
};

function table(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((f) => f.name.length));
  const lines = findings.flatMap((f) => [
    `${f.present ? "✓" : "–"} ${f.name.padEnd(width)}  ${f.detail}${f.present ? "" : `  (needed by: ${f.neededBy})`}`,
    ...f.mend.map((command) => `    → ${command.join(" ")}`),
  ]);
  const missing = findings.filter((f) => f.mend.length > 0).length;
  const end = missing > 0 ? `\n${missing} can be mended: ./madoguchi doctor --fix\n` : "\nNothing to mend.\n";
  return `${lines.join("\n")}\n${end}`;
}

/** Runs the mending commands of the findings, in order; stops at the first that fails. */
export function mendAll(findings: readonly Finding[]): number {
  for (const command of findings.flatMap((f) => f.mend)) {
    const [program, ...rest] = command;
    if (program === undefined) continue;
    process.stderr.write(`$ ${command.join(" ")}\n`);
    const run = spawnSync(program, rest, {
      stdio: ["ignore", 2, 2],
      cwd: projectRoot,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (run.status !== 0) {
      process.stderr.write(`madoguchi doctor: this command failed: ${command.join(" ")}\n`);
      return exitCodes.failed;
    }
  }
  return exitCodes.ok;
}
