import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../madoguchi", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `./madoguchi …` as a person would and waits for its end. */
export function madoguchi(...args: readonly string[]): Promise<Finished> {
  return begin(...args).finished;
}

/** Starts `./madoguchi …`; `lineOf` resolves with the first line of standard output that matches. */
export function begin(...args: readonly string[]): {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  lineOf(pattern: RegExp): Promise<string>;
} {
  const child = spawn(launcher, [...args], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  const waiting: { pattern: RegExp; done: (line: string) => void }[] = [];
  child.stdout.on("data", (part) => {
    out += part;
    for (const waiter of waiting) {
      const line = out.split("\n").find((l) => waiter.pattern.test(l));
      if (line !== undefined) waiter.done(line);
    }
  });
  child.stderr.on("data", (part) => {
    err += part;
  });
  const finished = new Promise<Finished>((resolve) => child.once("close", (code) => resolve({ code, out, err })));
  return {
    process: child,
    finished,
    lineOf: (pattern) =>
      new Promise((done, failed) => {
        waiting.push({ pattern, done });
        void finished.then((end) => failed(new Error(`ended with ${end.code}: ${end.err}`)));
      }),
  };
}
