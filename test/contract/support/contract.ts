import { describe, expect, it } from "vitest";
import { messageOf } from "../../../src/kernel/errors/failure.ts";
import { collectGarbage } from "./garbage-collector.ts";
import type { Chunk, Direction } from "./line.ts";
import { createNoise } from "./noise.ts";
import { type BreakableWorld, type Harm, untilWord, type Watch, type World, watchCommands } from "./world.ts";

/** The parts of the contract, for a rig on which not all of them are worth their time. */
export type Clause =
  | "session"
  | "unplugged"
  | "noise"
  | "bytes"
  | "cancelled"
  | "timeouts"
  | "silent"
  | "answers"
  | "closed"
  | "memory"
  | "faults";

/** How a rig is run: what it makes, and how much of the contract its pace allows. */
export interface Rig {
  make(): Promise<World>;
  /** Only these clauses: the others are proved where time is stepped. */
  readonly only?: readonly Clause[];
  /** Bytes between two positions that are tried: 1 is every byte. Real links take real time. */
  readonly stride: number;
  /** The same for noise, where a checksum of the system below keeps noise away and one try is not worth its time. */
  readonly noiseStride?: number;
  /** Every so many frames are tried; without it every one. */
  readonly frameStride?: number;
  /** How long a plug stays out, and how long a machine stays silent: longer than the driver bears. */
  readonly outageMs?: number;
  readonly silenceMs?: number;
  /** So many sessions run side by side: real links mostly wait. */
  readonly sideBySide?: number;
  /** The clauses too run side by side, also with those of other devices. */
  readonly concurrent?: boolean;
  /** Makes a world that may be closed in its middle, where `make` shares what is slow to start. */
  readonly makeToClose?: () => Promise<World>;
  /** Time is stepped: every moment of one run is the same in the next. */
  readonly stepped: boolean;
  /** A serial line loses and changes bytes; a socket only holds them back. */
  readonly losesBytes: boolean;
  /** Which of the machine's messages answer a command; without it all of them do. */
  readonly isAnswer?: (bytes: Uint8Array) => boolean;
  /** Its hardware can break and tell; a real machine is not broken for a test. */
  readonly breaks?: () => Promise<BreakableWorld>;
  /** Time-out of every command, longer than the longest one takes. */
  readonly commandTimeoutMs: number;
}

interface Trouble {
  readonly at: number;
  readonly what: string;
}

type Accident = (world: World, watch: Watch, hit: () => void) => void;

/** At 9600 baud a short frame takes as long. */
const FRAME_MS = 7;
const OUTAGE_MS = 700;
const LATE_MS = 900;
/** Longer than any time-out of a single exchange, so that the command under way notices. */
const SILENCE_MS = 8_000;
const SOUP_BYTES = 2_000_000;
const SOUP_PIECE_BYTES = 4_096;

/**
 * The one contract of every device. Whatever happens to the line, at whatever byte: every command completes once, with a
 * code of the catalogue; the device comes back by itself and serves; money and paper are where it said; nothing is left.
 */
