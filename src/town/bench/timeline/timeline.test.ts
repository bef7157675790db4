import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../../test/support/fake-clock.ts";
import { followJournal } from "./follow-journal.ts";
import { followLogs } from "./follow-logs.ts";
import { createTimeline, type NewEntry, TIMELINE_HISTORY, type TimelineSource } from "./timeline.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "madoguchi-timeline-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function entry(name: string, atMs: number, more: Partial<NewEntry> = {}): NewEntry {
  return { atMs, kind: "wire", source: "coinVendor", name, level: "info", detail: {}, ...more };
}

describe("the timeline", () => {
  const at = (clock: { nowMs(): number }, ms: number) => clock.nowMs() + ms;

  it("brings what several sources say into one order, also what arrives late", async () => {
    const clock = createFakeClock();
    const start = clock.nowMs();
    let late: NewEntry[] = [];
    const source: TimelineSource = {
      poll() {
        const news = late;
        late = [];
        return news;
      },
      close() {},
    };
    const timeline = createTimeline({ clock, sources: [source] });
    timeline.add(entry("second", start + 20));
    late = [entry("first", start + 10, { kind: "event", source: "kiosk" })];
    await clock.advance(1_000);
    timeline.add(entry("third", at(clock, -500)));
    await clock.advance(1_000);
    const { entries } = timeline.after(0, 10);
    expect(entries.map((e) => [e.seq, e.name])).toEqual([
      [1, "first"],
      [2, "second"],
      [3, "third"],
    ]);
    timeline.close();
  });

  it("holds an entry back until what others say of the same moment has arrived", async () => {
    const clock = createFakeClock();
    const timeline = createTimeline({ clock, sources: [] });
    timeline.add(entry("now", clock.nowMs()));
    timeline.round();
    expect(timeline.newestSeq()).toBe(0);
    await clock.advance(500);
    expect(timeline.newestSeq()).toBe(1);
    timeline.close();
  });

  it("keeps the order of one source when its clock goes back", async () => {
    const clock = createFakeClock();
    const timeline = createTimeline({ clock, sources: [] });
    timeline.add(entry("before", clock.nowMs()));
    timeline.add(entry("after", clock.nowMs() - 60_000));
    await clock.advance(1_000);
    expect(timeline.after(0, 10).entries.map((e) => e.name)).toEqual(["before", "after"]);
    timeline.close();
  });

  it("goes on when the wall clock is set back by an hour", async () => {
    const clock = createFakeClock();
    const timeline = createTimeline({ clock, sources: [] });
    timeline.add(entry("before", clock.nowMs()));
    clock.jumpWallClock(clock.nowMs() - 3_600_000);
    timeline.add(entry("after", clock.nowMs()));
    await clock.advance(3_000);
    expect(timeline.after(0, 10).entries.map((e) => e.name)).toEqual(["before", "after"]);
    timeline.close();
  });

  it("keeps a bounded history and says how many entries somebody missed", async () => {
    const clock = createFakeClock();
    const timeline = createTimeline({ clock, sources: [] });
    for (let i = 0; i < TIMELINE_HISTORY + 50; i++) timeline.add(entry(`e${i}`, clock.nowMs()));
    await clock.advance(1_000);
    expect(timeline.after(0, 10_000)).toMatchObject({ missed: 50 });
    expect(timeline.after(0, 10_000).entries).toHaveLength(TIMELINE_HISTORY);
    expect(timeline.after(timeline.newestSeq(), 10)).toEqual({ entries: [], missed: 0 });
    timeline.close();
  });
});

