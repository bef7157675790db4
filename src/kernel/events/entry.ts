/** The types that a field of an event may have. Personal data has none of them. */
export type FieldType = "string" | "number" | "boolean";
export type EventLevel = "debug" | "info" | "warn" | "error";

/** One kind of log line: how serious, what it says, and its fields. */
export interface EventEntry {
  readonly level: EventLevel;
  readonly description: string;
  readonly fields: Readonly<Record<string, FieldType>>;
}

/** Keeps the literal names and field types of a room's events while checking their shape. */
export function events<const T extends Readonly<Record<string, EventEntry>>>(room: T): T {
  return room;
}
