import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { deviceNames } from "../../devices/contract/device-names.ts";
import { readRecording } from "../../src/cli/device/recording/file.ts";
import type { Recording } from "../../src/cli/device/recording/format.ts";
import { obeying, openReplay, replayRecording } from "../../src/cli/device/recording/replay.ts";
import { isErrorCode } from "../../src/kernel/errors/failure.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createSteppedClock } from "../../src/kernel/stepped-clock.ts";

/** Made by `./madoguchi device NAME --simulator --record`: a fixed conversation, so only what a fixed one can prove. */
const recordings = deviceNames.map((name) => {
  const file = fileURLToPath(new URL(`./recordings/${name}.jsonl`, import.meta.url));
  return [name, unwrap(readRecording(file))] as const;
});

/** Every place would be six hundred sessions of a coin vendor; a prime does not step with what repeats in them. */
const STRIDE = 13;
/** Longer than the longest time-out of a command by hand, and what comes after it. */
const END_MS = 400_000;

/** Longer than a driver waits for any answer. */
const SLOWNESS_MS = 70_000;
/** A command that begins with something to send. */
const slowCommand = {
  "card-reader": "identify",
  "coin-vendor": "cash-in-end",
  "certificate-printer": "print",
  "receipt-printer": "print",
  cabinet: "light",
} as const;

type Accident = "closed" | "silent";

/** Plays the recording up to entry `at`, then lets the accident happen; what is wrong afterwards. */
async function disturbed(recording: Recording, at: number, accident: Accident): Promise<readonly string[]> {
  const clock = createSteppedClock(Date.parse(recording.header.startedAt));
  const driverClock = clock.view();
  const entries = accident === "silent" ? recording.entries.slice(0, at) : recording.entries;
  const { driven, player } = unwrap(await openReplay({ ...recording, entries }, driverClock, clock));
  const given: Promise<readonly [string, string]>[] = [];
  const obey = obeying(driven);
  const run = (words: readonly string[]) => {
    const code = obey(words);
    given.push(code.then((ended) => [words.join(" "), ended] as const));
    return code;
  };
  let closed: Promise<void> | undefined;
  const played = player.play(run, (index) => {
    if (accident === "closed" && index === at) closed = driven.device.close();
  });
  await clock.until(played, END_MS);
  const ended = await clock.until(Promise.all(given), END_MS);
  await clock.until(closed ?? driven.device.close(), END_MS);
  await clock.advance(1);
  const wrong = ended.filter(([, code]) => code !== "ok" && !isErrorCode(code));
  const left = driverClock.pending();
  return [
    ...wrong.map(([command, code]) => `${command} ended with ${code}`),
    ...(left > 0 ? [`${left} timers are left`] : []),
  ];
}

describe.each(recordings)("the %s on its recording, by the device contract,", (name, recording) => {
  it("does to the byte what it did then, and every command comes to the same", async () => {
    const report = unwrap(await replayRecording(recording));
    expect(report.divergence).toBeUndefined();
    const then = recording.entries.flatMap((entry) => ("completed" in entry ? [entry.code] : []));
    expect(report.commands.map(({ replayed }) => replayed)).toEqual(then);
    expect(then.length).toBeGreaterThan(3);
  });

  it("does not take its own slowness of then for the device's", async () => {
    const at = recording.entries.findIndex((entry) => "command" in entry && entry.command[0] === slowCommand[name]);
    expect(at).toBeGreaterThan(0);
    const entries = recording.entries.map((entry, index) =>
      index > at ? { ...entry, atMs: entry.atMs + SLOWNESS_MS } : entry,
    );
    expect(unwrap(await replayRecording({ ...recording, entries })).divergence).toBeUndefined();
  });

  it("would show it if it did anything else", async () => {
    const at = recording.entries.findLastIndex((entry) => "hex" in entry && entry.dir === "tx");
    const changed = recording.entries.map((entry, index) =>
      index === at && "hex" in entry
        ? { ...entry, hex: `${entry.hex.slice(0, -2)}${entry.hex.endsWith("00") ? "01" : "00"}` }
        : entry,
    );
    const report = unwrap(await replayRecording({ ...recording, entries: changed }));
    expect(report.divergence).toMatchObject({ line: at + 2 });
  });

  // The card reader's driver is a process in real time; its own contract closes it and lets it meet silence.
  if (name === "card-reader") return;
  it.each(["closed", "silent"] as const)(
    "ends every command and leaves no timer when it is %s anywhere",
    async (accident) => {
      const troubles: string[] = [];
      for (let at = 0; at < recording.entries.length; at += STRIDE) {
        for (const trouble of await disturbed(recording, at, accident)) troubles.push(`entry ${at}: ${trouble}`);
      }
      expect(troubles).toEqual([]);
    },
  );
});