export function deviceContract(name: string, rig: Rig): void {
  const group = rig.concurrent ? describe.concurrent : describe;
  group(`${name}, by the device contract,`, () => {
    let quiet: Promise<readonly Chunk[]> | undefined;
    const recorded = () => {
      quiet ??= undisturbed(rig);
      return quiet;
    };
    const bytePositions = async (stride = rig.stride) => {
      const chunks = await recorded();
      const last = chunks.at(-1);
      return every((last?.from ?? 0) + (last?.bytes.length ?? 0), stride);
    };
    const answerPositions = async () => {
      const chunks = await recorded();
      const isAnswer = (at: number) => rig.isAnswer?.(chunks[at]?.bytes ?? new Uint8Array()) ?? true;
      return (await chunkPositions("rx")).filter(isAnswer);
    };
    const chunkPositions = async (dir?: Direction) => {
      const chunks = await recorded();
      return chunks
        .filter((chunk) => !dir || chunk.dir === dir)
        .filter((_, n) => n % (rig.frameStride ?? 1) === 0)
        .map((chunk) => chunk.index);
    };
    /** Runs one disturbed session for every position and shows the first that broke the contract. */
    const holds = async (positions: readonly number[], harm: Harm, accident: (at: number) => Accident) => {
      const troubles: Trouble[] = [];
      let met = 0;
      const waiting = [...positions];
      const worker = async () => {
        for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
          const told = await disturbed(rig, harm, accident(at), () => (met += 1));
          if (told) troubles.push({ at, what: told });
        }
      };
      await Promise.all(Array.from({ length: rig.sideBySide ?? 1 }, worker));
      expect(positions.length).toBeGreaterThan(0);
      expect(troubles.slice(0, 5), `${troubles.length} of ${positions.length} positions`).toEqual([]);
      // A position that no session reaches proves nothing. A system may join what was sent apart, so that frames are fewer.
      expect(met).toBeGreaterThanOrEqual(rig.stepped ? positions.length : Math.floor(0.8 * positions.length));
    };

    const clause = (part: Clause, sentence: string, proof: () => Promise<void>) => {
      if (rig.only?.includes(part) ?? true) it(sentence, proof);
    };

    clause("session", "completes every command of a session, and leaves no timer and no listener", async () => {
      expect((await recorded()).length).toBeGreaterThan(0);
    });

    clause(
      "unplugged",
      "comes back by itself when the plug is pulled at every byte of a session, and nothing happens twice",
      async () => {
        await holds(await bytePositions(), "unplugged", (at) => (world, _, hit) => {
          world.line.disturb(
            once(at, hit, (chunk) => {
              queueMicrotask(() => world.line.unplug(outageMs(rig)));
              return [chunk.bytes.subarray(0, at - chunk.from)];
            }),
          );
        });
      },
    );

    clause("noise", "finds its feet after noise before, between and inside frames, in both directions", async () => {
      const noise = createNoise(7);
      await holds(await bytePositions(rig.noiseStride), "noise", (at) => (world, _, hit) => {
        const bytes = noise.bytes(1 + (at % 5));
        world.line.disturb(
          once(at, hit, (chunk) => {
            const inside = at - chunk.from;
            return [chunk.bytes.subarray(0, inside), bytes, chunk.bytes.subarray(inside)];
          }),
        );
      });
    });

    if (rig.losesBytes)
      clause("bytes", "bears the loss of any byte, and a changed bit in any byte", async () => {
        const positions = (await bytePositions()).filter((at) => at > 0);
        for (const change of ["lost", "changed"] as const) {
          await holds(positions, "noise", (at) => (world, _, hit) => {
            world.line.disturb(
              once(at - 1, hit, (chunk) => {
                const inside = at - 1 - chunk.from;
                const byte = (chunk.bytes[inside] ?? 0) ^ (1 << (at % 8));
                const middle = change === "lost" ? new Uint8Array() : Uint8Array.of(byte);
                return [chunk.bytes.subarray(0, inside), middle, chunk.bytes.subarray(inside + 1)];
              }),
            );
          });
        }
      });

    clause("cancelled", "completes a command that is cancelled at any frame, and serves the next one", async () => {
      await holds(await chunkPositions(), "cancelled", (at) => (world, watch, hit) => {
        world.line.watch((chunk) => {
          if (chunk.index !== at) return;
          hit();
          watch.cancel();
        });
      });
    });

    if (rig.stepped)
      clause(
        "timeouts",
        "completes a command whose time-out passes at any frame, and serves the next one",
        async () => {
          const moments = await awaits(rig);
          await holds(
            moments.map((_, n) => n),
            "cancelled",
            (n) => (world, watch, hit) => {
              const { nth, sinceMs } = moments[n] as Moment;
              world.line.setPace(FRAME_MS);
              watch.limit(nth, sinceMs);
              hit();
            },
          );
        },
      );

    clause(
      "silent",
      "ends in time when the machine falls silent at any frame, and serves when it speaks again",
      async () => {
        await holds(await chunkPositions(), "silent", (at) => (world, _, hit) => {
          let healed = false;
          const held: Chunk[] = [];
          world.line.disturb((chunk) => {
            if (chunk.index < at || healed) return undefined;
            if (chunk.index === at) {
              hit();
              void world.time.sleep(silenceMs(rig)).then(() => {
                healed = true;
                for (const { dir, bytes } of held) world.line.inject(dir, bytes);
              });
            }
            if (!rig.losesBytes) held.push(chunk);
            return [];
          });
        });
      },
    );

    const lies: readonly [string, Answer][] = [
      ["late", late],
      ["twice", (chunk) => [chunk.bytes, chunk.bytes]],
      ["never", () => []],
      ["as if to another command", (_chunk, _world, otherAnswer) => [otherAnswer()]],
      ["first as if to another command, then rightly", (chunk, _world, otherAnswer) => [otherAnswer(), chunk.bytes]],
    ];
    for (const [how, answer] of lies)
      clause("answers", `is not fooled by a machine that answers ${how}`, async () => {
        await holds(await answerPositions(), "answers", (at) => (world, _watch, hit) => {
          world.line.disturb((chunk) => {
            if (chunk.index !== at) return undefined;
            hit();
            return answer(chunk, world, () => lastOtherAnswer(world.line.chunks, chunk));
          });
        });
      });

    clause("closed", "ends every command when it is closed at any frame, and leaves nothing behind", async () => {
      await holds(await chunkPositions(), "closed", (at) => (world, _, hit) => {
        world.line.watch((chunk) => {
          if (chunk.index !== at) return;
          hit();
          void world.device.close();
        });
      });
    });

    clause("memory", "holds no more memory after two million bytes of noise, and serves", async () => {
      const world = await rig.make();
      const watch = watchCommands(world.time, rig.commandTimeoutMs);
      const noise = createNoise(11);
      world.line.start();
      await world.time.until(untilWord(world, "online"), 120_000);
      const beforeBytes = await collectGarbage();
      for (let sent = 0; sent < SOUP_BYTES; sent += SOUP_PIECE_BYTES) {
        world.line.inject("rx", noise.bytes(SOUP_PIECE_BYTES));
        if (sent % (SOUP_PIECE_BYTES * 16) === 0) await world.time.until(world.time.sleep(1), 1_000);
      }
      await world.time.until(world.time.sleep(100), 1_000);
      expect((await collectGarbage()) - beforeBytes).toBeLessThan(SOUP_BYTES / 2);
      const told = await world.time.until(servesAgain(rig, world, watch, "noise"), 300_000).catch(messageOf);
      await finish(world);
      expect(told).toBeUndefined();
    });

    if (rig.breaks)
      clause("faults", "keeps the cause of a fault, over an outage too, until it is mended", async () => {
        const names = (await made(rig)).faults.map(({ name: fault }) => fault);
        expect(names.length).toBeGreaterThan(0);
        for (const fault of names) expect(await keepsCause(rig, fault), fault).toBeUndefined();
      });
  });
}

