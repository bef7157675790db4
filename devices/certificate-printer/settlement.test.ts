import { describe, expect, test } from "vitest";
import { type PrintEvidence, settleOn } from "./settlement.ts";

const two: PrintEvidence = {
  impressions: 2,
  jobState: "completed",
  jobImpressions: 2,
  counterBefore: 100,
  counterAfter: 102,
};

describe("a job is settled on impressions, never on its state", () => {
  test.each([
    ["all sides counted", {}, "done", 2],
    ["cancelled, but all sides came out", { jobState: "canceled" }, "done", 2],
    ["aborted, but all sides came out, and no counter", { jobState: "aborted", counterBefore: undefined }, "done", 2],
    ["cancelled before the first side", { jobState: "canceled", jobImpressions: 0, counterAfter: 100 }, "notDone", 0],
    ["stopped for good after the front", { jobState: "canceled", jobImpressions: 1, counterAfter: 101 }, "notDone", 1],
    [
      "aborted without a side, no counter",
      { jobState: "aborted", jobImpressions: 0, counterAfter: undefined },
      "notDone",
      0,
    ],
    ["completed without a side, and the counter stands still", { jobImpressions: 0, counterAfter: 100 }, "unknown", 0],
    ["all sides, and a jam that was printed again", { counterAfter: 103 }, "done", 2],
    ["all sides, but the counter stands still", { counterAfter: 100 }, "unknown", 2],
    ["all sides, but the counter went back", { counterAfter: 3 }, "unknown", 2],
    ["more sides than were sent", { jobImpressions: 4, counterAfter: 104 }, "unknown", 4],
    ["completed, too few sides, no counter", { jobImpressions: 0, counterBefore: undefined }, "unknown", 0],
    ["job and counter contradict each other", { jobImpressions: 0, counterAfter: 102 }, "unknown", 0],
    ["the counter went back", { jobState: "canceled", jobImpressions: 1, counterAfter: 3 }, "unknown", 1],
    ["forgotten, the counter has all sides", { jobImpressions: undefined, jobState: "forgotten" }, "done", 2],
    ["forgotten, the counter stands still", { jobImpressions: undefined, counterAfter: 100 }, "notDone", 0],
    ["forgotten, the counter has one side", { jobImpressions: undefined, counterAfter: 101 }, "notDone", 1],
    ["forgotten, the counter has more", { jobImpressions: undefined, counterAfter: 104 }, "unknown", 2],
    ["forgotten, no counter", { jobImpressions: undefined, counterBefore: undefined }, "unknown", 0],
  ] as const)("%s", (_, change, state, impressionsCompleted) => {
    expect(settleOn({ ...two, ...change })).toMatchObject({ state, impressionsCompleted });
  });
});
