import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import type { SessionSummary } from "../../src/kiosk/ports.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import { type BenchClient, connectBench } from "../../src/town/bench/client.ts";
import type { BenchState } from "../../src/town/bench/protocol.ts";
import { connectPanel } from "../../src/town/citizen/panel-client.ts";
import { visit } from "../../src/town/citizen/scripted-citizen.ts";
import { type CitizenWish, ordinaryWish } from "../../src/town/citizen/wish.ts";
import { readJournal } from "../../src/town/start/journal-file.ts";
import { startTown, type Town } from "../../src/town/start/town.ts";

/** The kiosk's process is killed in the middle of money and paper; the machine's coins and sheets are the judge. */
const folder = mkdtempSync(join(tmpdir(), "madoguchi-accidents-"));
const example = (name: string) => fileURLToPath(new URL(`../../examples/towns/${name}`, import.meta.url));
const STALL_MS = 50_000;

let town: Town;
let bench: BenchClient;
let panelUrl: string;

beforeAll(async () => {
  town = unwrap(
    await startTown({
      dataFolder: join(folder, "data"),
      townFolders: [example("midorino"), example("ebisawa")],
      port: 0,
      clock: systemClock,
      restart: false,
      onProgress: () => {},
      pace: { coinMs: 10, sheetMs: 400 },
    }),
  );
  bench = unwrap(await connectBench(town.benchUrl, systemClock));
  panelUrl = town.panelUrl;
});

afterAll(async () => {
  bench?.close();
  await town?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const state = async () => unwrap(await bench.call<BenchState>("state", {}));
const worth = (coins: Readonly<Record<string, number>>) =>
  Object.entries(coins).reduce((sum, [denomination, count]) => sum + Number(denomination) * count, 0);
const total = ({ coins }: BenchState) =>
  worth(coins.escrow) + worth(coins.cashBox) + worth(coins.tray) + worth(coins.hoppers);

/** Lets a citizen come and kills the kiosk, without warning, at the first view that `when` recognises. */
async function killedWhen(when: (view: PanelView) => boolean, wish: Partial<CitizenWish> = {}): Promise<void> {
  const panel = unwrap(await connectPanel(panelUrl));
  let killed: Promise<unknown> | undefined;
  const visited = await visit({
    panel,
    bench,
    wish: { ...ordinaryWish({ municipality: "482013", residentId: "mi-001", pin: "1234" }), ...wish },
    clock: systemClock,
    stallMs: STALL_MS,
    onStep(view) {
      if (killed || !when(view)) return;
      killed = town.restart("kiosk", "kill").then((again) => {
        panelUrl = unwrap(again).addresses.panel ?? "";
      });
    },
  });
  expect(visited.ok).toBe(false);
  await killed;
  panel.close();
}

/** Waits until the kiosk that was started again has settled what the killed one left, and greets. */
async function untilWelcome(): Promise<void> {
  const panel = unwrap(await connectPanel(panelUrl));
  let view = panel.current() ?? (await panel.after(-1));
  while (view && view.view.step !== "language") view = await panel.after(view.revision);
  panel.close();
}

function lastSummary(): SessionSummary {
  const summary = unwrap(readJournal(town.paths.kiosk)).sessions.at(-1);
  if (!summary) throw new Error("the kiosk wrote no summary");
  return summary;
}

describe("a kiosk that is killed", () => {
  it("gives back what lay in the escrow when it was killed while the citizen paid", async () => {
    const before = await state();
    await killedWhen((v) => v.view.step === "pay" && v.view.insertedYen === 100, { purse: [100] });
    await untilWelcome();
    const after = await state();
    expect(worth(after.coins.escrow)).toBe(0);
    expect(worth(after.coins.tray)).toBe(total(after) - total(before));
    expect(worth(after.coins.cashBox)).toBe(worth(before.coins.cashBox));
    expect(lastSummary()).toMatchObject({ result: "notIssued", owedYen: 0, impressions: 0 });
    await bench.call("takeCoins", {});
  });

  it("owes no more and no less than what is neither printed nor given back when it was killed while printing", async () => {
    const before = await state();
    await killedWhen((v) => v.view.step === "printing");
    await untilWelcome();
    const after = await state();
    const summary = lastSummary();
    const inserted = total(after) - total(before);
    const earned = summary.result === "issued" ? summary.feeYen : 0;
    expect(inserted).toBe(500);
    expect(worth(after.coins.escrow)).toBe(0);
    expect(worth(after.coins.tray) + earned + summary.owedYen).toBe(inserted);
    await bench.call("takeCoins", {});
    await bench.call("takePaper", {});
  });

  it("prints nothing of the killed session later, and serves the next citizen", async () => {
    const before = await state();
    const panel = unwrap(await connectPanel(panelUrl));
    const next = await visit({
      panel,
      bench,
      wish: ordinaryWish({ municipality: "482013", residentId: "mi-006", pin: "1234" }),
      clock: systemClock,
      stallMs: STALL_MS,
      onStep: () => {},
    });
    panel.close();
    expect(unwrap(next)).toMatchObject({ ending: { step: "issued" }, sheetsTaken: 1 });
    expect((await state()).sidesPrinted - before.sidesPrinted).toBe(2);
    expect(lastSummary()).toMatchObject({ result: "issued", owedYen: 0 });
  });
});
