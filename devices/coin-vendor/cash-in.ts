import { type Clock, sleep } from "../../src/kernel/clock.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { abortedBy } from "../contract/command-queue.ts";
import type { SupervisedLink } from "../contract/link.ts";
import type { Acceptors } from "./acceptors.ts";
import type { Condition } from "./condition.ts";
import type { Escrow } from "./escrow.ts";
import type { NoteAcceptor } from "./notes/note-acceptor.ts";
import { type CashDenomination, denominations, noteDenominations } from "./port.ts";
import { delays } from "./settings.ts";

/** The commands around the slot and the escrow. Each ends in a defined state, also after its signal. */
export interface CashIn {
  openSlot(signal: AbortSignal, accept?: readonly CashDenomination[]): Promise<Result<void>>;
  closeSlot(signal: AbortSignal): Promise<Result<void>>;
  emptyEscrow(into: "cashBox" | "tray", signal: AbortSignal): Promise<Result<void>>;
}

/** `poll` reads the acceptor and tells what it said; `lastEventMs` is when it last said anything. */
export function createCashIn(parts: {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly link: SupervisedLink;
  readonly acceptor: Acceptors;
  readonly escrow: Escrow;
  readonly notes: NoteAcceptor | undefined;
  readonly condition: Condition;
  readonly travelMs: number;
  readonly poll: () => Promise<Result<void>>;
  readonly lastEventMs: () => number;
}): CashIn {
  const { clock, acceptor, notes, condition, poll } = parts;

  async function setNotes(accept: readonly CashDenomination[]): Promise<void> {
    await notes?.setSlot(noteDenominations.filter((note) => accept.includes(note)));
  }

  async function closeSlot(signal: AbortSignal): Promise<Result<void>> {
    const fit = condition.usable();
    // Wished also while nobody hears it: the wish is sent when the link is back.
    const closed = await acceptor.setSlot([]);
    await setNotes([]);
    if (!fit.ok) return fit;
    if (!closed.ok) return closed;
    const sinceMs = clock.monotonicMs();
    for (;;) {
      if (signal.aborted) return err(abortedBy(signal));
      const polled = await poll();
      const quietMs = clock.monotonicMs() - Math.max(sinceMs, parts.lastEventMs());
      const notesRest = !notes?.moving() || clock.monotonicMs() - sinceMs >= delays.noteTravelMs;
      if (polled.ok && quietMs >= parts.travelMs && notesRest) return ok();
      if (!polled.ok && !parts.link.connected()) return polled;
      await sleep(clock, delays.settlePollMs);
    }
  }

  return {
    async openSlot(signal, accept = [...denominations, ...noteDenominations]) {
      const fit = condition.usable();
      if (!fit.ok) return fit;
      const fault = condition.fault();
      if (fault) return err(fault);
      condition.set("fraud", undefined);
      // What fell in before belongs to before: it is told now and not mixed with what follows.
      const polled = await poll();
      if (!polled.ok) return polled;
      const opened = signal.aborted ? err(abortedBy(signal)) : await acceptor.setSlot(accept);
      if (opened.ok && !signal.aborted) {
        await setNotes(accept);
        return ok();
      }
      // Whether it opened is not known, or nobody wants it any more: it must not stay open.
      await acceptor.setSlot([]);
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
      return into === "cashBox" ? accept(signal) : giveBack(signal);
    },
  };

  async function emptyCoins(into: "cashBox" | "tray", signal: AbortSignal): Promise<Result<void>> {
    const emptied = await parts.escrow.empty(into, signal);
    condition.set("escrow", emptied.ok || emptied.error.code !== "K-COIN-301" ? undefined : emptied.error);
    if (emptied.ok) parts.logger.event("coin.escrow", { device: parts.name, to: into });
    return emptied;
  }

  /** The note first: if it comes back the coins have not moved, and everything can still be given back. */
  async function accept(signal: AbortSignal): Promise<Result<void>> {
    const held = notes?.held() !== undefined;
    const stacked = held && notes ? await notes.stack(signal) : ok();
    if (!stacked.ok) return stacked;
    const emptied = await emptyCoins("cashBox", signal);
    // The note lies in the box: nothing that happens to the coins may read as "nothing has moved".
    if (!emptied.ok && held) return fail("K-COIN-301", { into: "cashBox" }, emptied.error);
    return emptied;
  }

  /** Both are given back whatever becomes of the other. */
  async function giveBack(signal: AbortSignal): Promise<Result<void>> {
    const held = notes?.held() !== undefined;
    const returned = held && notes ? await notes.giveBack(signal) : ok();
    const emptied = await emptyCoins("tray", signal);
    if (!returned.ok && emptied.ok) return returned;
    if (!emptied.ok && held) return fail("K-COIN-301", { into: "tray" }, emptied.error);
    return emptied;
  }
}
