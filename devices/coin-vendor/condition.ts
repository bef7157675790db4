import type { Clock } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { createStatusHolder, type StatusHolder } from "../contract/status-holder.ts";

/** The coin vendor's condition: what is wrong with which part, and the one status that follows from it. */
export interface Condition extends Omit<StatusHolder, "set"> {
  ready(): boolean;
  /** Why it is not ready. */
  away(): Failure;
  arrive(): void;
  leave(cause: Failure): void;
  /** A fault of a part, or `undefined` when it is mended; only the newest of each part counts. */
  set(part: "acceptor" | "escrow" | "fraud" | "exchange", cause: Failure | undefined): void;
  /** The fault that keeps coins from being taken. */
  fault(): Failure | undefined;
  acceptorFault(): Failure | undefined;
  escrowFault(): Failure | undefined;
  /** `K-COIN-501` while staff have units open, `K-COIN-204` with the cause while it is not ready: no command has left. */
  usable(): Result<void>;
}

/** A condition that begins away, until the start-up has finished. */
export function createCondition(clock: Pick<Clock, "monotonicMs">): Condition {
  const status = createStatusHolder(clock, "offline");
  const wrong: Partial<Record<"acceptor" | "escrow" | "fraud" | "exchange", Failure | undefined>> = {};
  let ready = false;
  let away: Failure = failure("K-COIN-204");
  const fault = () => wrong.acceptor ?? wrong.escrow;

  function show(): void {
    const broken = fault();
    if (!ready) status.set("offline", away);
    // XFS: the device is there, but a person keeps it from working.
    else if (wrong.exchange) status.set("userError", wrong.exchange);
    else if (broken) status.set("hardwareError", broken);
    else if (wrong.fraud) status.set("fraudAttempt", wrong.fraud);
    else status.set("online");
  }

  return {
    status: status.status,
    onStatus: status.onStatus,
    ready: () => ready,
    away: () => away,
    arrive() {
      ready = true;
      show();
    },
    leave(cause) {
      ready = false;
      away = cause;
      show();
    },
    set(part, cause) {
      wrong[part] = cause;
      show();
    },
    fault,
    acceptorFault: () => wrong.acceptor,
    escrowFault: () => wrong.escrow,
    usable() {
      if (wrong.exchange) return err(wrong.exchange);
      return ready ? ok() : fail("K-COIN-204", undefined, away);
    },
  };
}
