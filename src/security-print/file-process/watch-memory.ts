import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../kernel/clock.ts";

const WATCH_EVERY_MS = 100;

/**
 * Kills a child that takes more memory than it may. Heap limits of Node do not count pictures (they lie in array buffers
 * and in libvips), so the kernel's own figure is read: field 2 of `/proc/PID/statm`, resident pages (proc(5)).
 */
export function watchMemory(child: ChildProcess, memoryBytes: number, clock: Clock) {
  let [exceeded, stopped] = [false, false];
  const look = async () => {
    const resident = await residentBytes(child.pid);
    if (stopped) return;
    if (resident > memoryBytes) {
      exceeded = true;
      child.kill("SIGKILL");
      return;
    }
    timer = clock.setTimer(WATCH_EVERY_MS, () => void look());
  };
  let timer = clock.setTimer(WATCH_EVERY_MS, () => void look());
  return {
    exceeded: () => exceeded,
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

/** Linux on x64 and arm64 as Debian and Ubuntu build it. */
const MEMORY_PAGE_BYTES = 4096;

/** 0 for a process that is gone. */
async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    return Number((await readFile(`/proc/${pid}/statm`, "latin1")).split(" ")[1]) * MEMORY_PAGE_BYTES;
  } catch {
    return 0;
  }
}
