import { ok, type Result } from "../../src/kernel/result.ts";
import type { Acceptor } from "./acceptor.ts";
import type { CashDenomination, CoinEvents } from "./port.ts";

/** All coin acceptors of the machine as one slot: usually one, further ones on the addresses 11 to 17. */
export interface Acceptors {
  initialise(): Promise<Result<readonly CoinEvents[]>>;
  /** One reading of each. What was read is told also when a later one fails: it is recorded already. */
  poll(tell: (events: CoinEvents) => void): Promise<Result<void>>;
  /** Opens all for these coins; none closes them. All are tried, the first failure is returned. */
  setSlot(accept: readonly CashDenomination[]): Promise<Result<void>>;
  slotOpen(): boolean;
  selfCheck(): Promise<Result<void>>;
}

/** The acceptors as one. */
export function createAcceptors(acceptors: readonly Acceptor[]): Acceptors {
  /** Does it with each, one after the other; the first failure counts, but nobody is left out. */
  async function each(work: (acceptor: Acceptor) => Promise<Result<void>>): Promise<Result<void>> {
    let outcome: Result<void> = ok();
    for (const acceptor of acceptors) {
      const done = await work(acceptor);
      if (outcome.ok) outcome = done;
    }
    return outcome;
  }

  return {
    async initialise() {
      const told: CoinEvents[] = [];
      for (const acceptor of acceptors) {
        const greeted = await acceptor.initialise();
        if (!greeted.ok) return greeted;
        if (greeted.value) told.push(greeted.value);
      }
      return ok(told);
    },
    poll: (tell) =>
      each(async (acceptor) => {
        const polled = await acceptor.poll();
        if (!polled.ok) return polled;
        if (polled.value) tell(polled.value);
        return ok();
      }),
    setSlot: (accept) => each((acceptor) => acceptor.setSlot(accept)),
    slotOpen: () => acceptors.some((acceptor) => acceptor.slotOpen()),
    selfCheck: () => each((acceptor) => acceptor.selfCheck()),
  };
}
