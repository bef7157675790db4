import { type InsertedCard, insertCard } from "../../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard, type SimulatedCard } from "../../../devices/card-reader/simulator/simulated-card.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { TownCitizens } from "../cards/citizens.ts";

/** The hand that puts cards on the reader and takes them off. A card keeps its PIN counters while the bench runs. */
export interface CardHand {
  put(municipality: string, residentId: string): Promise<Result<void>>;
  /** Takes the card off, if there is one. */
  take(): Promise<void>;
  onReader(): { readonly municipality: string; readonly residentId: string } | undefined;
  onPresence(listener: (present: boolean) => void): void;
}

export function createCardHand(options: {
  readonly target: string;
  readonly citizens: readonly TownCitizens[];
  readonly clock: Clock;
  readonly logger: Logger;
}): CardHand {
  const made = new Map<string, SimulatedCard>();
  const listeners: ((present: boolean) => void)[] = [];
  let lying: { inserted: InsertedCard; municipality: string; residentId: string } | undefined;
  const tell = () => {
    for (const listener of listeners) listener(lying !== undefined);
  };
  const take = async () => {
    const { inserted } = lying ?? {};
    lying = undefined;
    await inserted?.remove();
    tell();
  };
  return {
    take,
    async put(municipality, residentId) {
      if (lying) return fail("K-TOWN-105", { why: "a card lies on the reader" });
      const town = options.citizens.find((t) => t.municipality === municipality);
      if (!town) return fail("K-TOWN-103", { residentId, municipality });
      const key = `${municipality}/${residentId}`;
      let card = made.get(key);
      if (!card) {
        const profile = await town.card(residentId);
        if (!profile.ok) return profile;
        card = createSimulatedCard({ profile: profile.value.profile });
        if (profile.value.pinLocked) card.pins.auth.triesLeft = 0;
        made.set(key, card);
      }
      const inserted = insertCard(card, options.target, {
        clock: options.clock,
        logger: options.logger,
        onPulled: () => void take(),
      });
      if (!inserted.ok) return inserted;
      lying = { inserted: inserted.value, municipality, residentId };
      tell();
      return ok();
    },
    onReader: () => (lying ? { municipality: lying.municipality, residentId: lying.residentId } : undefined),
    onPresence: (listener) => listeners.push(listener),
  };
}
