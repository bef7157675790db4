import { events } from "./entry.ts";

/** Events of this room; see `docs/events.md`. */
export const kioskEvents = events({
  "session.started": {
    level: "info",
    description: "A citizen chose a language.",
    fields: { sessionId: "string", language: "string" },
  },
  "session.step": {
    level: "debug",
    description: "The flow entered another step.",
    fields: { sessionId: "string", step: "string" },
  },
  "session.ended": {
    level: "info",
    description: "A session ended; its summary is in the journal.",
    fields: {
      sessionId: "string",
      requestId: "string",
      result: "string",
      code: "string",
      bindingLevel: "string",
      copies: "number",
      insertedYen: "number",
      changeYen: "number",
      refundedYen: "number",
      owedYen: "number",
      impressions: "number",
    },
  },
  "session.wiped": {
    level: "info",
    description: "Everything personal of a session is gone: workspace, card session, render child.",
    fields: { sessionId: "string" },
  },
  "session.wipeFailed": {
    level: "error",
    description: "It is not proved that a session was wiped; the kiosk goes out of service.",
    fields: { sessionId: "string", code: "string" },
  },
  "effect.failed": {
    level: "warn",
    description: "A step of an issuance failed as expected failures do.",
    fields: { sessionId: "string", effect: "string", code: "string", because: "string" },
  },
  "effect.crashed": {
    level: "error",
    description: "A step of an issuance met a bug; the session compensates.",
    fields: { sessionId: "string", effect: "string", error: "string", stack: "string" },
  },
  "binding.verified": {
    level: "info",
    description: "Every check of the binding passed before any money was taken.",
    fields: { requestId: "string", bindingLevel: "string", documents: "number" },
  },
  "binding.contradiction": {
    level: "error",
    description: "A check of the binding failed: nothing is printed, no money is kept.",
    fields: { requestId: "string", code: "string" },
  },
  "money.owed": {
    level: "error",
    description: "Money that could not be proved to be returned; staff must help.",
    fields: { sessionId: "string", requestId: "string", owedYen: "number", code: "string" },
  },
  "leftItem.found": {
    level: "warn",
    description: "Something stayed at the kiosk after a session (忘れ物).",
    fields: { sessionId: "string", thing: "string" },
  },
  "recovery.settled": {
    level: "warn",
    description: "Something that a crash left open was settled on evidence.",
    fields: { sessionId: "string", kind: "string", state: "string" },
  },
  "health.fixup": {
    level: "info",
    description:
      "Staff let the kiosk mend something, and this came of it; code: what kept the fixup from being carried out.",
    fields: { part: "string", fixup: "string", mended: "boolean", code: "string" },
  },
  "staff.garbage": {
    level: "warn",
    description: "A line on the staff socket was no request; it was dropped.",
    fields: { bytes: "number" },
  },
  "kiosk.serviceable": {
    level: "info",
    description: "Whether a session could be served now, and if not why.",
    fields: { serviceable: "boolean", code: "string", device: "string" },
  },
  "panel.refused": {
    level: "warn",
    description: "A connection or message of the panel was refused.",
    fields: { why: "string" },
  },
  "outbox.failed": {
    level: "warn",
    description: "A message stays in the outbox because the centre did not take it.",
    fields: { kind: "string", code: "string" },
  },
  "uplink.again": {
    level: "warn",
    description: "A message to a centre got no answer and is sent again with the same message id.",
    fields: { operation: "string", code: "string", attempt: "number", pauseMs: "number" },
  },
});
