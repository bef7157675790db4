import { myNumberCardProfile } from "../../devices/card-reader/card-profile.ts";
import { createCardSession } from "../../devices/card-reader/card-session.ts";
import type { CardSession } from "../../devices/card-reader/port.ts";
import type { SimulatedCard } from "../../devices/card-reader/simulator/simulated-card.ts";
import { createCommandQueue } from "../../devices/contract/command-queue.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { fail, ok } from "../../src/kernel/result.ts";

/**
 * The driver's own session with a simulated card, without a process between them: what a card says in bytes, for tests that
 * follow it up to the citizen's screen. A card that loses its field is `K-CARD-103`, as every transport says it.
 */
export function plasticSession(card: SimulatedCard, clock: Clock): CardSession {
  card.reset();
  const { session } = createCardSession({
    profile: myNumberCardProfile,
    queue: createCommandQueue(clock),
    async request(request) {
      if (request.kind !== "transmit") return ok(new Uint8Array());
      const reaction = card.exchange(request.apdu);
      return "answer" in reaction ? ok(reaction.answer) : fail("K-CARD-103");
    },
    onClosed: () => card.reset(),
    onItemsRefused: () => {},
  });
  return session;
}
