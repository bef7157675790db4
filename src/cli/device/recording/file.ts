import { closeSync, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Clock } from "../../../kernel/clock.ts";
import { messageOf } from "../../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";
import {
  MAX_RECORDING_BYTES,
  parseRecording,
  type Recording,
  type RecordingEvent,
  type RecordingHeader,
} from "./format.ts";

/** Writes a recording. Nothing waits in memory: a recording of a crash holds what came before it. */
export interface RecordingWriter {
  add(event: RecordingEvent): void;
  close(): void;
}

/** Room for the last line. */
const LAST_LINE_BYTES = 100;

/**
 * A new file that only its owner may read: it tells how a machine is used. It ends with `full` before it is longer than any
 * recording may be. `K-REC-104` when the file is there already or cannot be written.
 */
export function createRecording(
  file: string,
  header: RecordingHeader,
  clock: Pick<Clock, "monotonicMs">,
): Result<RecordingWriter> {
  let descriptor: number;
  try {
    descriptor = openSync(file, "wx", 0o600);
  } catch (thrown) {
    return fail("K-REC-104", { file, why: messageOf(thrown) });
  }
  const startedMs = clock.monotonicMs();
  let written = 0;
  let full = false;
  const write = (line: object) => {
    written += writeSync(descriptor, `${JSON.stringify(line)}\n`);
  };
  // Microseconds: a driver's decision about a time-out must fall the same way when it is replayed.
  const atMs = () => Math.round((clock.monotonicMs() - startedMs) * 1_000) / 1_000;
  write(header);
  return ok({
    add(event) {
      if (full) return;
      const line = { atMs: atMs(), ...event };
      full = written + JSON.stringify(line).length + LAST_LINE_BYTES > MAX_RECORDING_BYTES;
      write(full ? { atMs: atMs(), full } : line);
    },
    close: () => closeSync(descriptor),
  });
}

/** Reads a recording from a regular file. `K-REC-101` and `K-REC-102` as `parseRecording`. */
export function readRecording(file: string): Result<Recording> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    const about = fstatSync(descriptor);
    if (!about.isFile()) return fail("K-REC-101", { file, why: "no regular file" });
    if (about.size > MAX_RECORDING_BYTES) return fail("K-REC-101", { file, why: "longer than any recording" });
    return parseRecording(readFileSync(descriptor, "utf8"));
  } catch (thrown) {
    return fail("K-REC-101", { file, why: messageOf(thrown) });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
