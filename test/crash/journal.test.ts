import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { openLedger } from "../../src/kiosk/ledger/ledger.ts";
import { createFakeClock } from "../support/fake-clock.ts";

describe("a kiosk that is killed while its journal works", () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "madoguchi-crash-"));
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the writer, kills it at the line that `until` picks, and gives every line that was said before. */
  async function killAt(mode: string, until: (line: string) => boolean): Promise<string[]> {
    const writer = spawn(process.execPath, [join(import.meta.dirname, "journal-writer.ts"), folder, mode], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = writer;
    const gone = once(writer, "exit");
    const lines: string[] = [];
    for await (const line of createInterface({ input: writer.stdout })) {
      lines.push(line);
      if (until(line)) writer.kill("SIGKILL");
    }
    await gone;
    expect(writer.signalCode).toBe("SIGKILL");
    return lines;
  }

  it("finds the intent open and everything before it settled", async () => {
    const lines = await killAt("hold", () => true);
    const ledger = unwrap(openLedger({ folder, clock: createFakeClock() }));
    const [open, ...others] = ledger.openIntents();
    expect(others).toEqual([]);
    expect(open).toMatchObject({ kind: "print", data: { documentId: "d1", copy: 1, impressions: 2 } });
    expect(lines).toEqual([`held ${open?.id}`]);
    expect(ledger.settledIntents(open?.sessionId ?? "")).toMatchObject([
      { kind: "cashIn", state: "done", outcome: { outcome: "accepted", yen: 200 } },
    ]);
    expect(ledger.openFlows()).toEqual([{ sessionId: open?.sessionId, snapshot: { value: "pay" } }]);
    expect(ledger.credits.lastCounter()).toBe(2);
    expect(ledger.verifyChain().ok).toBe(true);
    ledger.close();
  });

  it("has every credit that was acknowledged, and an unbroken chain, wherever in its writing it was killed", async () => {
    const lines = await killAt("stream", (line) => line === "recorded 100");
    const acknowledged = lines.length;
    const ledger = unwrap(openLedger({ folder, clock: createFakeClock() }));
    const kept = ledger.cashBook().escrow[10] ?? 0;
    // A row is durable before it is told, so there may be more than was heard, never less.
    expect(kept).toBeGreaterThanOrEqual(acknowledged);
    expect(ledger.credits.lastCounter()).toBe(((kept - 1) % 255) + 1);
    expect(ledger.verifyChain()).toMatchObject({ ok: true, value: { seq: kept } });
    // And the journal goes on.
    ledger.credits.recordCoins({ counter: (kept % 255) + 1, credits: [10], errors: [], lostEvents: 0, reset: false });
    expect(ledger.cashBook().escrow[10]).toBe(kept + 1);
    ledger.close();
  });

  it("leaves no lock behind", async () => {
    await killAt("hold", () => true);
    const again = openLedger({ folder, clock: createFakeClock() });
    expect(again.ok).toBe(true);
    if (again.ok) again.value.close();
  });
});
