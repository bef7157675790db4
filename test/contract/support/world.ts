import { getEventListeners } from "node:events";
import type { CommandOptions, Device, DeviceStatus, DeviceStatusWord } from "../../../devices/contract/device.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { type ErrorCode, errorCatalogue } from "../../../src/kernel/errors/catalogue.ts";
import type { Result } from "../../../src/kernel/result.ts";
import type { Line } from "./line.ts";

/** How a command of the session ended. `code` is `ok` or a code of the catalogue. */
export interface Outcome {
  readonly command: string;
  readonly code: ErrorCode | "ok";
  readonly tookMs: number;
}

/** Runs one command of a device; the contract hands it a signal and a time-out and watches its completion. */
export type Call = <T>(command: string, run: (options: CommandOptions) => Promise<Result<T>>) => Promise<Result<T>>;

/** Time as a rig has it: stepped in process, the machine's own where bytes really travel. */
export interface Time {
  readonly clock: Clock;
  sleep(ms: number): Promise<void>;
  /** Lets time pass until the promise settles; rejects when it does not within `maxMs`. */
  until<T>(promise: Promise<T>, maxMs: number): Promise<T>;
  /** Timers that the driver has set; undefined where nobody can count them. */
  pending(): number | undefined;
}

/** What disturbed a session: it decides which proofs can still be asked for. */
export type Harm = "nothing" | "unplugged" | "cancelled" | "silent" | "noise" | "answers" | "closed";

/** A driver, its machine and the line between them, fresh for one run. */
export interface World {
  readonly device: Device;
  readonly line: Line;
  readonly time: Time;
  /** The session: the commands that an issuance gives to this device, in their order. */
  session(call: Call): Promise<void>;
  /** A command without consequences that proves that the device serves again. */
  probe(call: Call): Promise<Result<unknown>>;
  /** Compares what was told with where money and paper are; throws when they contradict each other. */
  judge(outcomes: readonly Outcome[], harm: Harm): void;
  /** Ends what the rig started; the device is closed already. */
  dispose(): Promise<void>;
}

/** A fault of the hardware with the status that must show it until it is mended. */
export interface HardwareFault {
  readonly name: string;
  readonly word: DeviceStatusWord;
  readonly code: ErrorCode;
  happen(): void;
  mend(): void;
}

/** A world whose machine can break. */
export interface BreakableWorld extends World {
  readonly faults: readonly HardwareFault[];
  /** A command that makes the driver look, where it does not look by itself. */
  look(call: Call): Promise<unknown>;
}

/**
 * How long a device may take to come back after its plug, its power or its board, or after what it took for an attempt at
 * fraud, which the coin vendor shows for a minute.
 */
export const BACK_ONLINE_MS = 90_000;
/** How long a command may live longer than its time-out, because it must first know what became of money or paper. */
export const AFTERMATH_MS = 70_000;

/** Waits until the device shows one of these words; at once when it does, or when it is closed and never will. */
export async function untilWord(world: Pick<World, "device" | "time">, ...words: DeviceStatusWord[]): Promise<void> {
  const { device, time } = world;
  const shows = ({ word, cause }: DeviceStatus) => words.includes(word) || cause?.code === "K-CMD-102";
  if (shows(device.status())) return;
  let stop = () => {};
  const heard = new Promise<void>((resolve) => {
    stop = device.onStatus((status) => {
      if (shows(status)) resolve();
    });
  });
  const limit = time.sleep(BACK_ONLINE_MS).then(() => {
    throw new Error(`the device did not become ${words.join(" or ")} but stayed ${describeStatus(device.status())}`);
  });
  try {
    await Promise.race([heard, limit]);
  } finally {
    stop();
    limit.catch(() => {});
  }
}

export function describeStatus(status: DeviceStatus): string {
  return `${status.word} (${status.cause?.code ?? "no cause"})`;
}

/** Commands under watch: what each completed with, and the one that runs now. */
export interface Watch {
  readonly call: Call;
  /** The command that runs now, counted from 0, and since when it runs; undefined between two. */
  now(): { readonly nth: number; readonly sinceMs: number } | undefined;
  /** The command with this number gets this time-out instead of the common one. */
  limit(nth: number, timeoutMs: number): void;
  readonly outcomes: readonly Outcome[];
  /** Cancels the command that runs now, as its caller would. */
  cancel(): void;
  /** Contradictions to the contract: a code outside the catalogue, a late completion, and, once the device is closed, a listener left on a signal. */
  complaints(): readonly string[];
}

/** Watches commands of `world`; `timeoutMs` is the time-out that every command gets. */
export function watchCommands(time: Time, timeoutMs: number): Watch {
  const outcomes: Outcome[] = [];
  const complaints: string[] = [];
  const given: { readonly command: string; readonly signal: AbortSignal }[] = [];
  const running = new Set<AbortController>();
  const limits = new Map<number, number>();
  let begun = 0;
  let last: { readonly nth: number; readonly startedMs: number } | undefined;
  return {
    now: () => last && { nth: last.nth, sinceMs: time.clock.monotonicMs() - last.startedMs },
    limit: (nth, limitMs) => void limits.set(nth, limitMs),
    outcomes,
    complaints() {
      const listening = given.filter(({ signal }) => getEventListeners(signal, "abort").length > 0);
      return [...complaints, ...listening.map(({ command }) => `${command}: its signal is still listened to`)];
    },
    cancel() {
      for (const controller of running) controller.abort();
    },
    async call(command, run) {
      const controller = new AbortController();
      running.add(controller);
      given.push({ command, signal: controller.signal });
      const startedMs = time.clock.monotonicMs();
      last = { nth: begun, startedMs };
      begun += 1;
      const result = await run({ signal: controller.signal, timeoutMs: limits.get(last.nth) ?? timeoutMs });
      last = undefined;
      const tookMs = time.clock.monotonicMs() - startedMs;
      running.delete(controller);
      const code = result.ok ? "ok" : result.error.code;
      outcomes.push({ command, code, tookMs });
      if (code !== "ok" && !Object.hasOwn(errorCatalogue, code))
        complaints.push(`${command}: ${code} is no known code`);
      if (tookMs > timeoutMs + AFTERMATH_MS) complaints.push(`${command}: took ${tookMs} ms`);
      return result;
    },
  };
}
