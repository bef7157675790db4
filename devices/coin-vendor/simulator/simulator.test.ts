import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { memoryPortPair } from "../../contract/memory-port.ts";
import { encodeFrame } from "../codec/frame.ts";
import { type Denomination, denominations } from "../port.ts";
import { createCoinVendorSimulator } from "./index.ts";

fc.configureGlobal({ seed: 20261129 });

function rig(options: Partial<Parameters<typeof createCoinVendorSimulator>[0]> = {}) {
  const clock = createFakeClock();
  const machine = createCoinVendorSimulator({ clock, hoppers: { 100: 5 }, pollWatchdogMs: 3_600_000, ...options });
  const [near, far] = memoryPortPair();
  let heard = "";
  near.onData((bytes) => {
    heard += Buffer.from(bytes).toString("hex");
  });
  near.onClose(() => {});
  machine.attach(far);
  return {
    clock,
    machine,
    near,
    /** Sends hex and gives what came back, as hex. */
    async say(hex: string): Promise<string> {
      heard = "";
      await near.write(Buffer.from(hex, "hex"));
      await clock.advance(60);
      return heard;
    },
    async command(destination: number, header: number, ...data: number[]): Promise<string> {
      heard = "";
      await near.write(encodeFrame({ destination, source: 1, header, data: Uint8Array.from(data) }));
      await clock.advance(1);
      return heard;
    },
  };
}

