import { describe, expect, it } from "vitest";
import { linesOf, linesOfC, ranLines } from "./lines.ts";

describe("lines that were run", () => {
  it("are those on which a statement began and was run", () => {
    const at = (line: number) => ({ start: { line } });
    const counted = linesOf({
      statementMap: { 0: at(1), 1: at(2), 2: at(2), 3: at(5) },
      s: { 0: 1, 1: 0, 2: 3, 3: 0 },
    });
    expect([...counted.executable]).toEqual([1, 2, 5]);
    expect([...counted.covered]).toEqual([1, 2]);
  });

  it("are in a child process those whose innermost range was run", () => {
    const source = "run();\nif (never) {\n  skipped();\n}\nrun();\n";
    const skipped = { startOffset: source.indexOf("{"), endOffset: source.indexOf("}") + 1, count: 0 };
    const script = {
      url: "",
      functions: [{ ranges: [{ startOffset: 0, endOffset: source.length, count: 1 }, skipped] }],
    };
    expect([...ranLines(source, script, new Set([1, 2, 3, 5]))]).toEqual([1, 2, 5]);
  });

  it("are in C the union over all programs", () => {
    const file = (count: number) => ({
      file: "a.c",
      lines: [
        { line_number: 3, count },
        { line_number: 4, count: 0 },
      ],
    });
    const counted = linesOfC([file(0), file(2)]);
    expect([[...counted.executable], [...counted.covered]]).toEqual([[3, 4], [3]]);
  });
});
