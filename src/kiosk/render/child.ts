import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bareEnvironment } from "../../kernel/compile-cache.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { RenderAnswers, RenderReply, RenderRequest } from "./messages.ts";

/** Limits of the child: V8's heap, and the memory of the PDF engine (pages of 64 kB; 512 MB). */
const MEMORY_FLAGS = ["--max-old-space-size=256", "--wasm-max-mem-pages=8192"];
const ENTRY = fileURLToPath(new URL("./main.ts", import.meta.url));

/** One render child, alive from its making to its end. */
export interface RenderChild {
  readonly pid: number | undefined;
  /** Resolves when the child is warm; `K-PRINT-302` when it ends before. */
  readonly ready: Promise<Result<void>>;
  /** Resolves when the child is gone. */
  readonly gone: Promise<void>;
  /** One request and its answer; `K-PRINT-302` when the child ends before. */
  ask<W extends keyof RenderAnswers>(request: Extract<RenderRequest, { work: W }>): Promise<Result<RenderAnswers[W]>>;
  /** SIGKILL: nothing of what it holds is written anywhere. */
  kill(): void;
}

/** Starts a child. Its output goes nowhere: what a page says must not reach a log through a crash report. */
export function startRenderChild(entry: string = ENTRY): RenderChild {
  const child: ChildProcess = fork(entry, [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: MEMORY_FLAGS,
    env: bareEnvironment(),
  });
  const waiting = new Map<number, (result: Result<RenderAnswers[keyof RenderAnswers]>) => void>();
  let becomeReady: (result: Result<void>) => void = () => {};
  let becomeGone: () => void = () => {};
  const ready = new Promise<Result<void>>((resolve) => {
    becomeReady = resolve;
  });
  const gone = new Promise<void>((resolve) => {
    becomeGone = resolve;
  });
  const end = (why: string) => {
    const ended = fail("K-PRINT-302", { why });
    becomeReady(ended);
    becomeGone();
    for (const settle of waiting.values()) settle(ended);
    waiting.clear();
  };
  child.on("message", (message: RenderReply) => {
    if ("ready" in message) return becomeReady(ok());
    waiting.get(message.id)?.(message.result);
    waiting.delete(message.id);
  });
  child.once("exit", (status, signal) => end(signal ?? `exit ${status}`));
  child.once("error", (thrown) => end(thrown.message));
  return {
    pid: child.pid,
    ready,
    gone,
    ask<W extends keyof RenderAnswers>(request: Extract<RenderRequest, { work: W }>) {
      return new Promise<Result<RenderAnswers[W]>>((resolve) => {
        if (!child.connected) return resolve(fail("K-PRINT-302", { why: "not connected" }));
        waiting.set(request.id, (result) => resolve(result as Result<RenderAnswers[W]>));
        child.send(request, (thrown) => {
          if (thrown) end(thrown.message);
        });
      });
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
