import type { Failure } from "../../src/kernel/errors/failure.ts";
import type { Result } from "../../src/kernel/result.ts";

/** The device status words of XFS4IoT (Common.Status, `device`). */
export type DeviceStatusWord =
  | "online"
  | "offline"
  | "powerOff"
  | "noDevice"
  | "hardwareError"
  | "userError"
  | "deviceBusy"
  | "fraudAttempt";

/** A device's status: the word, what caused it (a fault keeps its cause), and since when (monotonic milliseconds). */
export interface DeviceStatus {
  readonly word: DeviceStatusWord;
  readonly cause?: Failure;
  readonly sinceMs: number;
}

/** How every command is called: it can be cancelled and it ends in time. Each command has a default time-out. */
export interface CommandOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** What every device is, whatever it does. A device outlives its port: it says `offline`, it never disappears. */
export interface Device {
  readonly name: string;
  status(): DeviceStatus;
  /** Calls `listener` on every change of status; returns how to stop. */
  onStatus(listener: (status: DeviceStatus) => void): () => void;
  /**
   * Gives up the connection and makes a new one, at once. Completes when the device is there again, able or not; while it
   * stays away the cause is what keeps it away, and it goes on trying by itself. Ends commands under way: for staff, never
   * within a session.
   */
  reopen(options?: CommandOptions): Promise<Result<void>>;
  /** Ends the link and every command under way with `K-CMD-102`. */
  close(): Promise<void>;
}
