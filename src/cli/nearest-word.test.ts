import { describe, expect, it } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const commands = ["up", "issue", "test", "bench", "doctor"];

describe("nearestWord", () => {
  it("finds the word that was meant behind a slip of the fingers", () => {
    expect(nearestWord("isuse", commands)).toBe("issue");
    expect(nearestWord("docter", commands)).toBe("doctor");
    expect(nearestWord("pu", commands)).toBe("up");
  });

  it("suggests nothing when no word is near", () => {
    expect(nearestWord("reticulate", commands)).toBeUndefined();
  });
});
