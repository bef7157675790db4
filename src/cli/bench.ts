import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Command, exitCodes, numberOption, parseOptions, UsageError } from "./command.ts";
import { nearestWord } from "./nearest-word.ts";
import { projectRoot } from "./root.ts";

const FOLDER = "test/bench";

/** The benches there are: the entry points of `test/bench`. */
function benches(): string[] {
  return readdirSync(join(projectRoot, FOLDER), { withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith(".ts"))
    .map((file) => file.name.replace(/\.ts$/, ""));
}

const PROOF_OPTIONS = {
  trials: { type: "string" },
  forgeries: { type: "string" },
  only: { type: "string", multiple: true },
  docs: { type: "boolean" },
} as const;

/** `./madoguchi bench`: figures, with a floor measured in the same run. Never a test. */
export const bench: Command = {
  summary: "measures speed and memory, with floors measured in the same run",
  usage: `usage: ./madoguchi bench [NAME] [--json] [--runs N]

Benches: ${benches().join(", ")}; without NAME all of them, one after the other.

  --json         prints {"name","results":[{"metric","unit","median","p99","n","baseline","ratio"}]}, one bench a line
  --runs N       how often each thing is measured

security-print also counts scans, altered fronts and forgeries and looks at copies, as "channel", "comparison", "forgeries" and
"deterrent" with --json, and exits with 1 when a scan or a forgery was judged wrongly:
  --trials N     scans of genuine backs in each setting (default 2, about 4 s each; 16 settings, one of them five times)
  --forgeries N  forgeries by their cells (default 300, about .1 s each), and a fiftieth of them printed and scanned
  --only PART    speed, channel, comparison, deterrent or forgeries; can be given again (default all)
  --docs         writes docs/security-print-results.md; what was not measured stays as it stands there`,
  async run(args) {
    const named = args[0] !== undefined && !args[0].startsWith("--");
    const name = named ? args[0] : undefined;
    const rest = named ? args.slice(1) : args;
    if (name !== undefined && !benches().includes(name)) {
      const near = nearestWord(name, benches());
      throw new UsageError(`there is no bench ${name}${near ? `; did you mean ${near}?` : ""}`);
    }
    const ofProof = name === "security-print" ? PROOF_OPTIONS : {};
    const { values } = parseOptions(rest, { json: { type: "boolean" }, runs: { type: "string" }, ...ofProof });
    for (const [option, value] of Object.entries(values)) {
      if (typeof value === "string") numberOption(option, value, 1, 100_000);
    }
    for (const chosen of name === undefined ? benches() : [name]) {
      const run = spawnSync(process.execPath, [join(projectRoot, FOLDER, `${chosen}.ts`), ...rest], {
        stdio: "inherit",
      });
      if (run.status !== 0) return run.status ?? exitCodes.failed;
    }
    return exitCodes.ok;
  },
};
