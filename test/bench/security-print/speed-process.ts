import { readFileSync, writeFileSync } from "node:fs";
import { keepCompiledCode } from "../../../src/kernel/compile-cache.ts";
import { sampleByTurnsMs } from "../support/samples.ts";
import type { Prepared, SpeedOrder, SpeedReply, SpeedTask } from "./messages.ts";

/** Measures one task; only what that task needs is loaded, so that its memory is that of the process that does it. */
process.once("message", ({ work, runs }: SpeedOrder) => {
  void measure(work, runs).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit(0));

async function measure(task: SpeedTask, runs: number): Promise<SpeedReply> {
  const { work, floor } = await prepare(task);
  keepCompiledCode();
  const earlierPeakMb = residentMb("VmHWM");
  // Sets the peak back to what is resident now (proc(5), clear_refs).
  writeFileSync("/proc/self/clear_refs", "5");
  const beforeMb = residentMb("VmRSS");
  await work();
  const peakMb = residentMb("VmHWM");
  return {
    ...(await sampleByTurnsMs(runs, work, floor)),
    peakMb: Math.max(peakMb, earlierPeakMb),
    extraMb: peakMb - beforeMb,
  };
}

async function prepare(task: SpeedTask): Promise<Prepared> {
  if (task.task === "payload") return (await import("./tasks/payload.ts")).preparePayload(task.pdf);
  if (task.task === "copy") return (await import("./tasks/copy.ts")).prepareCopy(task.pdf);
  if (task.task === "sheet") return (await import("./tasks/sheet.ts")).prepareSheet(task.pdf, task.payload);
  return (await import("./tasks/verification.ts")).prepareVerification(task.jpeg, task.keys);
}

function residentMb(field: "VmHWM" | "VmRSS"): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024;
}
