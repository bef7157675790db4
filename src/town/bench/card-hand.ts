import { type InsertedCard, insertCard } from "../../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard, type SimulatedCard } from "../../../devices/card-reader/simulator/simulated-card.ts";
import { createListeners } from "../../../devices/contract/listeners.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { TownCitizens } from "../cards/citizens.ts";
import { tappedCard } from "./taps/card.ts";
import type { Ear } from "./taps/repeats.ts";

/** The hand that puts cards on the reader and takes them off. A card keeps its PIN counters while the bench runs. */
export interface CardHand {
  put(municipality: string, residentId: string): Promise<Result<void>>;
  /** Takes the card off, if there is one. */
  take(): Promise<void>;
  onReader(): { readonly municipality: string; readonly residentId: string } | undefined;
  onPresence(listener: (present: boolean) => void): void;
  /**
   * Pulls or puts back the cable between the tray and the reader: a card that lies there is not seen without it. The
   * embedded reader itself is a part of the kiosk's card process and stays; with vpcd too only the card goes.
   */
  setConnected(connected: boolean): Promise<Result<void>>;
  connected(): boolean;
}

interface LyingCard {
  readonly card: SimulatedCard;
  readonly municipality: string;
  readonly residentId: string;
  /** Undefined while the cable is out. */
  inserted: InsertedCard | undefined;
}

export function createCardHand(options: {
  readonly target: string;
  readonly citizens: readonly TownCitizens[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ear: Ear;
}): CardHand {
  const made = new Map<string, SimulatedCard>();
  const presence = createListeners<boolean>();
  let connected = true;
  let lying: LyingCard | undefined;
  const take = async () => {
    const taken = lying;
    lying = undefined;
    await taken?.inserted?.remove();
    if (taken) presence.emit(lying !== undefined);
  };
  const touch = (card: SimulatedCard) =>
    insertCard(card, options.target, {
      clock: options.clock,
      logger: options.logger,
      onPulled: () => void take(),
    });
  const cardOf = async (town: TownCitizens, residentId: string): Promise<Result<SimulatedCard>> => {
    const key = `${town.municipality}/${residentId}`;
    const known = made.get(key);
    if (known) return ok(known);
    const profile = await town.card(residentId);
    if (!profile.ok) return profile;
    const card = createSimulatedCard({ profile: profile.value.profile });
    if (profile.value.pinLocked) card.pins.auth.triesLeft = 0;
    const tapped = tappedCard(card, options.ear);
    made.set(key, tapped);
    return ok(tapped);
  };
  return {
    take,
    async put(municipality, residentId) {
      const occupied = () => fail("K-TOWN-105", { why: "a card lies on the reader" });
      if (lying) return occupied();
      const town = options.citizens.find((t) => t.municipality === municipality);
      if (!town) return fail("K-TOWN-103", { residentId, municipality });
      const card = await cardOf(town, residentId);
      if (!card.ok) return card;
      // A card that is made for the first time takes a moment, in which somebody else may have put one down.
      if (lying) return occupied();
      const inserted = connected ? touch(card.value) : ok(undefined);
      if (!inserted.ok) return inserted;
      lying = { card: card.value, inserted: inserted.value, municipality, residentId };
      presence.emit(true);
      return ok();
    },
    onReader: () => (lying ? { municipality: lying.municipality, residentId: lying.residentId } : undefined),
    onPresence: (listener) => void presence.add(listener),
    connected: () => connected,
    async setConnected(next) {
      if (next === connected) return ok();
      connected = next;
      if (!lying) return ok();
      const { inserted } = lying;
      lying.inserted = undefined;
      if (!next) {
        await inserted?.remove();
        return ok();
      }
      const again = touch(lying.card);
      if (!again.ok) return again;
      lying.inserted = again.value;
      return ok();
    },
  };
}
