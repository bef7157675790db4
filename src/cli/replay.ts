import { systemClock } from "../kernel/clock.ts";
import { failure } from "../kernel/errors/failure.ts";
import { type Command, exitCodes, numberOption, parseOptions, UsageError } from "./command.ts";
import { createFrameReader } from "./device/frames.ts";
import type { ReplayReport } from "./device/recording/divergence.ts";
import { readRecording } from "./device/recording/file.ts";
import type { Recording, RecordingEntry } from "./device/recording/format.ts";
import { replayRecording } from "./device/recording/replay.ts";
import { advice, frameLine } from "./device/view.ts";

const MAX_SPEED = 1_000;

/** `./madoguchi replay`: a bug report from the field, read and run. */
export const replay: Command = {
  summary: "shows a recording of a device and runs the driver against it",
  usage: `usage: ./madoguchi replay FILE [--speed N] [--show] [--json]

FILE was made by ./madoguchi device NAME --record FILE. Its frames are shown decoded; then the driver of today gets the
recorded commands, and the recorded device answers what it answered then. Leaves with 0 when the driver does to the byte
what it did then, with 1 when it goes another way (where, is said), with 2 when FILE is no whole recording.
Masked bytes are answered with a stand-in; the driver takes the same steps with it.

  --speed N  shows it at N times the pace of then; without it at once
  --show     only shows it
  --json     one JSON object a line`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      { show: { type: "boolean" }, json: { type: "boolean" }, speed: { type: "string" } },
      true,
    );
    const speed = numberOption("speed", values.speed, 1, MAX_SPEED);
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError("give one FILE");
    const recording = readRecording(file);
    if (!recording.ok) {
      process.stderr.write(`madoguchi replay: ${advice(recording.error)}\n`);
      return exitCodes.usage;
    }
    // A reader that has seen enough (head) is no failure of ours.
    process.stdout.on("error", () => process.exit(exitCodes.ok));
    const json = values.json ?? false;
    await show(recording.value, json, speed);
    if (values.show) return exitCodes.ok;
    const replayed = await replayRecording(recording.value);
    if (!replayed.ok) {
      process.stderr.write(`madoguchi replay: ${advice(replayed.error)}\n`);
      return exitCodes.usage;
    }
    tell(replayed.value, json);
    return replayed.value.divergence ? exitCodes.failed : exitCodes.ok;
  },
};

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function show({ header, entries }: Recording, json: boolean, speed: number | undefined): Promise<void> {
  const { device, protocol, address, startedAt, software } = header;
  if (json) write(JSON.stringify({ kind: "header", ...header }));
  else write(`${device} (${protocol}) on ${address}, ${startedAt}, Madoguchi ${software}`);
  const frames = createFrameReader(device);
  let shownMs = 0;
  for (const entry of entries) {
    const pauseMs = speed === undefined ? 0 : (entry.atMs - shownMs) / speed;
    if (pauseMs > 0) await new Promise<void>((resolve) => systemClock.setTimer(pauseMs, resolve));
    shownMs = entry.atMs;
    const at = (entry.atMs / 1000).toFixed(3).padStart(9);
    if (!("dir" in entry)) write(json ? JSON.stringify({ kind: "event", ...entry }) : `${at} · ${told(entry)}`);
    else
      for (const frame of frames(entry)) {
        const { dir, name, hex } = frame;
        write(json ? JSON.stringify({ kind: "frame", atMs: entry.atMs, dir, name, hex }) : `${at} ${frameLine(frame)}`);
      }
  }
}

function told(entry: Exclude<RecordingEntry, { dir: string }>): string {
  if ("link" in entry) return `link ${entry.link}`;
  if ("command" in entry) return `command ${entry.command.join(" ")}`;
  return "completed" in entry ? `${entry.completed}: ${entry.code}` : "the recording was full here";
}

function tell({ commands, divergence }: ReplayReport, json: boolean): void {
  if (json) {
    const code = divergence ? "K-REC-103" : "ok";
    write(JSON.stringify({ kind: "replay", code, commands, divergence: divergence ?? null }));
    return;
  }
  write("");
  for (const { command, recorded, replayed } of commands) write(`replayed ${command}: ${replayed} (then ${recorded})`);
  if (!divergence) write("the driver does to the byte what it did then");
  else {
    write(advice(failure("K-REC-103", { line: divergence.line })));
    write(`  then: ${divergence.expected}`);
    write(`  now:  ${divergence.got}`);
  }
}
