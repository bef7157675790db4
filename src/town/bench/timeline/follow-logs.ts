import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { NewEntry, TimelineSource } from "./timeline.ts";

const logLine = z.looseObject({
  at: z.iso.datetime(),
  level: z.enum(["debug", "info", "warn", "error"]),
  event: z.string(),
  process: z.string(),
});

/** Read from one file in one round; the rest comes with the next ones. */
const MAX_CHUNK_BYTES = 256 * 1024;
/** A line longer than this is no event. */
const MAX_LINE_BYTES = 64 * 1024;
const LINE_FEED = 10;

interface Followed {
  at: number;
  held: Buffer;
}

/**
 * Follows `<process>.jsonl` of a folder as they grow and appear, from `sinceMs` on. A last word of a process that is no
 * JSON (a refused configuration, say) is left to whoever reads the file.
 */
export function followLogs(folder: string, sinceMs: number): TimelineSource {
  const files = new Map<string, Followed>();
  return {
    poll() {
      return namesIn(folder).flatMap((name) => {
        const file = files.get(name) ?? { at: 0, held: Buffer.alloc(0) };
        files.set(name, file);
        const process = basename(name, ".jsonl");
        return newLines(join(folder, name), file).flatMap((line) => entryOf(line, process, sinceMs));
      });
    },
    close: () => files.clear(),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  } catch {
    return []; // The supervisor makes the folder; a bench without one has nothing to follow.
  }
}

function newLines(path: string, file: Followed): string[] {
  const chunk = newBytes(path, file);
  if (!chunk) return [];
  const all = Buffer.concat([file.held, chunk]);
  const end = all.lastIndexOf(LINE_FEED) + 1;
  file.held = Buffer.from(all.subarray(end));
  if (file.held.length > MAX_LINE_BYTES) file.held = Buffer.alloc(0);
  return all.subarray(0, end).toString("utf8").split("\n");
}

function newBytes(path: string, file: Followed): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    const { size } = statSync(path);
    if (size < file.at) Object.assign(file, { at: 0, held: Buffer.alloc(0) });
    if (size === file.at) return undefined;
    // A data folder that was used before has long logs: what is far behind is not read at all.
    if (file.at === 0 && size > 4 * MAX_CHUNK_BYTES) file.at = size - 4 * MAX_CHUNK_BYTES;
    descriptor = openSync(path, "r");
    const buffer = Buffer.alloc(Math.min(MAX_CHUNK_BYTES, size - file.at));
    const read = readSync(descriptor, buffer, 0, buffer.length, file.at);
    file.at += read;
    return buffer.subarray(0, read);
  } catch {
    return undefined; // Removed between the listing and the look: it is gone, and its next lines with it.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function entryOf(line: string, process: string, sinceMs: number): NewEntry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return [];
  }
  const checked = logLine.safeParse(parsed);
  if (!checked.success) return [];
  const { at, level, event, process: _, ...detail } = checked.data;
  const atMs = Date.parse(at);
  return atMs < sinceMs ? [] : [{ atMs, kind: "event", source: process, name: event, level, detail }];
}
