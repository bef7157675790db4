import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { type BenchClient, connectBench } from "../../src/town/bench/client.ts";
import type { BenchMethod, BenchParams, BenchState, TimelineEntry } from "../../src/town/bench/protocol.ts";
import { ordinaryWish } from "../../src/town/citizen/wish.ts";
import { send } from "../../src/town/start/issue-once.ts";
import { readJournal } from "../../src/town/start/journal-file.ts";
import { startTown, type Town } from "../../src/town/start/town.ts";

/** The whole town, driven through the bench's language alone. */
const folder = mkdtempSync(join(tmpdir(), "madoguchi-bench-town-"));
const CITY = "482013";
const SERVER = `issuing-server-${CITY}`;

let town: Town;
let bench: BenchClient;
let latest: BenchState;
const entries: TimelineEntry[] = [];
let missed = 0;
const looks = new Set<() => void>();

beforeAll(async () => {
  town = unwrap(
    await startTown({
      dataFolder: join(folder, "data"),
      townFolders: [fileURLToPath(new URL("../../examples/towns/midorino", import.meta.url))],
      port: 0,
      clock: systemClock,
      restart: true,
      onProgress: () => {},
    }),
  );
  bench = unwrap(await connectBench(town.benchUrl, systemClock));
  bench.onEvent((event) => {
    if (event.event === "state") latest = event.state;
    else {
      entries.push(...event.entries);
      missed += event.missed;
    }
    for (const look of [...looks]) look();
  });
  latest = unwrap(await bench.call<BenchState>("watch", { after: 0 }));
});
afterAll(async () => {
  bench?.close();
  await town?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves when what the bench told is as wanted. */
function until(wanted: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted()) return;
      looks.delete(look);
      resolve();
    };
    looks.add(look);
    look();
  });
}

const hand = async <M extends BenchMethod>(method: M, params: BenchParams<M>) =>
  unwrap(await bench.call<unknown, M>(method, params));
const processState = (name: string) => latest.processes.find((p) => p.name === name)?.state;

/** One visit of an ordinary citizen; how it ended, and the code in the kiosk's journal. */
async function come() {
  const before = latest.sidesPrinted;
  const wish = ordinaryWish({ municipality: CITY, residentId: "mi-001", pin: "1234" });
  const visit = unwrap(await send(town, bench, wish, { clock: systemClock, onProgress: () => {} }));
  const summary = unwrap(readJournal(town.paths.kiosk)).sessions.at(-1);
  const { sidesPrinted } = (await hand("state", {})) as BenchState;
  return { ending: visit.ending, summary, sides: sidesPrinted - before };
}

describe("the bench of a running town", () => {
  it("lists every process of the town", async () => {
    await until(() => latest.processes.length > 0);
    expect(latest.processes.map((p) => [p.name, p.state, p.pid])).toEqual(
      town.processes().map((p) => [p.name, "running", p.pid]),
    );
  });

  it("shows an issuance from the journal, the logs and every wire, in one order", async () => {
    const { ending, sides } = await come();
    expect([ending.step, sides]).toEqual(["issued", 2]);
    const written = () => unwrap(readJournal(town.paths.kiosk));
    const shown = () => entries.filter((e) => e.kind === "journal").map((e) => e.detail.seq);
    // The kiosk still writes when the panel already says "issued": both sides are read until they agree.
    await until(() => {
      const { rows, sessions } = written();
      return (
        sessions.length > 0 &&
        isDeepStrictEqual(
          shown(),
          rows.map((row) => row.seq),
        )
      );
    });
    expect(entries.map((e) => e.seq)).toEqual(entries.map((_, i) => i + 1));
    expect(missed).toBe(0);
    for (const source of new Set(entries.map((e) => `${e.kind} ${e.source}`))) {
      const times = entries.filter((e) => `${e.kind} ${e.source}` === source).map((e) => e.atMs);
      expect(times).toEqual([...times].sort((one, other) => one - other));
    }
    const wires = new Set(entries.filter((e) => e.kind === "wire").map((e) => `${e.source} ${e.name}`));
    for (const said of [
      "cardReader VERIFY",
      "cardReader PSO: COMPUTE DIGITAL SIGNATURE",
      "coinVendor readBufferedCredit",
      "coinVendor dispenseCoins",
      "certificatePrinter Print-Job",
      "cabinet light",
      "receiptPrinter ESC/POS",
    ])
      expect([...wires]).toContain(said);
    const logs = new Set(entries.filter((e) => e.kind === "event").map((e) => e.source));
    for (const process of ["kiosk", SERVER, `attestor-${CITY}`, "issuance-center"])
      expect([...logs]).toContain(process);
  });

  it("tells nobody's PIN, name, address or number in the timeline", () => {
    const text = JSON.stringify(entries);
    const hex = (words: string) => Buffer.from(words).toString("hex").toUpperCase();
    for (const secret of ["佐藤", "桜台", "314238458662"]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(hex(secret));
    }
    expect(text).not.toContain(hex("1234"));
  });

  it("stops a city, whose citizens are told to come later, and starts it again", async () => {
    await hand("process", { name: SERVER, action: "stop" });
    await until(() => processState(SERVER) === "stopped");
    const refused = await come();
    expect(refused.ending).toMatchObject({
      step: "ended",
      reason: "fault",
      what: { key: "ended.what.connection" },
      next: { key: "ended.next.later" },
      moneyOutcome: { money: "notTaken" },
    });
    expect([refused.summary?.failureCode, refused.sides]).toEqual(["K-NET-101", 0]);
    expect(processState(SERVER)).toBe("stopped");
    await hand("process", { name: SERVER, action: "start" });
    await until(() => processState(SERVER) === "running");
    expect((await come()).ending.step).toBe("issued");
  });

  it("lets a city lie, which is found out before anything is printed or paid, and tell the truth again", async () => {
    await hand("lie", { municipality: CITY, lie: "otherAddress" });
    await until(() => latest.lies[CITY] === "otherAddress" && processState(SERVER) === "running");
    const refused = await come();
    expect(refused.ending).toMatchObject({
      step: "ended",
      reason: "contradiction",
      moneyOutcome: { money: "notTaken" },
    });
    expect([refused.summary?.failureCode, refused.sides]).toEqual(["K-BIND-139", 0]);
    await until(() => entries.some((e) => e.name === "binding.contradiction" && e.level === "error"));
    await hand("lie", { municipality: CITY, lie: "none" });
    expect((await come()).ending.step).toBe("issued");
  });

  it("kills the kiosk, which comes back by itself and serves", async () => {
    const before = latest.processes.find((p) => p.name === "kiosk")?.pid;
    await hand("process", { name: "kiosk", action: "kill" });
    await until(() => {
      const kiosk = latest.processes.find((p) => p.name === "kiosk");
      return kiosk?.state === "running" && kiosk.pid !== before;
    });
    const panelUrl = town.find("kiosk")?.addresses.panel ?? "";
    const wish = ordinaryWish({ municipality: CITY, residentId: "mi-001", pin: "1234" });
    const visit = await send({ ...town, panelUrl }, bench, wish, { clock: systemClock, onProgress: () => {} });
    expect(unwrap(visit).ending.step).toBe("issued");
  });
});
