import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { CoinVendor } from "../../devices/coin-vendor/port.ts";
import { createCoinVendorSimulator } from "../../devices/coin-vendor/simulator/index.ts";
import { createCoinVendor } from "../../devices/coin-vendor/vendor.ts";
import { memoryOpener } from "../../devices/contract/memory-port.ts";
import { openerFor } from "../../devices/contract/openers.ts";
import type { PortOpener } from "../../devices/contract/port.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { memoryCredits, memoryExchanges } from "../support/coin-vendor-rig.ts";
import { fullMachine } from "./support/full-machine.ts";
import { fuzzTargets, soupFor } from "./support/fuzz.ts";
import { heapMb } from "./support/memory.ts";
import { type Measurement, report } from "./support/results.ts";
import { createSimulatedClock } from "./support/simulated-clock.ts";

/**
 * What the devices cost. Polling: CPU time (user and system) of the process that polls a full machine over a unix socket, as
 * a share of the wall time of the same stretch; the simulated machine is another process, and the floor is this process with
 * the poll's timer alone. Codecs: ten million bytes of soup each. A day of idle polling on a simulated clock, machine and
 * driver in one process: what is left on the heap.
 */
const { values } = parseArgs({ options: { json: { type: "boolean" }, runs: { type: "string", default: "3" } } });
const runs = Math.max(1, Number(values.runs));
const STRETCH_MS = 10_000;
/** The first seconds compile; a kiosk runs for months. */
const WARM_UP_MS = 15_000;
const POLL_MS = 200;
const FUZZ_BYTES = 10_000_000;
const HOUR_MS = 3_600_000;
const logger = { event: () => {} };
const folder = mkdtempSync(join(tmpdir(), "madoguchi-bench-"));

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Share of one core, in percent, that this process uses while it does what it does. */
async function coreShare(): Promise<number> {
  const cpu = process.cpuUsage();
  const fromMs = systemClock.monotonicMs();
  await wait(STRETCH_MS);
  const { user, system } = process.cpuUsage(cpu);
  return (100 * (user + system)) / 1000 / (systemClock.monotonicMs() - fromMs);
}

async function sampled(measure: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < runs; n++) samples.push(await measure());
  return samples;
}

function fullVendor(opener: PortOpener, clock: Clock): CoinVendor {
  const credits = latestCredits();
  const exchanges = memoryExchanges();
  return createCoinVendor({
    name: "coins",
    opener,
    clock,
    logger,
    credits,
    exchanges,
    options: { addresses: fullMachine },
  });
}

/** A store that keeps only what it is asked for: the bench measures the driver and not its journal. */
function latestCredits(): ReturnType<typeof memoryCredits> {
  const store = memoryCredits();
  const latest = new Map<string | undefined, number>();
  return {
    ...store,
    lastCounter: (source) => latest.get(source),
    heldNote: () => undefined,
    recordCoins: ({ source, counter }) => void latest.set(source, counter),
  };
}

async function untilOnline(vendor: CoinVendor): Promise<void> {
  while (vendor.status().word !== "online") await wait(100);
}

async function startMachine(path: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("./support/coin-machine.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout ?? child, "data");
  return child;
}

async function polling(): Promise<Measurement[]> {
  await wait(WARM_UP_MS);
  const timer = setInterval(() => {}, POLL_MS);
  const floor = { what: "a timer at the pace of the polls", samples: await sampled(coreShare) };
  clearInterval(timer);
  const path = join(folder, "coins.sock");
  const machine = await startMachine(path);
  try {
    const vendor = fullVendor(unwrap(openerFor(`unix:${path}`)), systemClock);
    await untilOnline(vendor);
    await wait(WARM_UP_MS);
    const idle = await sampled(coreShare);
    unwrap(await vendor.cashInStart());
    const open = await sampled(coreShare);
    await vendor.close();
    return [
      { metric: "polling a full machine, slot closed: share of a core", unit: "%", samples: idle, floor },
      { metric: "polling a full machine, slot open: share of a core", unit: "%", samples: open, floor },
    ];
  } finally {
    machine.stdin?.end();
    await once(machine, "exit");
  }
}

async function fuzzing(): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const target of fuzzTargets) {
    const soup = soupFor(target, FUZZ_BYTES, 20_261_130);
    const bytes = soup.reduce((sum, piece) => sum + piece.length, 0);
    const speeds: number[] = [];
    const feed = target.make();
    // Compiled code and tables are no growth.
    for (const piece of soup.slice(0, soup.length / 20)) feed(piece);
    const beforeMb = await heapMb();
    for (let n = 0; n < runs; n++) {
      const fromMs = systemClock.monotonicMs();
      for (const piece of soup) feed(piece);
      speeds.push(bytes / 1e6 / ((systemClock.monotonicMs() - fromMs) / 1000));
    }
    const grownMb = (await heapMb()) - beforeMb;
    // The soup itself must be there at both looks at the heap.
    if (soup.length === 0) throw new Error("no soup");
    measurements.push({ metric: `${target.name}: ten million bytes of soup`, unit: "MB/s", samples: speeds });
    measurements.push({ metric: `${target.name}: heap growth by them`, unit: "MB", samples: [grownMb] });
  }
  return measurements;
}

async function idleDay(): Promise<Measurement[]> {
  const clock = createSimulatedClock();
  const machine = createCoinVendorSimulator({
    clock,
    addresses: fullMachine,
    hoppers: { 10: 50, 50: 50, 100: 50, 500: 50 },
  });
  const vendor = fullVendor(memoryOpener(machine.attach), clock);
  await clock.run(HOUR_MS);
  if (vendor.status().word !== "online") throw new Error("the simulated machine is not online");
  const beforeMb = await heapMb();
  const cpu = process.cpuUsage();
  await clock.run(24 * HOUR_MS);
  const { user, system } = process.cpuUsage(cpu);
  const grownMb = (await heapMb()) - beforeMb;
  await Promise.all([vendor.close(), clock.run(10_000)]);
  return [
    { metric: "a simulated day of idle polling: heap growth", unit: "MB", samples: [grownMb] },
    {
      metric: "a simulated day of idle polling, driver and machine: CPU",
      unit: "ms",
      samples: [(user + system) / 1000],
    },
  ];
}

try {
  const measurements = [...(await polling()), ...(await fuzzing()), ...(await idleDay())];
  report("devices", measurements, values.json ?? false);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
