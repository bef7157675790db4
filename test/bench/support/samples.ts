import { systemClock } from "../../../src/kernel/clock.ts";

/**
 * Milliseconds of each of `count` runs of `work`, and of the floor that it is compared with, by turns: what slows the machine
 * down for a while slows both. One run of each before is not counted.
 */
export async function sampleByTurnsMs(
  count: number,
  work: () => Promise<unknown>,
  floor: () => Promise<unknown>,
): Promise<{ readonly samplesMs: number[]; readonly floorMs: number[] }> {
  await work();
  await floor();
  const [samplesMs, floorMs]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i++) {
    samplesMs.push(await durationMs(work));
    floorMs.push(await durationMs(floor));
  }
  return { samplesMs, floorMs };
}

/** Milliseconds of each of `count` runs of `work`, after one that is not counted. */
export async function sampleMs(count: number, work: () => Promise<unknown>): Promise<number[]> {
  await work();
  const samples: number[] = [];
  for (let i = 0; i < count; i++) samples.push(await durationMs(work));
  return samples;
}

async function durationMs(work: () => Promise<unknown>): Promise<number> {
  const from = systemClock.monotonicMs();
  await work();
  return systemClock.monotonicMs() - from;
}
