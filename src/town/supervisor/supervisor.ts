import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createListeners } from "../../../devices/contract/listeners.ts";
import { type Clock, sleep } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type ProcessSpec, startProcess, type TownProcess } from "./child-process.ts";

/** How one process of the town fares. `stopped`: somebody wanted it so; `ended`: it ended by itself. */
export interface ProcessReport {
  readonly name: string;
  readonly state: "running" | "starting" | "stopped" | "ended";
  /** While it runs. */
  readonly pid?: number;
}

/** Runs processes side by side, starts a crashed one again, and stops them all. */
export interface Supervisor {
  start(spec: ProcessSpec): Promise<Result<TownProcess>>;
  /** Sorted by name. */
  running(): readonly TownProcess[];
  find(name: string): TownProcess | undefined;
  /** Every process that was ever started here, sorted by name. */
  reports(): readonly ProcessReport[];
  onChange(listener: () => void): () => void;
  /** Stops one process, which then stays stopped until `resume`. `K-TOWN-107` when there is none of this name. */
  halt(name: string): Promise<Result<void>>;
  /** Starts a stopped or ended process again; does nothing for one that runs. */
  resume(name: string): Promise<Result<void>>;
  /** SIGKILL without any word: what a crash or a power cut does. A supervisor that restarts crashed ones will. */
  kill(name: string): Result<void>;
  /**
   * Stops one process and starts it again: what an operator does, or a crash. With `change` another program or environment
   * takes its place under the same name and configuration.
   */
  restart(
    name: string,
    how: "stop" | "kill",
    change?: Pick<ProcessSpec, "entry" | "environment">,
  ): Promise<Result<TownProcess>>;
  /** Stops what runs; more may be started afterwards. */
  stopAll(): Promise<void>;
  /** Stops what runs and gives up what is starting, for good. */
  stop(): Promise<void>;
}

interface Slot {
  spec: ProcessSpec;
  process: TownProcess;
  state: ProcessReport["state"];
  /** Rises whenever somebody takes the slot in hand, so that a watch from before does nothing any more. */
  turn: number;
}

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 10_000;

/**
 * `restartCrashed`: a process that ends by itself is started again with back-off, for ever. Logs go to `<name>.jsonl`.
 * `onStarted` is told of every process that is ready, also of one that was started again.
 */
export function createSupervisor(options: {
  readonly clock: Clock;
  readonly logFolder: string;
  readonly restartCrashed: boolean;
  readonly onProgress: (text: string) => void;
  readonly onStarted?: (process: TownProcess) => void;
}): Supervisor {
  const slots: Slot[] = [];
  const changes = createListeners<void>();
  const stopping = new AbortController();
  const slotOf = (name: string) => slots.find((slot) => slot.spec.name === name);
  const unknown = (name: string) => fail("K-TOWN-107", { process: name });

  const launch = async (spec: ProcessSpec) => {
    const log = join(options.logFolder, `${spec.name}.jsonl`);
    const write = (line: string) => appendFileSync(log, `${line}\n`, { mode: 0o600 });
    const started = await startProcess(spec, options.clock, write, stopping.signal);
    if (started.ok) options.onStarted?.(started.value);
    return started;
  };

  const set = (slot: Slot, state: Slot["state"]) => {
    slot.state = state;
    changes.emit();
  };

  /** Follows a running process until it ends, or until somebody else takes it in hand. */
  const watch = async (slot: Slot) => {
    const { turn } = slot;
    const mine = () => slot.turn === turn;
    let backoffMs = FIRST_BACKOFF_MS;
    for (;;) {
      const code = await slot.process.ended;
      if (!mine()) return;
      set(slot, "ended");
      if (!(options.restartCrashed || slot.spec.respawn)) return;
      options.onProgress(`${slot.spec.name} ended (${code ?? "signal"}); starting it again`);
      for (;;) {
        await sleep(options.clock, backoffMs, stopping.signal);
        if (!mine()) return;
        set(slot, "starting");
        const again = await launch(slot.spec);
        if (!mine()) {
          if (again.ok) await again.value.stop();
          return;
        }
        if (again.ok) {
          slot.process = again.value;
          backoffMs = FIRST_BACKOFF_MS;
          set(slot, "running");
          break;
        }
        set(slot, "ended");
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      }
    }
  };

  /** Starts what a slot is to run. Whoever calls has taken the slot in hand. */
  const run = async (slot: Slot): Promise<Result<TownProcess>> => {
    slot.turn += 1;
    const { turn } = slot;
    set(slot, "starting");
    const started = await launch(slot.spec);
    if (slot.turn !== turn) {
      if (started.ok) await started.value.stop();
      return fail("K-TOWN-107", { process: slot.spec.name, why: "stopped while it started" });
    }
    if (started.ok) slot.process = started.value;
    set(slot, started.ok ? "running" : "ended");
    if (started.ok) void watch(slot);
    return started;
  };

  const halt = async (slot: Slot, how: "stop" | "kill") => {
    slot.turn += 1;
    set(slot, "stopped");
    if (how === "kill") slot.process.kill();
    else await slot.process.stop();
    await slot.process.ended;
  };

  const stopAll = async () => {
    const all = slots.splice(0);
    for (const slot of all) slot.turn += 1;
    await Promise.all(all.map((slot) => slot.process.stop()));
  };

  return {
    async start(spec) {
      const started = await launch(spec);
      if (!started.ok) return started;
      const slot: Slot = { spec, process: started.value, state: "running", turn: 0 };
      slots.push(slot);
      void watch(slot);
      changes.emit();
      return started;
    },
    running: () => slots.map((slot) => slot.process).sort((a, b) => a.name.localeCompare(b.name)),
    find: (name) => slotOf(name)?.process,
    reports: () =>
      slots
        .map(({ spec, state, process }) => ({
          name: spec.name,
          state,
          ...(state === "running" ? { pid: process.pid } : {}),
        }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    onChange: changes.add,
    async halt(name) {
      const slot = slotOf(name);
      if (!slot) return unknown(name);
      await halt(slot, "stop");
      return ok();
    },
    async resume(name) {
      const slot = slotOf(name);
      if (!slot) return unknown(name);
      if (slot.state === "running" || slot.state === "starting") return ok();
      const started = await run(slot);
      return started.ok ? ok() : started;
    },
    kill(name) {
      const slot = slotOf(name);
      if (!slot) return unknown(name);
      slot.process.kill();
      return ok();
    },
    async restart(name, how, change) {
      const slot = slotOf(name);
      if (!slot) return unknown(name);
      await halt(slot, how);
      if (change) slot.spec = { name: slot.spec.name, configFile: slot.spec.configFile, ...change };
      return run(slot);
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
