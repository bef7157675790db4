import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cmykTiff } from "../../src/security-print/detection/cmyk-tiff.ts";
import { madoguchi } from "../support/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-latent-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

describe("./madoguchi latent", () => {
  test("writes both pictures of every file, and tells on one line of JSON what it made of each", async () => {
    const inks = path("inks.tif", cmykTiff(2, 1, Uint8Array.of(0, 0, 0, 102, 90, 64, 66, 0)));
    const garbage = path("garbage.tif", "no picture");
    const out = join(folder, "out");
    const run = await madoguchi("latent", inks, garbage, join(folder, "absent.tif"), "--out", out, "--json");
    const [shown, refused, absent] = run.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(shown).toEqual({
      file: inks,
      number: 1,
      count: 1,
      kind: "separation",
      widthPx: 2,
      heightPx: 1,
      darkest: 153,
      lightest: 255,
      latent: join(out, "latent-1.png"),
      seen: join(out, "seen-1.png"),
    });
    expect(refused).toMatchObject({ file: garbage, error: { code: "K-IMAGE-113" } });
    expect(absent).toMatchObject({ error: { code: "K-IMAGE-106" } });
    expect(readdirSync(out)).toEqual(["latent-1.png", "seen-1.png"]);
    expect(readFileSync(join(out, "latent-1.png")).toString("latin1", 1, 4)).toBe("PNG");
    expect(run.code).toBe(1);
    expect(run.err).toContain("Give an undamaged TIFF, JPEG, PNG or PDF");
  });

  test("says what it wants: a file to look at", async () => {
    expect(await madoguchi("latent")).toMatchObject({ code: 2, out: "" });
    const help = await madoguchi("latent", "--help");
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toContain("usage: ./madoguchi latent FILE… [--out DIR] [--json]");
  });
});
