import type { Clock } from "./clock.ts";
import { type EventFields, type EventName, eventEntry } from "./events/catalogue.ts";

/** Writes events of the catalogue. There is no way to log anything else. */
export interface Logger {
  event<N extends EventName>(name: N, fields: EventFields<N>): void;
}

/** What the logger itself says of every event; an event's own field may not hide it. */
const RESERVED: ReadonlySet<string> = new Set(["at", "level", "event", "process"]);

/**
 * A logger that writes one JSON object a line: `{"at","level","event","process",…fields}`. Throws on a field that is not
 * of the catalogue or not of its declared type (the types forbid it; this catches what was cast around them).
 */
export function createLogger(process: string, clock: Pick<Clock, "nowMs">, write: (line: string) => void): Logger {
  return {
    event(name, fields) {
      const entry = eventEntry(name);
      for (const [field, value] of Object.entries(fields)) {
        if (RESERVED.has(field)) throw new TypeError(`event ${name}: field ${field} belongs to the logger`);
        if (typeof value !== entry.fields[field]) throw new TypeError(`event ${name}: field ${field} is not loggable`);
      }
      const at = new Date(clock.nowMs()).toISOString();
      write(`${JSON.stringify({ at, level: entry.level, event: name, process, ...fields })}\n`);
    },
  };
}

/** A logger that drops everything. */
export const silentLogger: Logger = { event: () => {} };
