import { events } from "./entry.ts";

/** Events of this room; see `docs/events.md`. */
export const centreEvents = events({
  "store.notDurable": {
    level: "warn",
    description: "The database is the embedded one: it does not survive a power cut. For demonstration only.",
    fields: { folder: "string" },
  },
  "store.ready": {
    level: "info",
    description: "The database is open and its schema up to date.",
    fields: { kind: "string", migrations: "number", durationMs: "number" },
  },
  "centre.answered": {
    level: "info",
    description: "The issuance centre answered a kiosk's request. `code` is empty when it succeeded.",
    fields: { operation: "string", kiosk: "string", messageId: "string", code: "string", durationMs: "number" },
  },
  "centre.contradiction": {
    level: "error",
    description: "A check of the binding failed at the issuance centre: nothing was released.",
    fields: { requestId: "string", municipality: "string", code: "string" },
  },
  "centre.settled": {
    level: "info",
    description: "A kiosk reported what came of a request's documents.",
    fields: { requestId: "string", result: "string", prints: "number" },
  },
  "inquiry.answered": {
    level: "info",
    description:
      "A scan was inspected: the answers of its backs, and a code when that ended early. Nothing of what it shows.",
    fields: { answers: "string", code: "string", durationMs: "number" },
  },
  "inquiry.viewed": {
    level: "info",
    description:
      "The latent pictures of a file were shown: how many, and a code when that ended early. Nothing of what they show.",
    fields: { pictures: "number", code: "string", durationMs: "number" },
  },
  "inquiry.refused": {
    level: "info",
    description: "A file was not inspected or shown, or not to its end.",
    fields: { code: "string" },
  },
  "relay.refused": {
    level: "warn",
    description: "The operator's centre did not relay a kiosk's message.",
    fields: { kiosk: "string", code: "string" },
  },
  "usage.recorded": {
    level: "info",
    description: "A kiosk's record of use was stored.",
    fields: { kiosk: "string", requestId: "string", result: "string" },
  },
  "ocsp.answered": {
    level: "info",
    description:
      "The town's OCSP responder answered. `status` is good, revoked, unknown or the failure it was told to play.",
    fields: { status: "string" },
  },
});
