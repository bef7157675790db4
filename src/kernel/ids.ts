import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";

/** Makes identifiers that sort by the time of their making. */
export type IdSource = () => string;

const MAX_SEQUENCE = 0xfff;

/**
 * A source of UUIDs version 7 (RFC 9562, section 5.7): 48 bits of wall time, a 12-bit counter within the millisecond
 * (section 6.2, method 1), 62 random bits. Later ids of one source are always greater, also when the clock goes back.
 */
export function createIdSource(
  clock: Pick<Clock, "nowMs">,
  random: (bytes: number) => Uint8Array = randomBytes,
): IdSource {
  let lastMs = 0;
  let sequence = 0;
  return () => {
    const now = clock.nowMs();
    if (now > lastMs) {
      lastMs = now;
      sequence = 0;
    } else if (sequence < MAX_SEQUENCE) {
      sequence += 1;
    } else {
      lastMs += 1;
      sequence = 0;
    }
    const tail = Buffer.from(random(8));
    tail.writeUInt8((tail.readUInt8(0) & 0x3f) | 0x80, 0);
    const time = lastMs.toString(16).padStart(12, "0");
    const counter = (0x7000 | sequence).toString(16);
    const rest = tail.toString("hex");
    return `${time.slice(0, 8)}-${time.slice(8)}-${counter}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  };
}
