import { type RecordingEntry, recordedHex } from "./format.ts";

/** Where a replay left the recording: the line of the file, what was recorded there and what the driver did. */
export interface Divergence {
  readonly line: number;
  readonly expected: string;
  readonly got: string;
}

/** How one command of the recording ended, then and now. */
export interface ReplayedCommand {
  readonly command: string;
  readonly recorded: string;
  readonly replayed: string;
}

/** What came of a replay; without `divergence` the driver did to the byte what it did then. */
export interface ReplayReport {
  readonly commands: readonly ReplayedCommand[];
  readonly divergence?: Divergence;
}

/** Stands where something should have come. */
export const NOTHING = "(nothing)";
const SHOWN_BYTES = 48;

/** An entry, for a person who compares it. */
export function describeEntry(entry: RecordingEntry): string {
  if ("link" in entry) return `link ${entry.link}`;
  if ("completed" in entry) return `${entry.completed}: ${entry.code}`;
  if ("withheldBytes" in entry) return `${entry.withheldBytes} bytes, SHA-256 ${entry.sha256}`;
  return "hex" in entry ? shortenHex(entry.hex) : JSON.stringify(entry);
}

/** Bytes, for a person who compares them. */
export function shortenBytes(bytes: Uint8Array): string {
  return bytes.length === 0 ? NOTHING : shortenHex(recordedHex(bytes));
}

function shortenHex(hex: string): string {
  return hex.length > 2 * SHOWN_BYTES ? `${hex.slice(0, 2 * SHOWN_BYTES)}…` : hex;
}
