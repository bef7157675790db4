import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./io-board-rig.ts";

const SOURCE = fileURLToPath(new URL("../../firmware-bridge/emulator/simavr/runner.c", import.meta.url));
const FLAGS = ["-std=gnu99", "-O2", "-Wall", "-Wextra", "-Werror"];
const LIBRARIES = ["-lsimavr", "-lelf", "-lutil", "-lm"];

/** Firmware in simavr, as a process with a pseudo terminal. */
export interface Simavr {
  /** Path of the board's terminal. */
  readonly pty: string;
  /** Whether the board drives the pin high, as far as it has told. */
  output(pin: number): boolean;
  /** Output changes in order, e.g. `2 on`; without the alive lamp. */
  readonly switched: string[];
  setInput(pin: number, high: boolean): void;
  reset(): void;
  stop(): Promise<void>;
}

/** Compiles the runner with gcc and starts it. Throws, naming the packages, when it cannot be compiled. */
export async function startSimavr(hex: string): Promise<Simavr> {
  const folder = mkdtempSync(join(tmpdir(), "mdg-simavr-"));
  const program = join(folder, "runner");
  const hexFile = join(folder, "firmware.hex");
  writeFileSync(hexFile, hex);
  const built = spawnSync("gcc", [...FLAGS, SOURCE, "-o", program, ...LIBRARIES], { encoding: "utf8" });
  if (built.status !== 0) {
    const why = built.error?.message ?? built.stderr;
    throw new Error(`simavr's runner does not compile: install gcc, libsimavr-dev and libelf-dev (${why})`);
  }
  const child = spawn(program, [hexFile], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const high = new Set<number>();
  const switched: string[] = [];
  let pty: string | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [word, first = "", level] = line.split(" ");
    if (word === "pty") pty = first;
    if (word !== "out") return;
    const pin = Number(first);
    if (level === "1") high.add(pin);
    else high.delete(pin);
    if (pin !== 13) switched.push(`${pin} ${level === "1" ? "on" : "off"}`);
  });
  await until("simavr has a terminal", () => pty !== undefined);
  return {
    pty: pty ?? "",
    output: (pin) => high.has(pin),
    switched,
    setInput: (pin, level) => void child.stdin.write(`in ${pin} ${level ? 1 : 0}\n`),
    reset: () => void child.stdin.write("reset\n"),
    async stop() {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
