import { type Clock, sleep } from "../../src/kernel/clock.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { abortedBy } from "../contract/command-queue.ts";
import { wrongCategory } from "./acceptor.ts";
import type { CcTalkBus } from "./bus.ts";
import { ESCROW_ACCEPT, ESCROW_RETURN } from "./codec/commands.ts";
import { readEscrowStatus, readText } from "./codec/replies.ts";

/** The escrow under the acceptor: coins wait in it until they go to the cash box or back. */
export interface Escrow {
  /** Simple poll and category. */
  initialise(): Promise<Result<void>>;
  /**
   * Empties the escrow. The same movement twice does no harm while the slot is closed, so it is sent again over a broken
   * link until `deadlineMs` has passed: a movement that may have happened is always finished in its own direction. A signal
   * stops it only before the first command. `K-COIN-301` when the escrow reports a fault or does not come to rest.
   */
  empty(into: "cashBox" | "tray", signal: AbortSignal): Promise<Result<void>>;
}

const CATEGORY = /escrow/i;
/** Somebody waits for the paper behind this; a status takes 14 ms of the bus. */
const STEP_MS = 25;
const DEADLINE_MS = 20_000;

/** The escrow at `address`. */
export function createEscrow(options: {
  readonly bus: CcTalkBus;
  readonly clock: Clock;
  readonly address: number;
  readonly deadlineMs?: number;
}): Escrow {
  const { bus, clock, address } = options;
  return {
    async initialise() {
      const alive = await bus.request(address, "simplePoll");
      if (!alive.ok) return alive;
      const category = await bus.request(address, "requestCategory");
      if (!category.ok) return category;
      const text = readText(category.value);
      return CATEGORY.test(text) ? ok() : err(wrongCategory(address, text));
    },
    async empty(into, signal) {
      if (signal.aborted) return err(abortedBy(signal));
      const endMs = clock.monotonicMs() + (options.deadlineMs ?? DEADLINE_MS);
      const inTime = () => clock.monotonicMs() < endMs;
      const action = into === "cashBox" ? ESCROW_ACCEPT : ESCROW_RETURN;
      // Once a command may have left, no later failure may read as "nothing was sent".
      let mayHaveLeft = false;
      for (;;) {
        const sent = await bus.request(address, "operateEscrow", [action]);
        if (sent.ok) break;
        mayHaveLeft ||= sent.error.code !== "K-LINK-101" && sent.error.code !== "K-COIN-102";
        const final = sent.error.code === "K-COIN-102" || sent.error.code === "K-CMD-102";
        if (final || !inTime()) return mayHaveLeft ? fail("K-COIN-301", { into }, sent.error) : sent;
        await sleep(clock, STEP_MS);
      }
      for (;;) {
        const status = await bus.request(address, "requestEscrowStatus");
        if (!status.ok && (status.error.code === "K-CMD-102" || !inTime())) {
          return fail("K-COIN-301", { into }, status.error);
        }
        if (status.ok) {
          const { operating, faultCode } = readEscrowStatus(status.value);
          if (operating === "idle") return ok();
          if (operating === "fault" || !inTime()) return fail("K-COIN-301", { into, fault: faultCode });
        }
        await sleep(clock, STEP_MS);
      }
    },
  };
}
