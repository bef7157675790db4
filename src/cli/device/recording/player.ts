import { createHash } from "node:crypto";
import { memoryPortPair } from "../../../../devices/contract/memory-port.ts";
import type { BytePort, PortOpener } from "../../../../devices/contract/port.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { isErrorCode } from "../../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";
import { describeEntry, NOTHING, type ReplayedCommand, type ReplayReport, shortenBytes } from "./divergence.ts";
import { type Recording, type RecordingEntry, recordedBytes, standInBytes } from "./format.ts";

/** One question, for devices that are asked and answer: a card and a printer on the network. */
export interface Question {
  readonly bytes: Uint8Array;
  readonly document?: Uint8Array | undefined;
}

/** The device's side of a recording: it waits for the recorded bytes and answers what was answered. */
export interface Player {
  readonly opener: PortOpener;
  exchange(question: Question): Promise<Result<Uint8Array>>;
  /**
   * Plays all entries; `run` gives the driver a command and resolves with the code that it came to. `onEntry` hears the
   * index of each entry when it has happened.
   */
  play(run: (words: readonly string[]) => Promise<string>, onEntry?: (index: number) => void): Promise<ReplayReport>;
}

/** The driver has so long for what it did then: longer than its longest time-out. */
const PATIENCE_MS = 120_000;
/** The driver gives a silent card up before its question has ended. */
const CARD_SILENT = "K-CARD-104";
/** Timers are late by less. */
const THINKING_MS = 50;
/** So many parts of a device may be overtaken by a question to another one. */
const OVERTAKEN_PARTS = 3;

interface Asked extends Question {
  readonly answer: (result: Result<Uint8Array>) => void;
}

export interface PlayerOptions {
  readonly clock: Clock;
  /** False leaves the recorded times out, for a replay that runs in real time. */
  readonly timed?: boolean;
  /** Puts the recorded card on, takes it off, or lets it lie silent; resolves when the driver knows. */
  readonly onCard?: (card: "on" | "off" | "silent") => Promise<void>;
}

/**
 * Follows the order of the recording: what the driver sends is waited for; answers and commands come at their recorded
 * times, so that what the driver decides by the clock falls the same way.
 */
