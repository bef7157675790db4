import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Clock, withTimeout } from "../../kernel/clock.ts";
import { bareEnvironment } from "../../kernel/compile-cache.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { fail, type Result } from "../../kernel/result.ts";
import { inspectionLimits } from "../inspect/limits.ts";
import type { KeyToken } from "../scramble/keys.ts";
import type { InspectedBack, InspectReply, InspectRequest, UnwrapAnswer, UnwrapAsk } from "./messages.ts";
import { watchMemory } from "./watch-memory.ts";

export interface InspectFileOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Called with each back as soon as it is judged; what was said stays true when a later page fails. */
  readonly onBack: (back: InspectedBack) => void;
  /** Where the keys lie of which `keys` has only the ids. */
  readonly token?: Pick<KeyToken, "unwrap">;
  readonly timeoutMs?: number;
  readonly memoryBytes?: number;
}

const ENTRY = fileURLToPath(new URL("./main.ts", import.meta.url));
/** Of the child's own heap. Pictures lie outside of it; for them the whole process is watched. */
const HEAP_MB = 256;
/** What the child says of what it was given, and a visitor who went away; anything else is about the child. */
const PASSED_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["K-IMAGE-103", "K-IMAGE-109", "K-CMD-102"]);
/** A child that a file has taken over must not use the token for more than one file can ask. */
const MAX_UNWRAPS = inspectionLimits.pages * inspectionLimits.backs;

/**
 * Inspects one file in a child process of its own, which ends with it: a file that hangs, swells or crashes its decoder
 * costs that file only, and nothing of one certificate is left when the next one comes. `K-IMAGE-103` for the file,
 * `K-IMAGE-109` for the scan of the fronts (its backs were judged), `K-IMAGE-104` for the process, `K-IMAGE-120` …
 * `K-IMAGE-126` for the token, `K-CMD-102` when the signal aborts.
 */
export async function inspectFile(request: InspectRequest, options: InspectFileOptions): Promise<Result<void>> {
  const { clock, signal, timeoutMs = inspectionLimits.timeoutMs, memoryBytes = inspectionLimits.memoryBytes } = options;
  const child = fork(ENTRY, [], {
    serialization: "advanced",
    // What a back says must not reach a terminal or a log through a crash report.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    env: bareEnvironment(),
  });
  const watch = watchMemory(child, memoryBytes, clock);
  try {
    const done = await withTimeout(clock, { timeoutMs, ...(signal ? { signal } : {}) }, () =>
      exchange(child, request, options),
    );
    if (done.ok || PASSED_ON.has(done.error.code)) return done;
    if (done.error.code === "K-CMD-101") return fail("K-IMAGE-104", { why: "time-out", seconds: timeoutMs / 1000 });
    return watch.exceeded() ? fail("K-IMAGE-104", { why: `more than ${memoryBytes / 1e6} MB of memory` }) : done;
  } finally {
    watch.stop();
    child.kill("SIGKILL");
  }
}

/** The request, its backs, and its end; or `K-IMAGE-104` when the child ends first. */
function exchange(
  child: ChildProcess,
  request: InspectRequest,
  { onBack, token }: Pick<InspectFileOptions, "onBack" | "token">,
): Promise<Result<void>> {
  let unwraps = 0;
  const unwrap = async ({ keyId, wrapped, aad }: UnwrapAsk): Promise<UnwrapAnswer> => {
    unwraps += 1;
    if (unwraps > MAX_UNWRAPS) return fail("K-IMAGE-104", { why: "it asked for more data keys than there are backs" });
    return token ? token.unwrap(keyId, wrapped, aad) : fail("K-IMAGE-125", { keyId });
  };
  return new Promise((resolve) => {
    const onEnd = () => resolve(fail("K-IMAGE-104", { why: "the process ended" }));
    child.on("message", (reply: InspectReply) => {
      if (reply.kind === "back") onBack(reply.back);
      else if (reply.kind === "end") resolve(reply.result);
      else void unwrap(reply.asked).then((answer) => child.send(answer, () => {}));
    });
    child.once("exit", onEnd);
    child.on("error", onEnd);
    child.send(request, (error) => {
      if (error) onEnd();
    });
  });
}
