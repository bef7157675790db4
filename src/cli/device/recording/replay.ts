import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { control, createFrameParser, encodeFrame } from "../../../../devices/card-reader/vpcd-framing.ts";
import type { Device, DeviceStatusWord } from "../../../../devices/contract/device.ts";
import { createSupervisedLink } from "../../../../devices/contract/link.ts";
import { openerFor } from "../../../../devices/contract/openers.ts";
import { type Clock, systemClock, withTimeout } from "../../../kernel/clock.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { ok, type Result, unwrap } from "../../../kernel/result.ts";
import { createSteppedClock } from "../../../kernel/stepped-clock.ts";
import type { Driven } from "../driven/driven.ts";
import { openDriven } from "../driven/open.ts";
import { replayedWords } from "../hand-session.ts";
import type { ReplayReport } from "./divergence.ts";
import type { Recording } from "./format.ts";
import { createPlayer, type Player } from "./player.ts";

/** An answer to reset that no card has: the driver knows a card by its applications, never by this. */
const ATR = Buffer.from("3b8880010000000000000009", "hex");
const CARD_SEEN_MS = 10_000;
/** A timer of Node fires within two milliseconds of its time on a machine that is not busy. */
const TIMERS_LATE_MS = [0.5, 1, 0, 1.5, 2];

/**
 * Runs the driver of today against the device of the recording. Time is stepped, so that an hour takes a moment; only the
 * card reader, whose driver is a process, runs in real time and without the recorded pauses.
 */
export async function replayRecording(recording: Recording): Promise<Result<ReplayReport>> {
  return recording.header.device === "card-reader" ? await replayCard(recording) : await replayStepped(recording);
}

/** The driver of a recording with the recorded device in front of it. `clock` is the driver's, `playerClock` the device's. */
export async function openReplay(
  recording: Recording,
  clock: Clock,
  playerClock: Clock,
): Promise<Result<{ driven: Driven; player: Player }>> {
  const { device, address } = recording.header;
  // Loaded before time is stepped: loading is a matter of real time.
  if (device === "receipt-printer") await import("@node-escpos/core");
  const player = createPlayer(recording, { clock: playerClock });
  const { opener, exchange } = player;
  const opened = await openDriven(device, { clock, logger: silentLogger, tap: () => {}, address, opener, exchange });
  return opened.ok ? ok({ driven: opened.value, player }) : opened;
}

/**
 * How late the timers of the recorded driver fired is not in a recording, and a poll that was due at the same moment as
 * something else may have come before or behind it. So a replay that goes another way is tried again with later timers; what
 * is told is the attempt that came farthest.
 */
async function replayStepped(recording: Recording): Promise<Result<ReplayReport>> {
  let farthest: ReplayReport | undefined;
  for (const lateMs of TIMERS_LATE_MS) {
    const replayed = await replayOnce(recording, lateMs);
    if (!replayed.ok || !replayed.value.divergence) return replayed;
    if (!farthest || lineOf(replayed.value) > lineOf(farthest)) farthest = replayed.value;
  }
  return ok(farthest ?? { commands: [] });
}

const lineOf = ({ divergence }: ReplayReport) => divergence?.line ?? 0;

async function replayOnce(recording: Recording, lateMs: number): Promise<Result<ReplayReport>> {
  const clock = createSteppedClock(Date.parse(recording.header.startedAt));
  const late: Clock = { ...clock, setTimer: (delayMs, fn) => clock.setTimer(delayMs + lateMs, fn) };
  const opened = await openReplay(recording, late, clock);
  if (!opened.ok) return opened;
  const { driven, player } = opened.value;
  const report = await clock.until(player.play(obeying(driven)), Number.MAX_SAFE_INTEGER);
  await clock.until(driven.device.close());
  return ok(report);
}

async function replayCard(recording: Recording): Promise<Result<ReplayReport>> {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-replay-"));
  const address = `unix:${join(folder, "reader")}`;
  let card: { close(): Promise<void> } | undefined;
  let seen = () => {};
  const player = createPlayer(recording, {
    clock: systemClock,
    timed: false,
    async onCard(now) {
      const known = new Promise<void>((resolve) => {
        seen = resolve;
      });
      if (now !== "silent") await card?.close();
      if (now === "on") card = layRecordedCard(address, player);
      await inTime(known);
      if (now === "silent") await card?.close();
    },
  });
  const { opener } = player;
  const opened = await openDriven("card-reader", {
    clock: systemClock,
    logger: silentLogger,
    tap: () => {},
    address,
    opener,
  });
  if (!opened.ok) return opened;
  const driven = opened.value;
  driven.onNews(() => seen());
  try {
    await inTime(until(driven.device, "online"));
    return ok(await player.play(obeying(driven)));
  } finally {
    await card?.close();
    await driven.device.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function until(device: Device, word: DeviceStatusWord): Promise<void> {
  return new Promise((resolve) => {
    device.onStatus((status) => {
      if (status.word === word) resolve();
    });
  });
}

/** Waits no longer than the driver's process may need; what is missing then shows as a divergence. */
function inTime(promise: Promise<void>): Promise<unknown> {
  return withTimeout(systemClock, { timeoutMs: CARD_SEEN_MS }, () => promise.then(() => ok()));
}

/** Lies on the embedded reader and answers what the recorded card answered; where it did not answer, it goes away. */
function layRecordedCard(address: string, player: Player): { close(): Promise<void> } {
  const opener = unwrap(openerFor(address));
  const wire = createSupervisedLink({ name: "card", opener, clock: systemClock, logger: silentLogger });
  let parser = createFrameParser();
  wire.onUp(() => {
    parser = createFrameParser();
  });
  wire.onData((bytes) => {
    for (const message of parser.push(bytes)) {
      if (message.length > 1) void answer(message);
      else if (message[0] === control.atr) void wire.write(encodeFrame(ATR));
    }
  });

  async function answer(command: Uint8Array): Promise<void> {
    const answered = await player.exchange({ bytes: command });
    if (answered.ok) await wire.write(encodeFrame(answered.value));
    else await wire.close();
  }
  return { close: () => wire.close() };
}

/** Gives the driver the recorded commands, and says what they come to. */
export function obeying(driven: Driven): (words: readonly string[]) => Promise<string> {
  return async (recorded) => {
    const [name = "", ...words] = replayedWords(recorded);
    const command = Object.hasOwn(driven.commands, name) ? driven.commands[name] : undefined;
    if (!command) return "K-CMD-103";
    const result = await command.run(words, new AbortController().signal);
    return result.ok ? "ok" : result.error.code;
  };
}
