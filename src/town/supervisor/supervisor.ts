import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, sleep } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type ProcessSpec, startProcess, type TownProcess } from "./child-process.ts";

/** Runs processes side by side, starts a crashed one again, and stops them all. */
export interface Supervisor {
  start(spec: ProcessSpec): Promise<Result<TownProcess>>;
  /** Sorted by name. */
  running(): readonly TownProcess[];
  find(name: string): TownProcess | undefined;
  /** Stops one process and starts it again from the same configuration: what an operator does, or a crash. */
  restart(name: string, how: "stop" | "kill"): Promise<Result<TownProcess>>;
  /** Stops what runs; more may be started afterwards. */
  stopAll(): Promise<void>;
  /** Stops what runs and gives up what is starting, for good. */
  stop(): Promise<void>;
}

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 10_000;

/** `restartCrashed`: a process that ends by itself is started again with back-off, for ever. Logs go to `<name>.jsonl`. */
export function createSupervisor(options: {
  readonly clock: Clock;
  readonly logFolder: string;
  readonly restartCrashed: boolean;
  readonly onProgress: (text: string) => void;
}): Supervisor {
  const slots: { spec: ProcessSpec; process: TownProcess; wanted: boolean }[] = [];
  const stopping = new AbortController();

  const launch = (spec: ProcessSpec) => {
    const log = join(options.logFolder, `${spec.name}.jsonl`);
    const write = (line: string) => appendFileSync(log, `${line}\n`, { mode: 0o600 });
    return startProcess(spec, options.clock, write, stopping.signal);
  };

  const watch = async (slot: (typeof slots)[number]) => {
    let backoffMs = FIRST_BACKOFF_MS;
    while (slot.wanted) {
      const code = await slot.process.ended;
      if (!slot.wanted || !(options.restartCrashed || slot.spec.respawn)) return;
      options.onProgress(`${slot.spec.name} ended (${code ?? "signal"}); starting it again`);
      for (;;) {
        await sleep(options.clock, backoffMs, stopping.signal);
        if (!slot.wanted) return;
        const again = await launch(slot.spec);
        if (again.ok) {
          slot.process = again.value;
          backoffMs = FIRST_BACKOFF_MS;
          break;
        }
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      }
    }
  };

  const add = (spec: ProcessSpec, process: TownProcess) => {
    const slot = { spec, process, wanted: true };
    slots.push(slot);
    void watch(slot);
  };

  const stopAll = async () => {
    const all = slots.splice(0);
    for (const slot of all) slot.wanted = false;
    await Promise.all(all.map((slot) => slot.process.stop()));
  };

  return {
    async start(spec) {
      const started = await launch(spec);
      if (started.ok) add(spec, started.value);
      return started;
    },
    running: () => slots.map((slot) => slot.process).sort((a, b) => a.name.localeCompare(b.name)),
    find: (name) => slots.find((slot) => slot.spec.name === name)?.process,
    async restart(name, how) {
      const index = slots.findIndex((slot) => slot.spec.name === name);
      const [slot] = index < 0 ? [] : slots.splice(index, 1);
      if (!slot) return fail("K-TOWN-101", { process: name, why: "not running" });
      slot.wanted = false;
      if (how === "kill") slot.process.kill();
      else await slot.process.stop();
      await slot.process.ended;
      const started = await launch(slot.spec);
      if (started.ok) add(slot.spec, started.value);
      return started;
    },
    stopAll,
    async stop() {
      stopping.abort();
      await stopAll();
    },
  };
}

/** All or the first failure. */
export function firstFailure<T>(results: readonly Result<T>[]): Result<T[]> {
  const values: T[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
}
