import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Command, exitCodes, parseOptions } from "../command.ts";
import { projectRoot } from "../root.ts";
import {
  type FileCoverage,
  type GcovFile,
  type LineCount,
  linesOf,
  linesOfC,
  ranLines,
  type ScriptCoverage,
} from "./lines.ts";

/** Tests that are about devices. The contract suite is left out: it repeats each session hundreds of times. */
const TESTS = ["devices", "firmware-bridge", "test/faults", "test/io-board", "src/cli/wire", "test/commands/wire"];
/** Its emulated boards must keep up with real time, which they do not while they are counted: here only the bridge is. */
const REAL_TIME = "test/io-board/bridge.test.ts";
const C_SOURCES = "firmware-bridge/firmware/src/*.c";

/** `./madoguchi coverage`: which lines of the devices and of the I/O board's bridge and firmware the tests run. */
export const coverage: Command = {
  summary: "reports the line coverage of devices/ and firmware-bridge/, with no exclusions",
  usage: `usage: ./madoguchi coverage [--json]

Runs the tests of devices/ and firmware-bridge/, the fault matrix, the I/O board's tests and those of decode (some minutes;
not the contract suite), and counts the lines of every TypeScript and C file there, tests and simulators too, also in
processes that the tests start. Where a board is emulated in real time only the bridge is counted, because counting would
make the board too slow. Firmware that only runs on the processor (main.c, hal_avr.c) is run by the emulators, where nothing
counts its lines: it is listed as not counted.

  --json   prints one JSON object on standard output, and nothing else`,
  async run(args) {
    const { values } = parseOptions(args, { json: { type: "boolean" } });
    const folder = mkdtempSync(join(tmpdir(), "madoguchi-coverage-"));
    try {
      const passed = runTests(folder);
      const files = countAll(folder);
      const report = { passed, files: files.map(({ file, lines }) => ({ file, ...totals([{ file, lines }]) })) };
      process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table(files));
      if (!passed) process.stderr.write("madoguchi coverage: some tests failed; the count is of what ran\n");
      return passed ? exitCodes.ok : exitCodes.failed;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Counted {
  readonly file: string;
  /** Undefined: nothing counts its lines. */
  readonly lines: LineCount | undefined;
}

function runTests(folder: string): boolean {
  const children = join(folder, "children");
  const gcov = join(folder, "gcov");
  for (const one of [children, gcov]) mkdirSync(one);
  const env = { ...process.env, MADOGUCHI_CHILD_COVERAGE: children, MADOGUCHI_GCOV: gcov };
  const run = (...args: string[]) =>
    spawnSync("vitest", ["run", "--config", "vitest.coverage.config.ts", ...args], {
      cwd: projectRoot,
      env,
      stdio: ["ignore", 2, 2],
    }).status === 0;
  const most = run(`--coverage.reportsDirectory=${folder}/ts`, "--exclude", REAL_TIME, ...TESTS);
  const others = run("--coverage.enabled=false", REAL_TIME);
  return most && others;
}

function countAll(folder: string): Counted[] {
  return [...countTypeScript(folder), ...countC(join(folder, "gcov"))].sort((a, b) => (a.file < b.file ? -1 : 1));
}

function countTypeScript(folder: string): Counted[] {
  const written = join(folder, "ts", "coverage-final.json");
  if (!existsSync(written)) throw new Error("vitest wrote no coverage");
  const files = JSON.parse(readFileSync(written, "utf8")) as Record<string, FileCoverage>;
  const inChildren = scriptsOf(join(folder, "children"));
  return Object.entries(files).map(([path, file]) => {
    const { executable, covered } = linesOf(file);
    const all = new Set(covered);
    const source = readFileSync(path, "utf8");
    for (const script of inChildren.get(path) ?? []) {
      for (const line of ranLines(source, script, executable)) all.add(line);
    }
    return { file: relative(projectRoot, path), lines: { executable, covered: all } };
  });
}

/** What the processes that tests started wrote, by the script's path. */
function scriptsOf(folder: string): Map<string, ScriptCoverage[]> {
  const byPath = new Map<string, ScriptCoverage[]>();
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { result: ScriptCoverage[] };
    for (const script of result) {
      if (!script.url.startsWith("file://")) continue;
      const path = new URL(script.url).pathname;
      byPath.set(path, [...(byPath.get(path) ?? []), script]);
    }
  }
  return byPath;
}

function countC(folder: string): Counted[] {
  const counts = globSync(join(folder, "*", "*.gcda"));
  const run = spawnSync("gcov", ["--json-format", "--stdout", ...counts], { encoding: "utf8", maxBuffer: 64_000_000 });
  const seen = (run.stdout ?? "")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .flatMap((line) => (JSON.parse(line) as { files: GcovFile[] }).files);
  return globSync(C_SOURCES, { cwd: projectRoot }).map((file) => {
    const mine = seen.filter((one) => file.endsWith(`/${one.file}`));
    return { file, lines: mine.length > 0 ? linesOfC(mine) : undefined };
  });
}

function totals(files: readonly Counted[]) {
  const executable = files.reduce((sum, { lines }) => sum + (lines?.executable.size ?? 0), 0);
  const covered = files.reduce((sum, { lines }) => sum + (lines?.covered.size ?? 0), 0);
  return {
    lines: executable,
    covered,
    percent: executable === 0 ? null : Math.round((1000 * covered) / executable) / 10,
  };
}

/** One row a folder of a device, then every file below 90 % by itself, then what nothing counts. */
function table(files: readonly Counted[]): string {
  const room = (file: string) => file.split("/").slice(0, 2).join("/");
  const rooms = [...new Set(files.map(({ file }) => room(file)))];
  const row = (name: string, some: readonly Counted[]) => {
    const { lines, covered, percent } = totals(some);
    return `${(percent === null ? "—" : `${percent.toFixed(1)} %`).padStart(8)}  ${`${covered}/${lines}`.padStart(11)}  ${name}`;
  };
  const weak = files.filter((one) => (totals([one]).percent ?? 100) < 90);
  const uncounted = files.filter(({ lines }) => lines === undefined);
  return `${[
    ...rooms.map((name) =>
      row(
        name,
        files.filter(({ file }) => room(file) === name),
      ),
    ),
    row("all", files),
    ...(weak.length > 0 ? ["", "below 90 %:", ...weak.map((one) => row(one.file, [one]))] : []),
    ...(uncounted.length > 0 ? ["", `not counted: ${uncounted.map(({ file }) => file).join(", ")}`] : []),
  ].join("\n")}\n`;
}
