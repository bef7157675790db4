import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FIRMWARE = fileURLToPath(new URL("../../firmware-bridge/firmware", import.meta.url));
const SOURCES = ["pins.c", "parser.c", "debounce.c", "pattern.c", "deadman.c", "reply.c", "board.c"];
const FLAGS = ["-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"];

/** The firmware's pure part as a program of this machine; see harness.c for its language. */
export interface FirmwareHarness {
  /** Runs a script in a fresh process; returns what each line printed. Throws when a sanitizer or an assertion spoke. */
  run(...lines: string[]): string[][];
  remove(): void;
}

/** Compiles the harness with the host's gcc. Throws, naming the package, when there is none. */
export function compileHarness(): FirmwareHarness {
  // `./madoguchi coverage` wants to know which lines were run: the counts lie beside the program and stay.
  const counting = process.env.MADOGUCHI_GCOV;
  const folder = mkdtempSync(join(counting ?? tmpdir(), "mdg-harness-"));
  const program = join(folder, "harness");
  const args = [
    ...FLAGS,
    ...(counting === undefined ? [] : ["--coverage"]),
    "harness/harness.c",
    ...SOURCES.map((name) => `src/${name}`),
    "-o",
    program,
  ];
  const built = spawnSync("gcc", args, { cwd: FIRMWARE, encoding: "utf8" });
  if (built.error) throw new Error("gcc is missing: install the Debian packages gcc and libc6-dev");
  if (built.status !== 0) throw new Error(`the firmware's harness does not compile: ${built.stderr}`);
  return {
    run(...lines) {
      const ran = spawnSync(program, { input: `${lines.join("\n")}\n`, encoding: "utf8", maxBuffer: 64_000_000 });
      if (ran.status !== 0) throw new Error(`the harness ended with ${ran.status ?? ran.signal}: ${ran.stderr}`);
      const answers: string[][] = [[]];
      for (const line of ran.stdout.split("\n")) {
        if (line === ".") answers.push([]);
        else if (line !== "") answers.at(-1)?.push(line);
      }
      return answers.slice(0, -1);
    },
    remove() {
      if (counting === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
