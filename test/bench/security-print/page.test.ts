import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { keptResults, pageOf } from "./page.ts";

const scan = { level: "hard", dpi: 300, cellPx: 8, trials: 60, exact: 60, partial: 0, fields: 60, wrong: 0 } as const;
const cells = { kind: "spliced", seen: "cells", trials: 60, accepted: 0, wrong: 0, answers: { altered: 60 } } as const;

it("the page of results says k of n with what it proves at least and at most, for scans and for forgeries", () => {
  const page = pageOf({
    speed: [{ metric: "payload", unit: "ms", median: 24, p99: 29, n: 10, baseline: 2, ratio: 12 }],
    channel: [scan, { ...scan, cellPx: 6, exact: 59, partial: 1 }],
    comparison: [{ level: "mild", pages: 2, aligned: 2, digits: 180, marked: 178, elsewhere: 1, falseMarks: 0 }],
    deterrent: [
      {
        side: "back",
        dotGain: 0.09,
        dotPx: 2,
        step: "2g",
        original: -0.08,
        drifted: [-0.85, 1.06],
        copies: {
          "300 dpi, text": -3,
          "400 dpi, text": -4,
          "300 dpi, photo": -3,
          "400 dpi, photo": -2,
          "600 dpi, soft, photo": -2,
          "600 dpi, sharp, text": -1,
        },
      },
    ],
    forgeries: [cells, { ...cells, seen: "scans", trials: 3, answers: { altered: 2, none: 1 } }],
  });
  expect(page).toContain("| hard | 300 | 8 | 60 of 60 | 94.0 % | 0 | 60 | 0 |");
  expect(page).toContain("| hard | 300 | 6 | 59 of 60 | 91.1 % | 1 | 60 | 0 |");
  expect(page).toContain("- 300 dpi: 60 of 60, at least 94.0 %");
  expect(page).not.toContain("- 200 dpi");
  expect(page).toContain(
    "- 60 by their cells, as a perfect scan shows them: 0 accepted (at most 6.0 %), 0 with a wrong answer",
  );
  expect(page).toContain("| mild | 2 of 2 | 178 of 180 | 96.0 % | 0.5 | 0.0 |");
  expect(page).toContain("| back | 0.09 | 2 px | 2g | -0.08 | -0.85, 1.06 | -3.00 | -4.00 |");
  expect(page).toContain("| spliced | scans | 3 | 0 | 0 | altered 2, none 1 |");
  expect(page).toContain("| payload | 24 ms | 29 ms | 10 | 2 ms | 12 |");
});

it("the page in the documents is made of the results that are kept beside the bench", () => {
  const page = readFileSync(new URL("../../../docs/security-print-results.md", import.meta.url), "utf8");
  expect(page).toBe(pageOf(keptResults()));
});