type Answer = (chunk: Chunk, world: World, otherAnswer: () => Uint8Array) => readonly Uint8Array[];

const late: Answer = (chunk, world) => {
  void world.time.sleep(LATE_MS).then(() => world.line.inject("rx", chunk.bytes));
  return [];
};

async function made(rig: Rig): Promise<BreakableWorld> {
  if (!rig.breaks) throw new Error("this rig's machine does not break");
  const world = await rig.breaks();
  await finish(world);
  return world;
}

/** An undisturbed session, whose traffic gives the positions for all others. */
async function undisturbed(rig: Rig): Promise<readonly Chunk[]> {
  const world = await rig.make();
  const watch = watchCommands(world.time, rig.commandTimeoutMs);
  world.line.start();
  await world.time.until(world.session(watch.call), 600_000);
  const chunks = [...world.line.chunks];
  expect(watch.outcomes.filter(({ code }) => code !== "ok")).toEqual([]);
  world.judge(watch.outcomes, "nothing");
  await finish(world);
  expect(watch.complaints()).toEqual([]);
  return chunks;
}

interface Moment {
  readonly nth: number;
  readonly sinceMs: number;
}

/** When a command waited for a frame: which command, and so long after its call. Frames take time here, to tell them apart. */
async function awaits(rig: Rig): Promise<readonly Moment[]> {
  const world = await rig.make();
  const watch = watchCommands(world.time, rig.commandTimeoutMs);
  const moments = new Map<string, Moment>();
  world.line.setPace(FRAME_MS);
  world.line.watch(() => {
    const moment = watch.now();
    if (moment) moments.set(`${moment.nth} ${moment.sinceMs}`, moment);
  });
  world.line.start();
  await world.time.until(world.session(watch.call), 600_000);
  await finish(world);
  return [...moments.values()];
}

