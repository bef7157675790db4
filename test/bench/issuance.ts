import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { systemClock } from "../../src/kernel/clock.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { type BenchClient, connectBench } from "../../src/town/bench/client.ts";
import { connectPanel } from "../../src/town/citizen/panel-client.ts";
import { ordinaryWish } from "../../src/town/citizen/wish.ts";
import { send } from "../../src/town/start/issue-once.ts";
import { readJournal } from "../../src/town/start/journal-file.ts";
import { startTown, type Town } from "../../src/town/start/town.ts";
import { pageDrawings, tlsRoundTrips } from "./support/floors.ts";
import { type Measurement, report } from "./support/results.ts";

/**
 * The main job's machine time: no thinking time, embedded card, printer and coins at their quick pace. Floors of the same
 * run: an empty Node process for starts and memory, an empty request over mutual TLS for the stages that talk, one page
 * drawn by pdfium for those that read and compose.
 */
const { values } = parseArgs({ options: { json: { type: "boolean" }, runs: { type: "string", default: "10" } } });
const runs = Math.max(1, Number(values.runs));
const quiet = () => {};
const example = (name: string) => fileURLToPath(new URL(`../../examples/towns/${name}`, import.meta.url));
const townFolders = [example("midorino"), example("ebisawa")];
const dataFolder = mkdtempSync(join(tmpdir(), "madoguchi-bench-"));

async function timed<T>(work: () => Promise<Result<T>>): Promise<{ ms: number; value: T }> {
  const from = systemClock.monotonicMs();
  const value = unwrap(await work());
  return { ms: systemClock.monotonicMs() - from, value };
}

const start = () =>
  startTown({
    dataFolder,
    townFolders,
    port: 0,
    clock: systemClock,
    restart: false,
    onProgress: quiet,
    archiveDocuments: true,
  });

/** What each stage cannot do without: messages over TLS, or pages drawn at the printer's resolution. */
const STAGES_OF_MESSAGES: ReadonlySet<string> = new Set(["directory", "open", "apply", "pinToOffer", "request"]);
const STAGES_OF_PAGES: ReadonlySet<string> = new Set(["readPages", "compose", "verify", "confirmToPay"]);

/** Until the panel shows its first screen, which is what a citizen waits for. */
async function untilWelcome(town: Town): Promise<void> {
  const panel = unwrap(await connectPanel(town.panelUrl));
  let view = panel.current() ?? (await panel.after(-1));
  while (view && view.view.step !== "language") view = await panel.after(view.revision);
  panel.close();
}

const EMPTY_NODE = ["-e", "process.stdout.write(require('fs').readFileSync('/proc/self/status','utf8'))"];

/** An empty Node process: how long it takes, and its resident memory. */
function emptyNode(): { ms: number; mb: number } {
  const from = systemClock.monotonicMs();
  const run = spawnSync(process.execPath, EMPTY_NODE, { encoding: "utf8" });
  return { ms: systemClock.monotonicMs() - from, mb: residentMb(run.stdout) };
}

function residentMb(status: string): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

function memoryOf(pid: number): number {
  return residentMb(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** A process and everything below it. */
function familyOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(/\s+/).filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

async function issueRepeatedly(town: Town, bench: BenchClient): Promise<Record<string, number[]>> {
  const [municipality = ""] = town.municipalities;
  const wish = ordinaryWish({ municipality, residentId: "mi-001", pin: "1234" });
  for (let i = 0; i < runs; i++) {
    const visited = unwrap(await send(town, bench, wish, { clock: systemClock, onProgress: quiet }));
    if (visited.ending.step !== "issued") throw new Error(`not issued: ${JSON.stringify(visited.ending)}`);
  }
  const { sessions } = unwrap(readJournal(town.paths.kiosk));
  const stages: Record<string, number[]> = {};
  for (const session of sessions) {
    for (const [stage, ms] of Object.entries(session.timingsMs)) stages[stage] = [...(stages[stage] ?? []), ms];
  }
  return stages;
}

try {
  const floors = Array.from({ length: runs }, emptyNode);
  const starts = { what: "an empty Node process", samples: floors.map((f) => f.ms) };
  const memory = { what: "an empty Node process", samples: floors.map((f) => f.mb) };

  const first = await timed(start);
  await untilWelcome(first.value);
  await first.value.stop();

  const townStarts: number[] = [];
  const startRuns = Math.min(runs, 3);
  const startAgain = async () => {
    const from = systemClock.monotonicMs();
    const started = unwrap(await start());
    await untilWelcome(started);
    townStarts.push(systemClock.monotonicMs() - from);
    return started;
  };
  for (let i = 1; i < startRuns; i++) await (await startAgain()).stop();

  const town = await startAgain();
  const bench = unwrap(await connectBench(town.benchUrl, systemClock));
  const stages = await issueRepeatedly(town, bench);
  const kiosk = town.find("kiosk");
  const kioskMb = kiosk ? memoryOf(kiosk.pid) : Number.NaN;
  const familyMb = kiosk ? familyOf(kiosk.pid).reduce((sum, pid) => sum + memoryOf(pid), 0) : Number.NaN;

  const [municipality = ""] = town.municipalities;
  const archive = town.paths.archive(municipality);
  const [document = ""] = readdirSync(archive);
  const request = { what: "an empty request over mutual TLS", samples: await tlsRoundTrips(town.paths.pki, 50) };
  const drawing = {
    what: "one page drawn by pdfium at 600 dpi",
    samples: await pageDrawings(join(archive, document), 10),
  };

  const kioskStarts: number[] = [];
  for (let i = 0; i < startRuns; i++) {
    const from = systemClock.monotonicMs();
    const again = unwrap(await town.restart("kiosk", "stop"));
    await untilWelcome({ ...town, panelUrl: again.addresses.panel ?? "" });
    kioskStarts.push(systemClock.monotonicMs() - from);
  }
  bench.close();
  await town.stop();

  const measurements: Measurement[] = [
    { metric: "kiosk: stop, start → welcome (existing data)", unit: "ms", samples: kioskStarts, floor: starts },
    { metric: "whole town: start → welcome (existing data)", unit: "ms", samples: townStarts, floor: starts },
    { metric: "whole town: first start", unit: "ms", samples: [first.ms], floor: starts },
    ...Object.entries(stages).map(([stage, samples]): Measurement => {
      const floor = STAGES_OF_MESSAGES.has(stage) ? request : STAGES_OF_PAGES.has(stage) ? drawing : undefined;
      return { metric: `stage: ${stage}`, unit: "ms", samples, ...(floor ? { floor } : {}) };
    }),
    { metric: "kiosk process, resident after the runs", unit: "MB", samples: [kioskMb], floor: memory },
    { metric: "kiosk with its children, resident", unit: "MB", samples: [familyMb], floor: memory },
  ];
  report("issuance", measurements, values.json ?? false);
} finally {
  rmSync(dataFolder, { recursive: true, force: true });
}
