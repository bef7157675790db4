import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Clock, withTimeout } from "../../kernel/clock.ts";
import { bareEnvironment } from "../../kernel/compile-cache.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { fail, type Result } from "../../kernel/result.ts";
import { inspectionLimits } from "../inspect/limits.ts";
import { watchMemory } from "../inspect-process/watch-memory.ts";
import type { LatentPicture } from "../latent/latent-pictures.ts";
import type { LatentReply } from "./messages.ts";

export interface ViewLatentOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Called with each picture as soon as it is made. */
  readonly onPicture: (picture: LatentPicture) => void;
  readonly timeoutMs?: number;
  readonly memoryBytes?: number;
}

const ENTRY = fileURLToPath(new URL("./main.ts", import.meta.url));
const HEAP_MB = 256;
/** What the child says of the file, and a caller who gave up; anything else is about the child. */
const PASSED_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["K-IMAGE-112", "K-IMAGE-113", "K-CMD-102"]);

/**
 * Makes the latent pictures of one file in a child process of its own, with the limits of an inspection. `K-IMAGE-112` and
 * `K-IMAGE-113` for the file, `K-IMAGE-114` for the process, `K-CMD-102` when the signal aborts.
 */
export async function viewLatent(file: Uint8Array, options: ViewLatentOptions): Promise<Result<void>> {
  const { clock, signal, timeoutMs = inspectionLimits.timeoutMs, memoryBytes = inspectionLimits.memoryBytes } = options;
  const child = fork(ENTRY, [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    env: bareEnvironment(),
  });
  const watch = watchMemory(child, memoryBytes, clock);
  try {
    const done = await withTimeout(clock, { timeoutMs, ...(signal ? { signal } : {}) }, () =>
      exchange(child, file, options.onPicture),
    );
    if (done.ok || PASSED_ON.has(done.error.code)) return done;
    if (done.error.code === "K-CMD-101") return fail("K-IMAGE-114", { why: "time-out", seconds: timeoutMs / 1000 });
    return watch.exceeded() ? fail("K-IMAGE-114", { why: `more than ${memoryBytes / 1e6} MB of memory` }) : done;
  } finally {
    watch.stop();
    child.kill("SIGKILL");
  }
}

function exchange(
  child: ChildProcess,
  file: Uint8Array,
  onPicture: ViewLatentOptions["onPicture"],
): Promise<Result<void>> {
  return new Promise((resolve) => {
    const onEnd = () => resolve(fail("K-IMAGE-114", { why: "the process ended" }));
    child.on("message", (reply: LatentReply) => {
      if (reply.kind === "picture") onPicture(reply.picture);
      else resolve(reply.result);
    });
    child.once("exit", onEnd);
    child.on("error", onEnd);
    child.send({ file }, (error) => {
      if (error) onEnd();
    });
  });
}
