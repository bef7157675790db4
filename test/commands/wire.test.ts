import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import cctalk from "../vectors/cctalk.json" with { type: "json" };

const launcher = fileURLToPath(new URL("../../madoguchi", import.meta.url));
const run = (args: readonly string[], input: string) =>
  spawnSync(launcher, [...args], { input, encoding: "utf8", maxBuffer: 64 << 20 });

describe("./madoguchi decode and encode", () => {
  it("go there and back over all frames of the ccTalk specification", () => {
    const frames = cctalk.map((v) => v.bytes);
    const there = run(["decode", "cctalk"], `${frames.map((f, n) => `${f} # ${n}`).join("\n")}\n`);
    expect(there).toMatchObject({ status: 0, stderr: "" });
    const back = run(["encode", "cctalk"], there.stdout);
    expect(back).toMatchObject({ status: 0, stdout: `${frames.join("\n")}\n` });
  });

  it("leave with 1 when any line was refused, and go on behind it", () => {
    const mixed = run(["decode", "id003"], "fc05112756\nfc0511\nfc0550aa05");
    expect(mixed.status).toBe(1);
    const lines = mixed.stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).ok)).toEqual([true, false, true]);
    expect(run(["encode", "id003"], '{"code":17,"dataHex":""}\nnonsense\n')).toMatchObject({ status: 1 });
  });

  it("read raw rubbish without a crash", () => {
    const rubbish = run(["decode", "ipp"], Buffer.alloc(100_000, '\u0000\ufffd{"').toString("utf8"));
    expect(rubbish).toMatchObject({ status: 1, stderr: "" });
  });

  it("leave with 2 without a protocol or with a wrong one, and explain themselves", () => {
    expect(run(["decode"], "")).toMatchObject({ status: 2 });
    expect(run(["decode", "cctlk"], "").stderr).toContain("did you mean cctalk?");
    for (const command of ["decode", "encode"]) {
      const help = run([command, "--help"], "");
      expect(help).toMatchObject({ status: 0, stderr: "" });
      expect(help.stdout).toMatch(new RegExp(`^usage: ./madoguchi ${command}`));
    }
  });
});
