import { events } from "./entry.ts";

/** The process between the kiosk and its I/O board. */
export const bridgeEvents = events({
  "bridge.boardReady": {
    level: "info",
    description: "The I/O board answered and its inputs are known.",
    fields: { firmware: "string", deadMan: "boolean", resetCause: "string" },
  },
  "bridge.plainFirmware": {
    level: "warn",
    description:
      "The I/O board has a firmware without our extensions: there is no dead man, nothing is debounced on the board, and lights blink only while the bridge lives. Flash it with ./madoguchi firmware flash.",
    fields: { firmware: "string" },
  },
  "bridge.boardRestarted": {
    level: "warn",
    description: "The I/O board started again behind the bridge; its outputs are applied again.",
    fields: { resetCause: "string" },
  },
  "bridge.notOpened": {
    level: "warn",
    description: "The port of the I/O board cannot be opened; it is tried for ever.",
    fields: { port: "string", code: "string", retryMs: "number" },
  },
  "bridge.lost": {
    level: "error",
    description: "The I/O board is lost and the bridge ends with this code, so that it is started again.",
    fields: { why: "string", exitCode: "number" },
  },
  "bridge.garbage": {
    level: "warn",
    description: "Bytes from the I/O board, or a line from the kiosk, were no message; they were dropped.",
    fields: { from: "string", bytes: "number" },
  },
  "bridge.kiosk": {
    level: "info",
    description: "A kiosk connected to the bridge, or left; without one the outputs are switched off.",
    fields: { connected: "boolean" },
  },
});