/** One disturbed session; what broke the contract, or `undefined`. */
async function disturbed(rig: Rig, harm: Harm, accident: Accident, hit: () => void): Promise<string | undefined> {
  const world = await (harm === "closed" ? (rig.makeToClose ?? rig.make) : rig.make)();
  const watch = watchCommands(world.time, rig.commandTimeoutMs);
  try {
    accident(world, watch, hit);
    world.line.start();
    await world.time.until(world.session(watch.call), 900_000);
    world.line.watch(undefined);
    if (harm !== "closed") {
      const told = await world.time.until(servesAgain(rig, world, watch, harm), 900_000);
      if (told) throw new Error(told);
    }
    world.judge(watch.outcomes, harm);
    await finish(world);
    return watch.complaints()[0];
  } catch (thrown) {
    const trail = watch.outcomes.map(({ command, code }) => `${command} ${code}`).join(", ");
    await world.device.close().catch(() => {});
    await world.dispose();
    return `${messageOf(thrown).split("\n").slice(0, 12).join(" ")} after ${trail}`;
  }
}

async function servesAgain(rig: Rig, world: World, watch: Watch, harm: Harm): Promise<string | undefined> {
  await world.time.sleep(harm === "silent" ? silenceMs(rig) : 2 * outageMs(rig));
  await untilWord(world, "online", "deviceBusy", "fraudAttempt");
  // The rest of the noise may still stand in front of the first answer.
  if (harm === "noise") await world.probe(watch.call);
  const served = await world.probe(watch.call);
  return served.ok ? undefined : `does not serve again: ${served.error.code}`;
}

/** Closes a world and proves that nothing of its driver is left. */
async function finish(world: World): Promise<void> {
  await world.time.until(world.device.close(), 20_000);
  await world.time.until(world.time.sleep(1), 1_000);
  const left = world.time.pending();
  await world.dispose();
  if (left !== undefined) expect(left, "timers after close").toBe(0);
}

async function keepsCause(rig: Rig, name: string): Promise<string | undefined> {
  if (!rig.breaks) return "cannot break";
  const world = await rig.breaks();
  const watch = watchCommands(world.time, rig.commandTimeoutMs);
  const fault = world.faults.find((candidate) => candidate.name === name);
  if (!fault) return "is gone";
  const run = <T>(work: Promise<T>) => world.time.until(work, 300_000);
  world.line.start();
  await run(untilWord(world, "online"));
  fault.happen();
  await run(world.look(watch.call));
  for (const moment of ["at first", "later", "after an outage"] as const) {
    if (moment === "later") await run(world.time.sleep(30_000));
    if (moment === "after an outage") {
      world.line.unplug(outageMs(rig));
      await run(world.time.sleep(10_000));
      await run(world.look(watch.call));
    }
    const { word, cause } = world.device.status();
    if (word !== fault.word || cause?.code !== fault.code) return `${moment}: ${word} ${cause?.code}`;
  }
  fault.mend();
  await run(world.time.sleep(5_000));
  await run(world.look(watch.call));
  await run(untilWord(world, "online"));
  await finish(world);
  return watch.complaints()[0];
}

const outageMs = (rig: Rig) => rig.outageMs ?? OUTAGE_MS;
const silenceMs = (rig: Rig) => rig.silenceMs ?? SILENCE_MS;

/** Every `stride`-th number from 0 to `end`, `end` not included. */
function every(end: number, stride: number): readonly number[] {
  return Array.from({ length: Math.ceil(end / stride) }, (_, n) => n * stride);
}

/** Meets the chunk that carries byte number `at`, once. */
function once(at: number, hit: () => void, change: (chunk: Chunk) => readonly Uint8Array[]) {
  let done = false;
  return (chunk: Chunk) => {
    if (done || at < chunk.from || at >= chunk.from + chunk.bytes.length) return undefined;
    done = true;
    hit();
    return change(chunk);
  };
}

/** The last thing that the machine said before and that reads otherwise; nothing when it has said nothing else yet. */
function lastOtherAnswer(chunks: readonly Chunk[], than: Chunk): Uint8Array {
  const before = chunks.filter(
    ({ dir, index, bytes }) => dir === "rx" && index < than.index && Buffer.compare(bytes, than.bytes) !== 0,
  );
  return before.at(-1)?.bytes ?? new Uint8Array();
}
