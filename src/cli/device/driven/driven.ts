import type { CommandOptions, Device } from "../../../../devices/contract/device.ts";
import type { PortOpener } from "../../../../devices/contract/port.ts";
import type { Clock } from "../../../kernel/clock.ts";
import type { Logger } from "../../../kernel/logger.ts";
import { fail, type Result } from "../../../kernel/result.ts";
import type { LinkNews } from "../recording/link-news.ts";
import type { Question } from "../recording/player.ts";

/** One command that a technician can give to a device. */
export interface DrivenCommand {
  readonly usage: string;
  readonly summary: string;
  /** What it came to, in plain values that are never personal; `K-CMD-103` when the words are not understood. */
  run(words: readonly string[], signal: AbortSignal): Promise<Result<unknown>>;
}

/** A device driven by hand. */
export interface Driven {
  readonly device: Device;
  readonly commands: Readonly<Record<string, DrivenCommand>>;
  /** Hears what the device tells without being asked: credits, sensors, a card that was put on. */
  onNews(listener: (text: string) => void): void;
}

/** What surrounds a device that is driven by hand. */
export interface DrivenContext {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How a device is reached that is asked and answers, and who listens. */
export interface AskedContext extends DrivenContext {
  readonly address: string;
  readonly tap: (news: LinkNews) => void;
  /** Instead of the address: for a replay. */
  readonly exchange?: (question: Question) => Promise<Result<Uint8Array>>;
}

/** How a device is reached that sits on a link of bytes. */
export interface LinkedContext extends DrivenContext {
  readonly opener: PortOpener;
}

/** Longest time for one command by hand; a payout that must be followed takes its own time. */
const HAND_TIMEOUT_MS = 60_000;

/** The options of a command by hand. */
export function byHand(signal: AbortSignal): CommandOptions {
  return { signal, timeoutMs: HAND_TIMEOUT_MS };
}

/** The failure for words that a command does not take. */
export function notUnderstood(command: string, word: string | undefined, allowed: string): Result<never> {
  return fail("K-CMD-103", { command, word: word ?? "(missing)", allowed });
}
