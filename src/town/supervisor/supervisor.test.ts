import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../kernel/clock.ts";
import { unwrap } from "../../kernel/result.ts";
import type { TownProcess } from "./child-process.ts";
import { createSupervisor, type ProcessReport, type Supervisor } from "./supervisor.ts";

/** A process that says it is ready, answers over its channel with a word of its environment, and ends when it is told. */
const PROGRAM = (word: string) => `
process.on("message", (m) => process.send({ heard: m, word: process.env.WORD ?? "${word}" }));
process.on("disconnect", () => process.exit(0));
process.stderr.write("up ${word}\\n");
process.stdout.write(JSON.stringify({ ready: true, name: "p", pid: process.pid, version: "0", addresses: {} }) + "\\n");
`;

let folder: string;
let supervisor: Supervisor;
const started: TownProcess[] = [];
const file = (name: string) => join(folder, name);

function create(restartCrashed: boolean): Supervisor {
  supervisor = createSupervisor({
    clock: systemClock,
    logFolder: folder,
    restartCrashed,
    onProgress: () => {},
    onStarted: (process) => void started.push(process),
  });
  return supervisor;
}

/** Resolves when the one process is in this state. */
function until(state: ProcessReport["state"]): Promise<ProcessReport> {
  return new Promise((resolve) => {
    const look = () => {
      const report = supervisor.reports().find((r) => r.state === state);
      if (!report) return;
      forget();
      resolve(report);
    };
    const forget = supervisor.onChange(look);
    look();
  });
}

function wordOf(process: TownProcess): Promise<unknown> {
  return new Promise((resolve) => {
    process.onMessage(resolve);
    process.send({ hello: 1 });
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "madoguchi-supervisor-"));
  started.length = 0;
  writeFileSync(file("honest.mjs"), PROGRAM("honest"));
  writeFileSync(file("other.mjs"), PROGRAM("other"));
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const spec = () => ({ name: "p", entry: file("honest.mjs"), configFile: "none" });

describe("a supervised process", () => {
  it("stays stopped until it is started again", async () => {
    const town = create(true);
    const first = unwrap(await town.start(spec()));
    expect(town.reports()).toEqual([{ name: "p", state: "running", pid: first.pid }]);
    unwrap(await town.halt("p"));
    expect(await first.ended).toBeUndefined();
    expect(town.reports()).toEqual([{ name: "p", state: "stopped" }]);
    unwrap(await town.resume("p"));
    const [report] = town.reports();
    expect(report).toMatchObject({ state: "running" });
    expect(report?.pid).not.toBe(first.pid);
    expect(started).toHaveLength(2);
  });

  it("comes back by itself when it was killed, and is reported as ended meanwhile", async () => {
    const town = create(true);
    const first = unwrap(await town.start(spec()));
    unwrap(town.kill("p"));
    await until("ended");
    const again = await until("running");
    expect(again.pid).not.toBe(first.pid);
  });

  it("stays away when it was killed and nobody restarts crashed ones, until it is started", async () => {
    const town = create(false);
    await town.start(spec());
    unwrap(town.kill("p"));
    await until("ended");
    unwrap(await town.resume("p"));
    expect(town.reports()).toMatchObject([{ state: "running" }]);
  });

  it("is exchanged for another program with an environment of its own, and back", async () => {
    const town = create(true);
    await town.start(spec());
    const liar = unwrap(await town.restart("p", "stop", { entry: file("other.mjs"), environment: { WORD: "lie" } }));
    expect(await wordOf(liar)).toEqual({ heard: { hello: 1 }, word: "lie" });
    const honest = unwrap(await town.restart("p", "stop", { entry: file("honest.mjs") }));
    expect(await wordOf(honest)).toMatchObject({ word: "honest" });
    expect(readFileSync(file("p.jsonl"), "utf8")).toBe("up honest\nup other\nup honest\n");
  });

  it("is unknown by any other name", async () => {
    const town = create(true);
    await town.start(spec());
    const refused = [await town.halt("q"), await town.resume("q"), town.kill("q"), await town.restart("q", "stop")];
    expect(refused.map((r) => (r.ok ? "done" : r.error.code))).toEqual(Array(4).fill("K-TOWN-107"));
  });
});
