import { type Clock, sleep } from "../../src/kernel/clock.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, ok, type Result } from "../../src/kernel/result.ts";
import { abortedBy } from "../contract/command-queue.ts";
import type { SupervisedLink } from "../contract/link.ts";
import type { Acceptor } from "./acceptor.ts";
import type { Condition } from "./condition.ts";
import type { Escrow } from "./escrow.ts";
import { delays } from "./settings.ts";

/** The commands around the slot and the escrow. Each ends in a defined state, also after its signal. */
export interface CashIn {
  openSlot(signal: AbortSignal): Promise<Result<void>>;
  closeSlot(signal: AbortSignal): Promise<Result<void>>;
  emptyEscrow(into: "cashBox" | "tray", signal: AbortSignal): Promise<Result<void>>;
}

/** `poll` reads the acceptor and tells what it said; `lastEventMs` is when it last said anything. */
export function createCashIn(parts: {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly link: SupervisedLink;
  readonly acceptor: Acceptor;
  readonly escrow: Escrow;
  readonly condition: Condition;
  readonly travelMs: number;
  readonly poll: () => Promise<Result<void>>;
  readonly lastEventMs: () => number;
}): CashIn {
  const { clock, acceptor, condition, poll } = parts;

  async function closeSlot(signal: AbortSignal): Promise<Result<void>> {
    const fit = condition.usable();
    // Wished also while nobody hears it: the wish is sent when the link is back.
    const closed = await acceptor.setSlot(false);
    if (!fit.ok) return fit;
    if (!closed.ok) return closed;
    const sinceMs = clock.monotonicMs();
    for (;;) {
      if (signal.aborted) return err(abortedBy(signal));
      const polled = await poll();
      const quietMs = clock.monotonicMs() - Math.max(sinceMs, parts.lastEventMs());
      if (polled.ok && quietMs >= parts.travelMs) return ok();
      if (!polled.ok && !parts.link.connected()) return polled;
      await sleep(clock, delays.settlePollMs);
    }
  }

  return {
    async openSlot(signal) {
      const fit = condition.usable();
      if (!fit.ok) return fit;
      const fault = condition.fault();
      if (fault) return err(fault);
      condition.set("fraud", undefined);
      // What fell in before belongs to before: it is told now and not mixed with what follows.
      const polled = await poll();
      if (!polled.ok) return polled;
      const opened = signal.aborted ? err(abortedBy(signal)) : await acceptor.setSlot(true);
      if (opened.ok && !signal.aborted) return ok();
      // Whether it opened is not known, or nobody wants it any more: it must not stay open.
      await acceptor.setSlot(false);
      return opened.ok ? err(abortedBy(signal)) : opened;
    },
    closeSlot,
    async emptyEscrow(into, signal) {
      const fit = condition.usable();
      if (!fit.ok) return fit;
      if (acceptor.slotOpen()) {
        const closed = await closeSlot(signal);
        if (!closed.ok) return closed;
      }
      const emptied = await parts.escrow.empty(into, signal);
      condition.set("escrow", emptied.ok || emptied.error.code !== "K-COIN-301" ? undefined : emptied.error);
      if (emptied.ok) parts.logger.event("coin.escrow", { device: parts.name, to: into });
      return emptied;
    },
  };
}
