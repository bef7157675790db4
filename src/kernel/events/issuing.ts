import { events } from "./entry.ts";

/** Events of this room; see `docs/events.md`. */
export const issuingEvents = events({});
