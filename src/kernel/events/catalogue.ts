import { bridgeEvents } from "./bridge.ts";
import { centreEvents } from "./centre.ts";
import { deviceEvents } from "./device.ts";
import type { EventEntry } from "./entry.ts";
import { generalEvents } from "./general.ts";
import { issuingEvents } from "./issuing.ts";
import { kioskEvents } from "./kiosk.ts";

/** Every log line of the product: the one source of the types and of `docs/events.md`. */
export const eventCatalogue = {
  ...generalEvents,
  ...kioskEvents,
  ...deviceEvents,
  ...bridgeEvents,
  ...issuingEvents,
  ...centreEvents,
} as const;

type Catalogue = typeof eventCatalogue;
export type EventName = keyof Catalogue;

interface FieldTypes {
  string: string;
  number: number;
  boolean: boolean;
}

/** The fields of one event, as the catalogue declares them. */
export type EventFields<N extends EventName> = {
  readonly [F in keyof Catalogue[N]["fields"]]: Catalogue[N]["fields"][F] extends keyof FieldTypes
    ? FieldTypes[Catalogue[N]["fields"][F]]
    : never;
};

/** The catalogue's entry for an event. */
export function eventEntry(name: EventName): EventEntry {
  return eventCatalogue[name];
}
