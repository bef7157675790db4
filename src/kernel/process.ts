import { parseArgs } from "node:util";
import type { z } from "zod";
import { type Clock, systemClock } from "./clock.ts";
import { loadConfig } from "./config.ts";
import { describeFailure, type Failure } from "./errors/failure.ts";
import { createLogger, type Logger } from "./logger.ts";
import type { Result } from "./result.ts";
import { softwareVersion } from "./version.ts";

/** What a started process answers: where it can be reached, and how it stops. */
export interface Running {
  /** Named addresses for the ready line, e.g. `{ https: "https://127.0.0.1:40123" }`. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Closes everything; called once, on SIGTERM, SIGINT or when the supervisor's pipe closes. */
  stop(): Promise<void>;
}

/** The first line on standard output of every process. */
export interface ReadyLine {
  readonly ready: true;
  readonly name: string;
  readonly pid: number;
  readonly version: string;
  readonly addresses: Readonly<Record<string, string>>;
}

export const EXIT_CONFIGURATION = 2;
export const EXIT_START_FAILED = 1;
/** `EX_SOFTWARE` of sysexits.h: a bug. */
export const EXIT_CRASHED = 70;

/**
 * The frame of every `main.ts`: `--config FILE` is read and checked (exit 2 with file, line, key, value and what is
 * allowed), `start` is called, a `ReadyLine` is printed, SIGTERM and SIGINT stop cleanly. A process that was started with
 * an IPC channel stops when its parent is gone. Logs go to standard error, one JSON event a line.
 */
export async function runProcess<S extends z.ZodType>(options: {
  readonly name: string;
  readonly schema: S;
  start(config: z.output<S>, context: { readonly clock: Clock; readonly logger: Logger }): Promise<Result<Running>>;
}): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: "string" } } });
  const logger = createLogger(options.name, systemClock, (line) => process.stderr.write(line));
  if (!values.config) return leave(EXIT_CONFIGURATION, `${options.name}: --config FILE is missing`);
  const config = loadConfig(values.config, options.schema);
  if (!config.ok) return leave(EXIT_CONFIGURATION, explain(options.name, config.error));
  process.on("uncaughtException", (thrown) => {
    logger.event("process.crashed", { name: options.name, ...crashReport(thrown) });
    process.exit(EXIT_CRASHED);
  });
  let running: Running | undefined;
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.event("process.stopping", { name: options.name, reason });
    // Before it is ready there is nothing that somebody else relies on.
    if (!running) process.exit(EXIT_START_FAILED);
    void running.stop().then(() => process.exit(0));
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("disconnect", () => stop("parent is gone"));
  process.channel?.unref();
  const started = await options.start(config.value, { clock: systemClock, logger });
  if (!started.ok) {
    const code = started.error.code.startsWith("K-CONF") ? EXIT_CONFIGURATION : EXIT_START_FAILED;
    return leave(code, explain(options.name, started.error));
  }
  running = started.value;
  const line: ReadyLine = {
    ready: true,
    name: options.name,
    pid: process.pid,
    version: softwareVersion,
    addresses: running.addresses,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  logger.event("process.started", { name: options.name, version: softwareVersion });
}

/** Says why and ends at once: a start that failed half way may have left servers open, which would hold the process. */
function leave(code: number, text: string): void {
  process.stderr.write(`${text}\n`, () => process.exit(code));
}

/**
 * What may be logged of a bug: the error's class and the places in the code. Its message is left out, because messages of
 * the platform quote the data that they are about (a name that is not JSON, say).
 */
export function crashReport(thrown: unknown): { readonly error: string; readonly stack: string } {
  if (!(thrown instanceof Error)) return { error: typeof thrown, stack: "" };
  const frames = (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: thrown.name, stack: frames.map((frame) => frame.trim()).join("; ") };
}

/** A failure as lines for a person: one line for each link of the chain. */
export function explain(name: string, failure: Failure): string {
  const lines: string[] = [];
  for (let f: Failure | undefined = failure; f; f = f.cause)
    lines.push(`${name}: ${describeFailure({ code: f.code, ...(f.detail ? { detail: f.detail } : {}) })}`);
  return lines.join("\n");
}
