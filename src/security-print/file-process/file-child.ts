import { type ChildProcess, fork } from "node:child_process";
import { type Clock, withTimeout } from "../../kernel/clock.ts";
import { bareEnvironment } from "../../kernel/compile-cache.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { fail, type Result } from "../../kernel/result.ts";
import { inspectionLimits } from "../inspect/limits.ts";
import { watchMemory } from "./watch-memory.ts";

/** Limits of a child, those of an inspection where they are not said, and a caller who may give up. */
export interface FileChildOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly memoryBytes?: number;
}

/** A kind of child that works on one file of a stranger's. */
export interface FileChildKind {
  /** Path of its program. */
  readonly entry: string;
  /** What is said when it hangs, swells or ends. */
  readonly ended: ErrorCode;
  /** What it says of the file itself. */
  readonly aboutTheFile: readonly ErrorCode[];
}

/** Of the child's own heap. Pictures lie outside of it; for them the whole process is watched. */
const HEAP_MB = 256;

/**
 * Lets a child process of its own work on one file and ends it: a file that hangs, swells or crashes its decoder costs that file
 * only, and nothing of one is left when the next one comes. Gives what `exchange` does, `kind.ended` for the process, and
 * `K-CMD-102` when the signal aborts.
 */
export async function inFileChild(
  kind: FileChildKind,
  options: FileChildOptions,
  exchange: (child: ChildProcess) => Promise<Result<void>>,
): Promise<Result<void>> {
  const { clock, signal, timeoutMs = inspectionLimits.timeoutMs, memoryBytes = inspectionLimits.memoryBytes } = options;
  const child = fork(kind.entry, [], {
    serialization: "advanced",
    // What a file says must not reach a terminal or a log through a crash report.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    env: bareEnvironment(),
  });
  const watch = watchMemory(child, memoryBytes, clock);
  try {
    const done = await withTimeout(clock, { timeoutMs, ...(signal ? { signal } : {}) }, () => exchange(child));
    if (done.ok || done.error.code === "K-CMD-102" || kind.aboutTheFile.includes(done.error.code)) return done;
    if (done.error.code === "K-CMD-101") return fail(kind.ended, { why: "time-out", seconds: timeoutMs / 1000 });
    return watch.exceeded() ? fail(kind.ended, { why: `more than ${memoryBytes / 1e6} MB of memory` }) : done;
  } finally {
    watch.stop();
    child.kill("SIGKILL");
  }
}

/** Sends a child its file and resolves with what `onReply` says is the end; `ended` when the child ends first. */
export function replies<Reply>(
  child: ChildProcess,
  request: object,
  ended: ErrorCode,
  onReply: (reply: Reply) => Result<void> | undefined,
): Promise<Result<void>> {
  return new Promise((resolve) => {
    const onEnd = () => resolve(fail(ended, { why: "the process ended" }));
    child.on("message", (reply) => {
      const end = onReply(reply as Reply);
      if (end) resolve(end);
    });
    child.once("exit", onEnd);
    child.on("error", onEnd);
    child.send(request, (error) => {
      if (error) onEnd();
    });
  });
}