describe("the simulated machine", () => {
  it("answers the specification's own requests with the specification's own replies", async () => {
    const { say } = rig();
    expect(await say("020001feff")).toBe("01000200fd");
    expect(await say("020001f508")).toBe("010d0200436f696e204163636570746f7216");
    expect(await say("020001e518")).toBe("010b02000000000000000000000000f2");
    expect(await say("020101b8073d")).toBe("010602002e2e2e2e2e2ee3");
    expect(await say("020201e7ffff16")).toBe("01000200fd");
  });

  it("says nothing to a bad check, an unknown command, a stranger's address, half a frame, or without power", async () => {
    const { say, machine } = rig();
    expect(await say("020001fe00")).toBe("");
    expect(
      await say(
        Buffer.from(encodeFrame({ destination: 2, source: 1, header: 99, data: new Uint8Array() })).toString("hex"),
      ),
    ).toBe("");
    expect(
      await say(
        Buffer.from(encodeFrame({ destination: 9, source: 1, header: 254, data: new Uint8Array() })).toString("hex"),
      ),
    ).toBe("");
    expect(await say("020001")).toBe("");
    expect(await say("020001feff")).toBe("01000200fd");
    machine.powerCycle();
    expect(await say("020001feff")).toBe("");
  });

  it("brings back the host's bytes when the adapter echoes, with and without power", async () => {
    const { say, machine } = rig({ echo: true });
    expect(await say("020001feff")).toBe("020001feff01000200fd");
    machine.powerCycle();
    expect(await say("020001feff")).toBe("020001feff");
  });

  it("takes a coin only when mask and master inhibit allow it, and when it is polled", async () => {
    const { machine, command, clock } = rig({ pollWatchdogMs: 1000 });
    expect(machine.insertCoin(100)).toBe("rejected");
    await command(2, 231, 0xff, 0xff);
    await command(2, 229);
    expect(machine.insertCoin(100)).toBe("rejected");
    await command(2, 228, 1);
    expect(machine.insertCoin(100)).toBe("accepted");
    expect(machine.insertCoin("foreign")).toBe("rejected");
    await clock.advance(1500);
    expect(machine.insertCoin(100)).toBe("rejected");
    expect(machine.state()).toMatchObject({ escrow: { 100: 1 }, tray: { 100: 3 }, foreignInTray: 1 });
    expect(machine.takeCoins()).toMatchObject({ 100: 3, foreign: 1 });
  });

  it("credits a coin when it has passed the sensor, with its position and path", async () => {
    const { machine, command, clock } = rig();
    await command(2, 231, 0xff, 0xff);
    await command(2, 228, 1);
    await command(2, 229);
    machine.insertCoin(500);
    expect(machine.state().inTransit[500]).toBe(1);
    expect(await command(2, 229)).toContain("010b020000");
    await clock.advance(200);
    expect((await command(2, 229)).slice(8, 14)).toBe("010401");
  });

  it("refuses a payout that is not enabled, or with a stranger's serial number", async () => {
    const { command, machine, clock } = rig();
    const serial = [200_005 & 0xff, (200_005 >> 8) & 0xff, 200_005 >> 16];
    expect(await command(5, 167, ...serial, 2)).toBe("01000505f5");
    await command(5, 164, 165);
    expect(await command(5, 167, 9, 9, 9, 2)).toBe("01000505f5");
    expect(await command(5, 167, ...serial, 2)).toBe("0101050001f8");
    expect(await command(5, 167, ...serial, 2)).toBe("01000505f5");
    await clock.advance(1000);
    expect(machine.state().tray[100]).toBe(2);
    expect(await command(5, 166)).toBe(
      Buffer.from(encodeFrame({ destination: 1, source: 5, header: 0, data: Uint8Array.of(1, 0, 2, 0) })).toString(
        "hex",
      ),
    );
  });

  it("keeps its coins over connections, and serves the newest one only", async () => {
    const { machine, near } = rig();
    const [, second] = memoryPortPair();
    let closed = false;
    near.onClose(() => {
      closed = true;
    });
    machine.attach(second);
    await new Promise(setImmediate);
    expect(closed).toBe(true);
    expect(machine.state().hoppers[100]).toBe(5);
  });

  it("never makes or loses a coin, whatever hands, commands and power do", async () => {
    const anyCoin = fc.constantFrom<Denomination>(...denominations);
    const act = fc.oneof(
      fc.record({ do: fc.constant("insert" as const), coin: anyCoin }),
      fc.record({ do: fc.constant("wait" as const), ms: fc.nat(900) }),
      fc.record({
        do: fc.constant("command" as const),
        to: fc.constantFrom(2, 3, 4, 5, 6, 56),
        header: fc.constantFrom(1, 107, 172, 228, 229, 231),
        data: fc.uint8Array({ minLength: 2, maxLength: 2 }),
      }),
      fc.record({ do: fc.constant("pay" as const), coin: anyCoin, coins: fc.nat(12) }),
      fc.record({ do: fc.constant("power" as const), ms: fc.nat(900) }),
      fc.record({ do: fc.constant("jam" as const), coin: anyCoin, after: fc.option(fc.nat(4), { nil: undefined }) }),
      fc.record({ do: fc.constant("take" as const) }),
      fc.record({ do: fc.constant("collect" as const) }),
      fc.record({ do: fc.constant("refill" as const), coin: anyCoin, coins: fc.nat(9) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const { machine, command, clock } = rig({ hoppers: { 10: 6, 50: 6, 100: 6, 500: 6 } });
        const there: Record<Denomination, number> = { 10: 6, 50: 6, 100: 6, 500: 6 };
        for (const one of acts) {
          if (one.do === "insert") {
            machine.insertCoin(one.coin);
            there[one.coin] += 1;
          } else if (one.do === "wait") await clock.advance(one.ms);
          else if (one.do === "command") await command(one.to, one.header, ...one.data);
          else if (one.do === "pay") {
            const address = { 10: 3, 50: 4, 100: 5, 500: 6 }[one.coin];
            const serial = 200_000 + address;
            await command(address, 164, 165);
            await command(address, 167, serial & 0xff, (serial >> 8) & 0xff, serial >> 16, one.coins);
          } else if (one.do === "power") machine.powerCycle(one.ms);
          else if (one.do === "jam") machine.jam(one.coin, one.after);
          else if (one.do === "refill") {
            machine.refill(one.coin, one.coins);
            there[one.coin] += one.coins;
          } else {
            const gone = one.do === "take" ? machine.takeCoins() : machine.collectCashBox();
            for (const d of denominations) there[d] -= gone[d] ?? 0;
          }
          const s = machine.state();
          for (const d of denominations) {
            const places = [s.inTransit[d], s.escrow[d], s.cashBox[d], s.tray[d], s.hoppers[d]];
            expect(places.reduce((sum, n) => sum + n, 0)).toBe(there[d]);
            expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
