import { events } from "./entry.ts";

/** Events of this room; see `docs/events.md`. None has a field that says who somebody is, or why one was refused. */
export const issuingEvents = events({
  "register.imported": {
    level: "info",
    description: "A town folder was brought into the register.",
    fields: { municipality: "string", residents: "number", households: "number" },
  },
  "register.unchanged": {
    level: "debug",
    description: "The register already holds this town folder.",
    fields: { municipality: "string" },
  },
  "issuing.offered": {
    level: "info",
    description: "A person was told what they can have now.",
    fields: { requestId: "string", items: "number" },
  },
  "issuing.refused": {
    level: "info",
    description: "A request was refused; the code is the one that the citizen's side is told.",
    fields: { requestId: "string", step: "string", code: "string" },
  },
  "issuing.released": {
    level: "info",
    description: "A document passed the release gate.",
    fields: {
      requestId: "string",
      documentId: "string",
      kind: "string",
      copy: "number",
      copies: "number",
      pages: "number",
    },
  },
  "issuing.answered": {
    level: "info",
    description: "All copies of a request were released and sealed to the issuance centre.",
    fields: { requestId: "string", copies: "number" },
  },
  "issuing.contradiction": {
    level: "error",
    description: "A check of the binding failed at the municipality; nothing left it.",
    fields: { requestId: "string", step: "string", code: "string" },
  },
  "attestor.attested": {
    level: "info",
    description: "The register attestor signed what the register says for one request.",
    fields: { requestId: "string", linkVersion: "number", persons: "number" },
  },
});
