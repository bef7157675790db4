import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { languages } from "../../src/protocol/panel.ts";
import { exampleViews } from "../support/panel-views.ts";
import { madoguchi } from "../support/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-screens-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("./madoguchi screens", () => {
  it("draws every screen in every language and the bench, and a page that shows them all", async () => {
    const drawn = await madoguchi("screens", "--out", folder);
    expect([drawn.code, drawn.out.trim()]).toEqual([0, join(folder, "README.md")]);
    const page = readFileSync(join(folder, "README.md"), "utf8");
    const pictures = readdirSync(folder).filter((name) => name.endsWith(".webp"));
    for (const { name } of exampleViews)
      for (const language of languages) expect(pictures).toContain(`${language}-${name}.webp`);
    expect(pictures.filter((name) => name.startsWith("bench-")).length).toBeGreaterThanOrEqual(4);
    expect(pictures.filter((name) => !page.includes(name))).toEqual([]);
    // A town, a browser and 170 pictures: on two processors that do much else it takes minutes.
  }, 600_000);

  it("is what docs/screens was made by: the same screens, none missing and none left over", () => {
    const kept = fileURLToPath(new URL("../../docs/screens", import.meta.url));
    expect(existsSync(kept)).toBe(true);
    expect(readdirSync(kept).sort()).toEqual(readdirSync(folder).sort());
  });
});

describe("./madoguchi bench card", () => {
  it("compares the card child with a C client that sends the same commands", async () => {
    const done = await madoguchi("bench", "card", "--json", "--runs", "2");
    expect(done.code).toBe(0);
    const { results } = JSON.parse(done.out) as { results: { metric: string; median: number; ratio: number | null }[] };
    expect(results.map(({ metric }) => metric)).toEqual([
      "APDU round trip inside the card child",
      expect.stringMatching(/^authentication, \d+ commands$/),
      expect.stringContaining("own time"),
    ]);
    expect(results[0]?.ratio).toBeGreaterThan(0);
  });
});