export function createPlayer(recording: Recording, { clock, timed = true, onCard }: PlayerOptions): Player {
  const { entries } = recording;
  const { device } = recording.header;
  /** Each part of a coin vendor has an address, and the driver its own order with it; other devices have one part. */
  const partOf = (hex: string) => (device === "coin-vendor" ? hex.slice(0, 2) : "");
  const asks = device === "certificate-printer" || device === "card-reader";
  const sent: number[] = [];
  const questions: Asked[] = [];
  const unanswered: Asked[] = [];
  const opening: ((result: Result<BytePort>) => void)[] = [];
  let startedMs = clock.monotonicMs();
  /** Entries that happened before their turn. */
  const early = new Set<number>();
  let document: Uint8Array | undefined;
  let far: BytePort | undefined;
  let wake = () => {};

  /** Waits until `there` holds; false when the driver does not get there. */
  async function until(there: () => boolean): Promise<boolean> {
    let late = false;
    const timer = clock.setTimer(PATIENCE_MS, () => {
      late = true;
      wake();
    });
    while (!there() && !late) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    timer.cancel();
    return there();
  }

  function recordedTime({ atMs }: RecordingEntry): Promise<void> {
    const leftMs = timed ? startedMs + atMs - clock.monotonicMs() : 0;
    return leftMs > 0 ? new Promise((resolve) => clock.setTimer(leftMs, resolve)) : Promise.resolve();
  }

  /**
   * A driver that was busy then (loading, drawing) is not busy now. What it sends long before its recorded time moves all
   * that follows, so that it does not take its own slowness for the device's.
   */
  function skipThinking({ atMs }: RecordingEntry): void {
    const aheadMs = startedMs + atMs - clock.monotonicMs();
    if (timed && aheadMs > THINKING_MS) startedMs -= aheadMs;
  }

  /** What the driver sends instead of what it sent then; undefined when it is the same. */
  async function differs(index: number, expected: readonly (number | undefined)[]): Promise<string | undefined> {
    if (asks) {
      if (!(await until(() => questions.length > 0))) return NOTHING;
      const question = questions.shift() as Asked;
      unanswered.push(question);
      document = question.document;
      const same = question.bytes.length === expected.length && agrees(expected, [...question.bytes]);
      return same ? undefined : shortenBytes(question.bytes);
    }
    do await until(() => sent.length >= expected.length || !agrees(expected, sent));
    while (!agrees(expected, sent) && servesEarly(index));
    if (sent.length < expected.length || !agrees(expected, sent)) return shortenBytes(Uint8Array.from(sent));
    sent.splice(0, expected.length);
    return undefined;
  }

  /**
   * Timers of then fired a little late, so a poll may now come before the question that it followed. It is answered from
   * its own place; false when what was sent stands nowhere near, or would overtake a question to the same part.
   */
  function servesEarly(index: number): boolean {
    const overtaken = new Set<string>();
    for (let at = index; at < entries.length && overtaken.size <= OVERTAKEN_PARTS; at++) {
      const entry = entries[at];
      if (!entry || early.has(at) || !("hex" in entry) || entry.dir !== "tx") continue;
      const part = partOf(entry.hex);
      const expected = recordedBytes(entry.hex);
      if (at > index && !overtaken.has(part) && sent.length >= expected.length && agrees(expected, sent)) {
        sent.splice(0, expected.length);
        early.add(at);
        for (let answerAt = at + 1; ; answerAt++) {
          const next = entries[answerAt];
          if (!next || !("hex" in next) || next.dir !== "rx") return true;
          early.add(answerAt);
          answer(ok(standInBytes(next.hex)));
        }
      }
      overtaken.add(part);
    }
    return false;
  }

  /** The same for bytes of which the recording keeps only how many and which. */
  async function differsWithheld(bytes: number, sha256: string): Promise<string | undefined> {
    if (!asks) await until(() => sent.length >= bytes);
    const now = asks ? (document ?? new Uint8Array()) : Uint8Array.from(sent.splice(0, bytes));
    const hash = createHash("sha256").update(now).digest("hex");
    return hash === sha256 ? undefined : `${now.length} bytes, SHA-256 ${hash}`;
  }

  function answer(result: Result<Uint8Array>): void {
    if (!asks) {
      if (result.ok) void far?.write(result.value);
      return;
    }
    // Two questions may wait at once; an IPP answer carries the number of its own (RFC 8010, section 3.1.1).
    const number = (of: Uint8Array) => Buffer.from(of.subarray(4, 8)).toString("hex");
    const own = result.ok ? unanswered.findIndex(({ bytes }) => number(bytes) === number(result.value)) : 0;
    const [question] = unanswered.splice(Math.max(0, own), 1);
    question?.answer(result);
  }

  async function openLink(): Promise<boolean> {
    if (!(await until(() => opening.length > 0))) return false;
    const [near, end] = memoryPortPair();
    sent.length = 0;
    end.onData((bytes) => {
      for (const byte of bytes) sent.push(byte);
      wake();
    });
    end.onClose(() => {
      if (far === end) far = undefined;
    });
    far = end;
    opening.shift()?.(ok(near));
    return true;
  }

  /** What the driver does instead of the entry; undefined when it does what it did then. */
  async function happens(entry: RecordingEntry, index: number): Promise<string | undefined> {
    if ("link" in entry) {
      if (asks) {
        const next = entries[index + 1];
        const silent = next && "failed" in next && next.failed === CARD_SILENT;
        await onCard?.(entry.link === "opened" ? "on" : silent ? "silent" : "off");
        return undefined;
      }
      if (entry.link === "opened") return (await openLink()) ? undefined : NOTHING;
      await recordedTime(entry);
      far?.close();
    } else if ("withheldBytes" in entry) {
      const got = await differsWithheld(entry.withheldBytes, entry.sha256);
      skipThinking(entry);
      return got;
    } else if ("failed" in entry) {
      await recordedTime(entry);
      answer(fail(isErrorCode(entry.failed) ? entry.failed : "K-LINK-102"));
    } else if ("dir" in entry) {
      if (entry.dir === "tx") {
        const got = await differs(index, recordedBytes(entry.hex));
        skipThinking(entry);
        return got;
      }
      await recordedTime(entry);
      answer(ok(standInBytes(entry.hex)));
    }
    return undefined;
  }

  return {
    opener: {
      address: "recording:",
      open: () =>
        new Promise((resolve) => {
          opening.push(resolve);
          wake();
        }),
    },
    exchange: (question) =>
      new Promise((resolve) => {
        questions.push({ ...question, answer: resolve });
        wake();
      }),
    async play(run, onEntry = () => {}) {
      const commands: ReplayedCommand[] = [];
      let running: Promise<string> | undefined;
      let got: string | undefined;
      for (const [index, entry] of entries.entries()) {
        if (early.has(index)) continue;
        if ("command" in entry) {
          await recordedTime(entry);
          running = run(entry.command);
        } else if ("completed" in entry) {
          const replayed = await ended(running, index);
          running = undefined;
          commands.push({ command: entry.completed, recorded: entry.code, replayed });
          got = replayed === entry.code ? undefined : `${entry.completed}: ${replayed}`;
        } else got = await happens(entry, index);
        if (got !== undefined)
          return { commands, divergence: { line: index + 2, expected: describeEntry(entry), got } };
        onEntry(index);
      }
      for (const resolve of opening) resolve(fail("K-LINK-101", { address: "recording:", why: "the recording ends" }));
      for (const question of [...unanswered, ...questions]) question.answer(fail("K-LINK-102"));
      return { commands };
    },
  };

  async function ended(running: Promise<string> | undefined, index: number): Promise<string> {
    let code: string | undefined;
    void running?.then((now) => {
      code = now;
      wake();
    });
    const completed = () => {
      servesEarly(index);
      return code !== undefined;
    };
    return (await until(completed)) ? (code ?? "") : "does not end";
  }
}

/** Whether `got` is as recorded as far as both go; a masked byte is like any other. */
function agrees(expected: readonly (number | undefined)[], got: readonly number[]): boolean {
  const length = Math.min(expected.length, got.length);
  for (let n = 0; n < length; n++) if (expected[n] !== undefined && expected[n] !== got[n]) return false;
  return true;
}
