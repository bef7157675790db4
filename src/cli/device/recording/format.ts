import { z } from "zod";
import { type DeviceName, deviceNames } from "../../../../devices/contract/device-names.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";

/** What each device speaks. */
export const protocolOf = {
  "card-reader": "apdu",
  "coin-vendor": "cctalk",
  "certificate-printer": "ipp",
  "receipt-printer": "escpos",
  cabinet: "bridge",
} as const satisfies Record<DeviceName, string>;

/** Raised when a line changes its meaning; a reader refuses what it does not know. */
export const RECORDING_VERSION = 1;
/** A recording never grows beyond it, and nothing longer is read: twelve hours of a coin vendor's polls. */
export const MAX_RECORDING_BYTES = 32 << 20;
/** Stands for a byte that is not kept because it may be personal. */
export const MASKED = "..";

/** More than any document: a damaged number must not be waited for. */
const MAX_WITHHELD_BYTES = 256 << 20;

const hex = z.string().regex(/^(?:[0-9a-f]{2}|\.\.)*$/);
const word = z.string().max(200);
const atMs = z.number().min(0);

const header = z.strictObject({
  recording: z.literal(RECORDING_VERSION),
  device: z.enum(deviceNames),
  protocol: z.enum(Object.values(protocolOf)),
  address: word,
  /** Of a serial port. */
  settings: z.strictObject({ baud: z.int(), parity: word, dataBits: z.int(), stopBits: z.int() }).optional(),
  software: word,
  startedAt: z.iso.datetime(),
});
const entry = z.union([
  /** The link of bytes; for the card reader the card on it. */
  z.strictObject({ atMs, link: z.enum(["opened", "closed"]) }),
  /** Bytes as the kiosk sees them: `tx` to the device, `rx` from it. */
  z.strictObject({ atMs, dir: z.enum(["tx", "rx"]), hex }),
  /** Bytes of a document or a receipt: only how many and which. */
  z.strictObject({
    atMs,
    dir: z.literal("tx"),
    withheldBytes: z.int().min(1).max(MAX_WITHHELD_BYTES),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** A question that got no answer, with the code it ended with. */
  z.strictObject({ atMs, dir: z.literal("rx"), failed: word }),
  /** A command of the technician, and what it came to: `ok` or a code. */
  z.strictObject({ atMs, command: z.array(word).min(1).max(20) }),
  z.strictObject({ atMs, completed: word, code: word }),
  /** The recording was full here. */
  z.strictObject({ atMs, full: z.literal(true) }),
]);

export type RecordingHeader = z.infer<typeof header>;
export type RecordingEntry = z.infer<typeof entry>;
/** An entry before it has its time. */
export type RecordingEvent = RecordingEntry extends infer E
  ? E extends RecordingEntry
    ? Omit<E, "atMs">
    : never
  : never;

/** A recording of one device: JSON lines, a versioned header first; times in milliseconds since the beginning. */
export interface Recording {
  readonly header: RecordingHeader;
  readonly entries: readonly RecordingEntry[];
}

/** Reads a recording. `K-REC-101` no header of this version, or too long; `K-REC-102` names the line that is damaged. */
export function parseRecording(text: string): Result<Recording> {
  if (text.length > MAX_RECORDING_BYTES) return fail("K-REC-101", { why: "longer than any recording" });
  const lines = text.split("\n");
  const first = header.safeParse(parseJson(lines[0] ?? ""));
  if (!first.success) return fail("K-REC-101", { why: `no header of version ${RECORDING_VERSION}` });
  // Every line ends with a line feed: what stands behind the last one was torn off while it was written.
  const torn = lines.pop() !== "";
  const entries: RecordingEntry[] = [];
  for (let at = 1; at < lines.length; at++) {
    const parsed = entry.safeParse(parseJson(lines[at] ?? ""));
    if (!parsed.success) return fail("K-REC-102", { line: at + 1, why: "no entry of a recording" });
    entries.push(parsed.data);
  }
  return torn ? fail("K-REC-102", { line: lines.length + 1, why: "torn off" }) : ok({ header: first.data, entries });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes as the hexadecimal of a recording; those for which `masked` holds are hidden. */
export function recordedHex(bytes: Uint8Array, masked: (index: number) => boolean = () => false): string {
  return Array.from(bytes, (byte, index) => (masked(index) ? MASKED : byte.toString(16).padStart(2, "0"))).join("");
}

/** The bytes of recorded hexadecimal; a masked one is `undefined`. */
export function recordedBytes(text: string): readonly (number | undefined)[] {
  return Array.from({ length: text.length / 2 }, (_, n) => {
    const digits = text.slice(2 * n, 2 * n + 2);
    return digits === MASKED ? undefined : Number.parseInt(digits, 16);
  });
}

/**
 * What a replay says where bytes are masked: the digit 1. A name, an address, a date of birth (11 November 1111) and a sex
 * made of it are well formed, so that the driver takes the steps that it took with the real ones.
 */
const STAND_IN = 0x31;

/** The bytes of recorded hexadecimal with a stand-in for every masked one. */
export function standInBytes(text: string): Uint8Array {
  return Uint8Array.from(recordedBytes(text), (byte) => byte ?? STAND_IN);
}
