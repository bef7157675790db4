import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
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
  /** The same for standard error. */
  errorOf(pattern: RegExp): Promise<string>;
} {
  const child = spawn(launcher, [...args], { stdio: ["ignore", "pipe", "pipe"] });
  const out = watched(child.stdout);
  const err = watched(child.stderr);
  const finished = new Promise<Finished>((resolve) =>
    child.once("close", (code) => resolve({ code, out: out.text(), err: err.text() })),
  );
  const orEnd = (line: Promise<string>) =>
    Promise.race([line, finished.then((end) => Promise.reject(new Error(`ended with ${end.code}: ${end.err}`)))]);
  return {
    process: child,
    finished,
    lineOf: (pattern) => orEnd(out.line(pattern)),
    errorOf: (pattern) => orEnd(err.line(pattern)),
  };
}

/** Collects a stream's text and tells when a line of it matches. */
function watched(stream: Readable): { text(): string; line(pattern: RegExp): Promise<string> } {
  let text = "";
  const waiting = new Set<{ pattern: RegExp; done: (line: string) => void }>();
  const look = () => {
    for (const waiter of waiting) {
      const line = text.split("\n").find((l) => waiter.pattern.test(l));
      if (line === undefined) continue;
      waiting.delete(waiter);
      waiter.done(line);
    }
  };
  stream.on("data", (part) => {
    text += part;
    look();
  });
  return {
    text: () => text,
    line: (pattern) =>
      new Promise((done) => {
        waiting.add({ pattern, done });
        look();
      }),
  };
}
