import { systemClock } from "../../../src/kernel/clock.ts";

/** Milliseconds of each of `count` runs of `work`, after one that is not counted. */
export async function sampleMs(count: number, work: () => Promise<unknown>): Promise<number[]> {
  await work();
  const samples: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = systemClock.monotonicMs();
    await work();
    samples.push(systemClock.monotonicMs() - from);
  }
  return samples;
}
