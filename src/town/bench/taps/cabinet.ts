import { createLineReader, toBridge, toKiosk } from "../../../../firmware-bridge/protocol.ts";
import type { Eavesdrop } from "./port.ts";
import type { Ear } from "./repeats.ts";

/** Listens to the lines between the kiosk and the cabinet's bridge. Heartbeats are told once. */
export function listenToCabinet(ear: Ear): Eavesdrop {
  const readers = { toDevice: createLineReader(toBridge), toKiosk: createLineReader(toKiosk) };
  return (direction, bytes) => {
    for (const line of readers[direction](bytes)) {
      if ("garbageBytes" in line) {
        ear({ name: "noise", level: "warn", detail: { direction, bytes: line.garbageBytes } });
        continue;
      }
      const { type, ...said } = line.message;
      const heartbeat = type === "heartbeat";
      ear({
        name: type,
        level: type === "refused" ? "warn" : "info",
        detail: heartbeat ? { direction } : { direction, ...said },
        ...(heartbeat ? { topic: direction } : {}),
      });
    }
  };
}
