import type { Clock } from "../../../kernel/clock.ts";
import type { ErrorCode } from "../../../kernel/errors/catalogue.ts";
import type { Failure } from "../../../kernel/errors/failure.ts";
import type { Logger } from "../../../kernel/logger.ts";
import type { DirectoryReply } from "../../../protocol/messages/kiosk.ts";
import type { Signer } from "../../../protocol/statement.ts";
import type { Binding, Journal, KioskDevices, Renderer, Uplink } from "../../ports.ts";
import type { Words } from "../../words.ts";
import type { FlowEvent } from "../flow/events.ts";
import type { Timings } from "../timings.ts";
import type { Waits } from "../waits.ts";
import type { Workspace } from "../workspace.ts";

/** What the effects work with; made once, when the kiosk starts. */
export interface EffectDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly devices: KioskDevices;
  readonly renderer: Renderer;
  readonly binding: Binding;
  readonly uplink: Uplink;
  readonly journal: Journal;
  /** The device key, and its certificate: signs S and P. */
  readonly signer: Signer;
  readonly words: Words;
  /** The last directory of municipalities; it is not personal and outlives sessions. */
  readonly directory: DirectoryHolder;
  /** Something was put into the outbox. */
  readonly kickOutbox: () => void;
  readonly waits: Waits;
}

export interface DirectoryHolder {
  current: DirectoryReply | undefined;
}

/** One session's surroundings for an effect. */
export interface Scene {
  readonly deps: EffectDeps;
  readonly workspace: Workspace;
  readonly timings: Timings;
  readonly startedAtMs: number;
  /** Aborts when the flow gave the effect up. */
  readonly signal: AbortSignal;
  /** Resolves when every other effect of this session has come back. */
  othersEnded(): Promise<void>;
  /** Tells the flow something besides the completion (coins, impressions). */
  tell(event: FlowEvent): void;
}

/** Logs an expected failure with the code at its root, and gives back its own code. */
export function noted(scene: Scene, effect: string, failure: Failure): ErrorCode {
  let root = failure;
  while (root.cause) root = root.cause;
  const { sessionId } = scene.workspace;
  scene.deps.logger.event("effect.failed", { sessionId, effect, code: failure.code, because: root.code });
  return failure.code;
}
