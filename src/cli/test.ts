import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, exitCodes } from "./command.ts";
import { examine, testNeeds } from "./doctor/checks.ts";
import { mendAll } from "./doctor/doctor.ts";
import { ensurePages } from "./pages.ts";
import { projectRoot } from "./root.ts";

/** `./madoguchi test`: set-up, the house rules, then every test. */
export const test: Command = {
  summary: "sets up what the tests need, checks the house rules, runs every test",
  usage: `usage: ./madoguchi test [FILTER…]

Installs missing Debian packages where it may (apt-get), then runs formatter, linter, types, import floors, generated
documents and all tests. A test that cannot run for want of a package fails and names the package.
With FILTER only the test files whose path contains it, without the house rules.`,
  async run(filters) {
    const missing = examine(projectRoot).filter((f) => testNeeds.includes(f.name) && !f.present);
    if (missing.length > 0 && mendAll(missing) !== exitCodes.ok) {
      const names = missing.map((f) => f.name).join(", ");
      process.stderr.write(`madoguchi test: missing and not installable here: ${names}; its tests will fail\n`);
    }
    const rules: readonly (readonly string[])[] = [
      ["biome", "ci", "--colors=off", "."],
      ["tsc", "--noEmit"],
      ["tsc", "--noEmit", "-p", "ui"],
      ["depcruise", "--config", ".dependency-cruiser.cjs", "src", "devices", "firmware-bridge", "ui", "test"],
      ["node", "src/cli/generate-docs.ts", "--check"],
    ];
    const broken = filters.length > 0 ? [] : rules.filter((rule) => !runs(rule));
    for (const rule of broken) process.stderr.write(`madoguchi test: FAILED ${rule.join(" ")}\n`);
    ensurePages((text) => process.stderr.write(`${text}\n`));
    const counts = runTests(filters);
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed + broken.length} failed\n`);
    return counts.failed + broken.length === 0 && counts.passed > 0 ? exitCodes.ok : exitCodes.failed;
  },
};

function runs(rule: readonly string[]): boolean {
  const [program = "", ...args] = rule;
  process.stderr.write(`$ ${rule.join(" ")}\n`);
  return spawnSync(program, args, { cwd: projectRoot, stdio: ["ignore", 2, 2] }).status === 0;
}

/** Runs vitest and reads its own count; a run that wrote no report counts as one failure. */
function runTests(filters: readonly string[]): { passed: number; failed: number } {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-test-"));
  const report = join(folder, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters];
  const run = spawnSync("vitest", args, { cwd: projectRoot, stdio: ["ignore", 1, 2] });
  try {
    const parsed = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[];
    };
    // A file that broke outside of its tests (an import, a hook) has failed although none of its tests has.
    const brokenFiles = parsed.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.every((one) => one.status !== "failed"),
    ).length;
    const failed = Math.max(parsed.numFailedTests + brokenFiles, run.status === 0 ? 0 : 1);
    return { passed: parsed.numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
