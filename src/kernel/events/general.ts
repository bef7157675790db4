import { events } from "./entry.ts";

/** Life of a process and of its connections. */
export const generalEvents = events({
  "process.started": {
    level: "info",
    description: "A process is ready to serve.",
    fields: { name: "string", version: "string" },
  },
  "process.stopping": {
    level: "info",
    description: "A process was asked to stop.",
    fields: { name: "string", reason: "string" },
  },
  "process.crashed": {
    level: "error",
    description: "A process meets a bug and ends; its supervisor starts it again.",
    fields: { name: "string", error: "string", stack: "string" },
  },
  "http.refused": {
    level: "warn",
    description: "A server refused a request.",
    fields: { route: "string", code: "string", status: "number" },
  },
  "link.opened": { level: "info", description: "A link to a device is connected.", fields: { link: "string" } },
  "link.lost": {
    level: "warn",
    description: "A link to a device was lost; it reconnects for ever.",
    fields: { link: "string", code: "string", retryMs: "number" },
  },
  "pages.process.ended": {
    level: "warn",
    description: "The process that reads and draws pages was killed or ended at its work; another takes its place.",
    fields: { reason: "string", documents: "number" },
  },
});
