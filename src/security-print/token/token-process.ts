import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Clock, withTimeout } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { KeyToken } from "../scramble/keys.ts";
import type { TokenConfig } from "./config.ts";
import type { TokenAnswers, TokenAsk, TokenReply, TokenRequest } from "./messages.ts";

/** A token behind a process of its own. */
export interface TokenProcess extends KeyToken {
  /** Process id of the child that is running now. */
  pid(): number | undefined;
  /** Ends the child; what is under way ends with `K-IMAGE-123`. Resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

export interface TokenProcessOptions {
  readonly clock: Clock;
  /** How long one answer may take, the wait for those before it included. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** For ending the session with the token in good order, of which some have only a few. */
const CLOSE_TIMEOUT_MS = 1_000;
const ENTRY = fileURLToPath(new URL("./main.ts", import.meta.url));

/**
 * The token that `config` names, through a child process that loads the maker's module: what hangs, crashes or prints there
 * harms one answer, and PIN and session are in no process that meets citizens or scans. The child starts on first use, and
 * another takes its place when it was ended. Errors of all: `K-IMAGE-120` … `K-IMAGE-126`.
 */
export function createTokenProcess(config: TokenConfig, options: TokenProcessOptions): TokenProcess {
  const { clock, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  let child: ChildProcess | undefined;
  let closed = false;
  let lastId = 0;

  const running = (): ChildProcess => {
    if (child) return child;
    const started = fork(ENTRY, [JSON.stringify(config)], {
      serialization: "advanced",
      // What a module prints is its maker's affair, and may be about what it was given.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: [],
      // Modules are told by the environment where their token is (SOFTHSM2_CONF is one of many such names).
      env: process.env,
    });
    child = started;
    started.setMaxListeners(0);
    started.on("exit", () => {
      if (child === started) child = undefined;
    });
    started.on("error", () => {});
    return started;
  };
  const ask = async <W extends TokenAsk["work"]>(
    asked: Extract<TokenAsk, { work: W }>,
  ): Promise<Result<TokenAnswers[W]>> => {
    if (closed) return fail("K-IMAGE-123", { why: "closed" });
    const current = running();
    lastId += 1;
    const request: TokenRequest = { ...asked, id: lastId };
    const reply = await withTimeout(clock, { timeoutMs }, () => exchange(current, request));
    if (reply.ok || reply.error.code !== "K-CMD-101") return reply as Result<TokenAnswers[W]>;
    current.kill("SIGKILL");
    if (child === current) child = undefined;
    return fail("K-IMAGE-123", { label: config.label, why: "time-out", seconds: timeoutMs / 1000 });
  };

  return {
    present: (keyIds) => ask<"present">({ work: "present", keyIds }),
    generate: () => ask<"generate">({ work: "generate" }),
    wrapper: (keyId) => ({
      keyId,
      async wrap(dataKey, aad) {
        const wrapped = await ask<"wrap">({ work: "wrap", keyId, dataKey, aad });
        return wrapped.ok ? ok(Buffer.from(wrapped.value)) : wrapped;
      },
    }),
    async unwrap(keyId, wrapped, aad) {
      const opened = await ask<"unwrap">({ work: "unwrap", keyId, wrapped, aad });
      return opened.ok ? ok(opened.value && Buffer.from(opened.value)) : opened;
    },
    pid: () => child?.pid,
    async close() {
      closed = true;
      const last = child;
      if (!last || last.exitCode !== null || last.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => void last.once("exit", () => resolve()));
      if (last.connected) last.disconnect();
      const timer = clock.setTimer(CLOSE_TIMEOUT_MS, () => void last.kill("SIGKILL"));
      await gone;
      timer.cancel();
    },
  };
}

/** One request and its reply, or `K-IMAGE-123` when the child ends first. */
function exchange(child: ChildProcess, request: TokenRequest): Promise<Result<TokenAnswers[keyof TokenAnswers]>> {
  return new Promise((resolve) => {
    const settle = (result: Result<TokenAnswers[keyof TokenAnswers]>) => {
      child.off("message", onMessage);
      child.off("exit", onEnd);
      child.off("error", onEnd);
      resolve(result);
    };
    const onMessage = (reply: TokenReply) => {
      if (reply.id === request.id) settle(reply.result);
    };
    const onEnd = () => settle(fail("K-IMAGE-123", { why: "the process that speaks with it ended" }));
    child.on("message", onMessage);
    child.once("exit", onEnd);
    child.once("error", onEnd);
    child.send(request, (error) => {
      if (error) onEnd();
    });
  });
}
