import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Clock, withTimeout } from "../../kernel/clock.ts";
import { bareEnvironment } from "../../kernel/compile-cache.ts";
import { type Logger, silentLogger } from "../../kernel/logger.ts";
import { err, fail, type Result } from "../../kernel/result.ts";
import type { PageReading } from "../pages/reading.ts";
import type { DrawnPage, PageReply, PageRequest, PageWork } from "./messages.ts";

/**
 * Reads and draws PDFs from elsewhere in a child process, one document at a time. A document that hangs or crashes the
 * child costs that document only: the child is killed and another takes its place.
 */
export interface PageProcess {
  /** The front hash of every page (see `pages/front.ts`). `K-BIND-138` for the document, `K-CERT-104` for the process. */
  frontHashes(pdf: Uint8Array): Promise<Result<readonly string[]>>;
  /** Everything that stands on every page. Errors as `frontHashes`. */
  read(pdf: Uint8Array): Promise<Result<readonly PageReading[]>>;
  /** Everything that a centre needs of every page. Errors as `frontHashes`. */
  draw(pdf: Uint8Array): Promise<Result<readonly DrawnPage[]>>;
  /** Starts the child ahead of the first document. */
  warm(): void;
  /** Process id of the child that is running now. */
  pid(): number | undefined;
  /** Kills the child; what is under way ends with `K-CERT-104`. Resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

export interface PageProcessOptions {
  readonly clock: Clock;
  readonly logger?: Logger;
  /** How long one document may take. */
  readonly timeoutMs?: number;
  /** A child is replaced after so many documents, so that nothing of one stays for long. */
  readonly documentsPerChild?: number;
  /** A child whose engine holds more than this after a document is replaced. */
  readonly engineBytes?: number;
}

const DEFAULTS = { timeoutMs: 20_000, documentsPerChild: 200, engineBytes: 200_000_000 };
const ENTRY = fileURLToPath(new URL("./main.ts", import.meta.url));

/** A page process. Its child starts on first use. */
export function createPageProcess(options: PageProcessOptions): PageProcess {
  const { clock, logger = silentLogger } = options;
  const limits = { ...DEFAULTS, ...options };
  let child: ChildProcess | undefined;
  let documents = 0;
  let closed = false;
  let turn: Promise<unknown> = Promise.resolve();
  let lastId = 0;

  const start = (): ChildProcess => {
    if (child) return child;
    const started = fork(ENTRY, [], {
      serialization: "advanced",
      // What a page says must not reach a log through a crash report.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: ["--max-old-space-size=256"],
      env: bareEnvironment(),
    });
    documents = 0;
    child = started;
    // A child that dies between documents is simply not there for the next one.
    started.on("exit", () => {
      if (child === started) child = undefined;
    });
    started.on("error", () => {});
    return started;
  };
  const replace = (reason: string) => {
    if (!child) return;
    logger.event("pages.process.ended", { reason, documents });
    child.kill("SIGKILL");
    child = undefined;
  };

  const work = async <W extends keyof PageWork>(kind: W, pdf: Uint8Array): Promise<Result<PageWork[W]>> => {
    if (closed) return fail("K-CERT-104", { why: "closed" });
    const current = start();
    lastId += 1;
    const request: PageRequest = { id: lastId, pdf, work: kind };
    const reply = await withTimeout(clock, { timeoutMs: limits.timeoutMs }, () => exchange(current, request));
    documents += 1;
    if (!reply.ok) {
      replace(reply.error.code === "K-CMD-101" ? "time-out" : "ended");
      return reply.error.code === "K-CERT-104" ? reply : fail("K-CERT-104", { why: "time-out" }, reply.error);
    }
    if (documents >= limits.documentsPerChild || reply.value.engineBytes > limits.engineBytes) {
      child = undefined;
      current.kill("SIGKILL");
      if (!closed) start();
    }
    const { result } = reply.value;
    return result.ok ? { ok: true, value: result.value as PageWork[W] } : err(result.error);
  };
  const inTurn = <W extends keyof PageWork>(kind: W, pdf: Uint8Array): Promise<Result<PageWork[W]>> => {
    const mine = turn.then(() => work(kind, pdf));
    turn = mine;
    return mine;
  };

  return {
    frontHashes: (pdf) => inTurn("frontHashes", pdf),
    read: (pdf) => inTurn("read", pdf),
    draw: (pdf) => inTurn("draw", pdf),
    warm: () => void start(),
    pid: () => child?.pid,
    async close() {
      closed = true;
      const last = child;
      child = undefined;
      if (!last || last.exitCode !== null || last.signalCode !== null) return;
      await new Promise<void>((resolve) => {
        last.once("exit", () => resolve());
        last.kill("SIGKILL");
      });
    },
  };
}

/** One request and its reply, or `K-CERT-104` when the child ends first. */
function exchange(child: ChildProcess, request: PageRequest): Promise<Result<PageReply>> {
  return new Promise((resolve) => {
    const settle = (result: Result<PageReply>) => {
      child.off("message", onMessage);
      child.off("exit", onEnd);
      child.off("error", onEnd);
      resolve(result);
    };
    const onMessage = (reply: PageReply) => {
      if (reply.id === request.id) settle({ ok: true, value: reply });
    };
    const onEnd = () => settle(fail("K-CERT-104", { why: "the process ended" }));
    child.on("message", onMessage);
    child.once("exit", onEnd);
    child.once("error", onEnd);
    child.send(request, (error) => {
      if (error) onEnd();
    });
  });
}
