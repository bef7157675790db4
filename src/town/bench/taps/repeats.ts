import type { NewEntry } from "../timeline/timeline.ts";

/** Topics whose last message is remembered; a forgotten one is told again. */
const MAX_TOPICS = 200;
/** How much of a message is shown as hex. */
const MAX_HEX_BYTES = 64;

/** What a tap tells: something was said on a device's wire. */
export interface Heard {
  readonly name: string;
  readonly level?: NewEntry["level"];
  readonly detail: NewEntry["detail"];
  /** Messages of one topic that are equal to the last one are counted instead of told again: polls without news. */
  readonly topic?: string;
}

/** Makes entries of what is heard on one device's wire. */
export type Ear = (heard: Heard) => void;

/** An ear that tells news only: `repeats` says how often the message before was said again without any. */
export function createEar(source: string, now: () => number, tell: (entry: NewEntry) => void): Ear {
  const last = new Map<string, { said: string; repeats: number }>();
  return ({ name, level, detail, topic }) => {
    let repeats = 0;
    if (topic !== undefined) {
      const said = JSON.stringify([name, detail]);
      const before = last.get(topic);
      if (before?.said === said) {
        before.repeats += 1;
        return;
      }
      repeats = before?.repeats ?? 0;
      last.set(topic, { said, repeats: 0 });
      const [oldest] = last.keys();
      if (last.size > MAX_TOPICS && oldest !== undefined) last.delete(oldest);
    }
    tell({
      atMs: now(),
      kind: "wire",
      source,
      name,
      level: level ?? "info",
      detail: repeats === 0 ? detail : { ...detail, repeats },
    });
  };
}

/** Bytes as hex, the long ones cut short with their length behind. */
export function hex(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, MAX_HEX_BYTES)).toString("hex").toUpperCase();
  return bytes.length > MAX_HEX_BYTES ? `${shown}… (${bytes.length})` : shown;
}
