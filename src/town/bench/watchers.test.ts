import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import type { BenchEvent, BenchState } from "./protocol.ts";
import { createTimeline } from "./timeline/timeline.ts";
import { createWatchers } from "./watchers.ts";

function rig() {
  const clock = createFakeClock();
  const timeline = createTimeline({ clock, sources: [] });
  let sheets = 0;
  const watchers = createWatchers({
    clock,
    timeline,
    state: () => ({ sheetsInTray: sheets }) as unknown as BenchState,
  });
  const heard: BenchEvent[] = [];
  const page = {
    waiting: 0,
    send: (text: string) => void heard.push(JSON.parse(text) as BenchEvent),
    waitingBytes: () => page.waiting,
  };
  const happen = (name: string) =>
    timeline.add({ atMs: clock.nowMs(), kind: "event", source: "kiosk", name, level: "info", detail: {} });
  const seqs = () => heard.flatMap((e) => (e.event === "timeline" ? e.entries.map(({ seq }) => seq) : []));
  const states = () => heard.flatMap((e) => (e.event === "state" ? [e.state.sheetsInTray] : []));
  return {
    clock,
    heard,
    page,
    watchers,
    happen,
    seqs,
    states,
    print: () => {
      sheets += 1;
      watchers.stateChanged();
    },
    end: () => {
      watchers.close();
      timeline.close();
    },
  };
}

describe("a page that watches", () => {
  it("is told the state at once and on every change, gathered", async () => {
    const { clock, page, watchers, states, print, end } = rig();
    watchers.add(page, 0);
    await clock.advance(1);
    print();
    print();
    await clock.advance(100);
    expect(states()).toEqual([0, 2]);
    end();
  });

  it("gets what happened before it came, and each entry once", async () => {
    const { clock, page, watchers, happen, seqs, end } = rig();
    happen("a");
    happen("b");
    await clock.advance(1_000);
    watchers.add(page, 1);
    await clock.advance(10);
    happen("c");
    await clock.advance(1_000);
    expect(seqs()).toEqual([2, 3]);
    end();
  });

  it("gets everything again when it knows numbers of a bench that is gone", async () => {
    const { clock, page, watchers, happen, seqs, end } = rig();
    happen("a");
    await clock.advance(1_000);
    watchers.add(page, 900);
    await clock.advance(10);
    expect(seqs()).toEqual([1]);
    end();
  });

  it("gets nothing while it takes nothing, and catches up afterwards", async () => {
    const { clock, heard, page, watchers, happen, seqs, states, print, end } = rig();
    watchers.add(page, 0);
    await clock.advance(1);
    page.waiting = 2_000_000;
    const before = heard.length;
    for (let i = 0; i < 100; i++) happen(`e${i}`);
    print();
    await clock.advance(5_000);
    expect(heard).toHaveLength(before);
    page.waiting = 0;
    await clock.advance(1_000);
    expect(seqs()).toHaveLength(100);
    expect(states().at(-1)).toBe(1);
    end();
  });

  it("is told nothing more when it has left", async () => {
    const { clock, heard, page, watchers, print, end } = rig();
    const leave = watchers.add(page, 0);
    await clock.advance(1);
    leave();
    print();
    await clock.advance(1_000);
    expect(heard).toHaveLength(1);
    end();
  });
});
