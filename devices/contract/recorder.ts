import type { Clock } from "../../src/kernel/clock.ts";

/** One line of a recording: monotonic milliseconds, direction as the kiosk sees it, bytes as hex, name of the link. */
export interface RecordedFrame {
  readonly atMs: number;
  readonly dir: "tx" | "rx";
  readonly hex: string;
  readonly name: string;
}

/** Keeps the last bytes of the links it was given to, for a technician. */
export interface FrameRecorder {
  record(dir: "tx" | "rx", name: string, bytes: Uint8Array): void;
  enable(on: boolean): void;
  /** What is kept, oldest first, one JSON object a line. */
  lines(): readonly string[];
  clear(): void;
}

const DEFAULT_MAX_LINES = 2000;
/** Longer chunks are cut, with `…` at the end of `hex`: raster data must not fill the memory. */
const MAX_BYTES_A_LINE = 256;

/**
 * A recorder that is **off until `enable(true)`**, lives in memory only and drops the oldest line beyond `maxLines`.
 * It is never given to the card reader's link: APDUs carry the PIN and the four items, and the PDF's way to the printer
 * has no recorder either. Only links whose bytes cannot be personal (coins, cabinet) take one.
 */
export function createFrameRecorder(options: {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly maxLines?: number;
}): FrameRecorder {
  const maxLines = options.maxLines ?? DEFAULT_MAX_LINES;
  const kept: string[] = [];
  let enabled = false;
  return {
    record(dir, name, bytes) {
      if (!enabled) return;
      const cut = bytes.length > MAX_BYTES_A_LINE;
      const hex = Buffer.from(bytes.subarray(0, MAX_BYTES_A_LINE)).toString("hex") + (cut ? "…" : "");
      const frame: RecordedFrame = { atMs: options.clock.monotonicMs(), dir, hex, name };
      kept.push(JSON.stringify(frame));
      if (kept.length > maxLines) kept.shift();
    },
    enable(on) {
      enabled = on;
    },
    lines: () => [...kept],
    clear() {
      kept.length = 0;
    },
  };
}
