import { describe, expect, it } from "vitest";
import { crashReport } from "./process.ts";

describe("what is logged of a bug", () => {
  it("names the error and the places, and leaves out the message, which may quote somebody's data", () => {
    let thrown: unknown;
    try {
      JSON.parse("佐藤　健一");
    } catch (error) {
      thrown = error;
    }
    expect(String(thrown)).toContain("佐藤");
    const report = crashReport(thrown);
    expect(report.error).toBe("SyntaxError");
    expect(report.stack).toContain("process.test.ts");
    expect(JSON.stringify(report)).not.toContain("佐藤");
  });

  it("copes with something thrown that is no error", () => {
    expect(crashReport("佐藤")).toEqual({ error: "string", stack: "" });
  });
});