describe("the followed logs", () => {
  const line = (event: string, at = "2026-11-25T01:00:00.000Z") =>
    `${JSON.stringify({ at, level: "info", event, process: "kiosk", device: "coinVendor" })}\n`;

  it("are told line by line as they grow, a half line when it is whole", () => {
    const source = followLogs(folder, 0);
    expect(source.poll()).toEqual([]);
    const whole = line("coin.slot");
    writeFileSync(join(folder, "kiosk.jsonl"), line("coin.ready") + whole.slice(0, 20));
    expect(source.poll()).toMatchObject([{ kind: "event", source: "kiosk", name: "coin.ready" }]);
    expect(source.poll()).toEqual([]);
    appendFileSync(join(folder, "kiosk.jsonl"), whole.slice(20));
    expect(source.poll()).toMatchObject([{ name: "coin.slot", detail: { device: "coinVendor" } }]);
  });

  it("are named after their file, so that two issuing servers are told apart", () => {
    writeFileSync(join(folder, "issuing-server-482013.jsonl"), line("issuing.offered"));
    expect(followLogs(folder, 0).poll()).toMatchObject([{ source: "issuing-server-482013" }]);
  });

  it("leave out what is no event, and what is older than the bench", () => {
    const source = followLogs(folder, Date.parse("2026-11-25T00:59:00Z"));
    writeFileSync(
      join(folder, "kiosk.jsonl"),
      `kiosk: K-CONF-103\n{"at":1}\n\u0000\u0001\n${line("old", "2026-11-24T01:00:00.000Z")}${line("new")}`,
    );
    expect(source.poll().map((e) => e.name)).toEqual(["new"]);
  });

  it("lose a line without an end instead of growing", () => {
    const source = followLogs(folder, 0);
    writeFileSync(join(folder, "kiosk.jsonl"), "x".repeat(200_000));
    expect(source.poll()).toEqual([]);
    appendFileSync(join(folder, "kiosk.jsonl"), `\n${line("coin.ready")}`);
    expect(source.poll().map((e) => e.name)).toEqual(["coin.ready"]);
  });
});

describe("the followed journal", () => {
  it("is told row by row from a file that comes later, and never twice", () => {
    const file = join(folder, "ledger.sqlite");
    const source = followJournal(file, "kiosk");
    expect(source.poll()).toEqual([]);
    const database = new DatabaseSync(file);
    database.exec(
      "PRAGMA journal_mode = WAL; CREATE TABLE entries (seq INTEGER PRIMARY KEY, at_ms, kind, session, settles, data)",
    );
    const add = (seq: number, kind: string) =>
      database.prepare("INSERT INTO entries VALUES (?, ?, ?, 's-1', 0, ?)").run(seq, 1_000 + seq, kind, '{"yen":100}');
    expect(source.poll()).toEqual([]);
    add(1, "sessionStarted");
    add(2, "coins");
    expect(source.poll()).toMatchObject([
      { kind: "journal", source: "kiosk", name: "sessionStarted", atMs: 1_001, detail: { seq: 1, session: "s-1" } },
      { name: "coins", detail: { seq: 2, data: { yen: 100 } } },
    ]);
    expect(source.poll()).toEqual([]);
    add(3, "summary");
    expect(source.poll().map((e) => e.name)).toEqual(["summary"]);
    source.close();
    database.close();
  });

  it("begins near the end of a long journal", () => {
    const file = join(folder, "ledger.sqlite");
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE entries (seq INTEGER PRIMARY KEY, at_ms, kind, session, settles, data)");
    const insert = database.prepare("INSERT INTO entries VALUES (?, 1, 'coins', '', 0, '{}')");
    database.exec("BEGIN");
    for (let seq = 1; seq <= 1_000; seq++) insert.run(seq);
    database.exec("COMMIT");
    const source = followJournal(file, "kiosk");
    const rows = source.poll();
    expect([rows.length, rows[0]?.detail.seq, rows.at(-1)?.detail.seq]).toEqual([100, 901, 1_000]);
    source.close();
    database.close();
  });

  it("waits while the file is not yet a database", () => {
    const file = join(folder, "ledger.sqlite");
    writeFileSync(file, "not yet");
    const source = followJournal(file, "kiosk");
    expect(source.poll()).toEqual([]);
    source.close();
  });
});
