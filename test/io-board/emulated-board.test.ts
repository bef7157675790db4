import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createEmulatedBoard, type EmulatedBoard } from "../../firmware-bridge/emulator/board.ts";
import { buildFirmware, shippedFirmware } from "../../firmware-bridge/firmware/build.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { closeDoors, pins, standardFirmataHex } from "../support/io-board-rig.ts";

/** The committed hex on an emulated ATmega328P; all time is the board's own. */
function boot(hex = shippedFirmware().hex) {
  const board = unwrap(createEmulatedBoard(hex));
  closeDoors(board);
  let sent: number[] = [];
  board.onByte((byte) => sent.push(byte));
  const resets: string[] = [];
  board.onReset((cause) => resets.push(cause));
  const relay: { on: boolean; atMs: number }[] = [];
  board.onOutput((pin, high) => {
    if (pin === pins.relay.host) relay.push({ on: high, atMs: board.elapsedMs() });
  });
  const heard = () => {
    const text = Buffer.from(sent).toString("hex");
    sent = [];
    return text;
  };
  board.run(50);
  return { board, heard, resets, relay };
}

const two = (value: number): [number, number] => [value & 0x7f, value >> 7];
function sysex(board: EmulatedBoard, ...bytes: number[]): void {
  board.send(Uint8Array.of(0xf0, ...bytes, 0xf7));
  board.run(20);
}
const feed = (board: EmulatedBoard, nonce: number, periodTenths: number, busy = false) =>
  sysex(board, 3, 1, ...two(nonce), ...two(periodTenths), busy ? 1 : 0);
/** Minutes of silence, in emulated time. */
const silence = (board: EmulatedBoard, s: number) => board.run(s * 1000);
const GRACE_S = 180;

describe("the built firmware on an emulated ATmega328P", () => {
  it("greets, and says that it was switched on", () => {
    const { heard } = boot();
    expect(heard()).toMatch(/^f90206f0790100.*f7f00201000001000000000000/);
  });

  it("does the same in every run, cycle by cycle", () => {
    const run = () => {
      const { board, heard } = boot();
      const log: string[] = [];
      board.onOutput((pin, high) => log.push(`${board.elapsedMs()} ${pin} ${high}`));
      for (const pin of [2, 3, 8]) sysex(board, 5, 1, pin, pin === 8 ? 4 : 2);
      board.setInput(pins.document, false);
      board.send(Uint8Array.of(0xd1, 1));
      board.run(3210);
      return { log, bytes: heard(), at: board.elapsedMs() };
    };
    const first = run();
    expect(first.log.length).toBeGreaterThan(20);
    expect(run()).toEqual(first);
  });

  it("takes bytes at the full speed of the line without losing one", () => {
    const { board, heard } = boot();
    const log: boolean[] = [];
    board.onOutput((pin, high) => {
      if (pin === 2) log.push(high);
    });
    const levels = Array.from({ length: 1000 }, (_, i) => i % 2 === 0);
    board.send(Uint8Array.from(levels.flatMap((high) => [0xf5, 2, high ? 1 : 0])));
    board.run(1000);
    heard();
    expect(log).toEqual(levels);
    sysex(board, 2);
    expect(heard()).toMatch(/^f002.{16}000000f7$/);
  });

  it("lives through garbage on its line, and says how much of it there was", () => {
    const { board, heard, resets } = boot();
    let x = 1;
    const soup = Uint8Array.from({ length: 3000 }, () => {
      x = (x * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (x >> 16) & 0xff;
    });
    board.send(soup);
    board.run(2000);
    board.send(Uint8Array.of(0xf7, 0xff));
    board.run(100);
    heard();
    sysex(board, 0x79);
    expect(heard()).toMatch(/^f0790100/);
    expect(resets).toEqual([]);
    expect(board.output(pins.relay.host)).toBe(false);
  });

  it("bounces with no switch: a level counts after 24 ms, once", () => {
    const { board, heard } = boot();
    board.send(Uint8Array.of(0xd1, 1));
    board.run(20);
    heard();
    for (let i = 0; i < 20; i++) {
      board.setInput(pins.document, i % 2 === 1);
      board.run(3);
    }
    board.setInput(pins.document, false);
    board.run(15);
    expect(heard()).toBe("");
    board.run(20);
    expect(heard()).toBe("910000");
  });
});

describe("the dead man on the emulated board", () => {
  it("takes the host's power for five seconds after its grace and a period of silence", () => {
    const { board, relay } = boot();
    feed(board, 1, 300);
    silence(board, GRACE_S);
    expect(relay.map((r) => r.on)).toEqual([true]);
    // Grace counts from the start, so that the trip comes at its end; one tick is 8 ms.
    expect(relay[0]?.atMs).toBeGreaterThanOrEqual(GRACE_S * 1000);
    silence(board, 6);
    expect(relay.map((r) => r.on)).toEqual([true, false]);
    expect((relay[1]?.atMs ?? 0) - (relay[0]?.atMs ?? 0)).toBeCloseTo(5000, 0);
  });

  it("is kept quiet by fresh nonces, and not by one that is repeated", () => {
    const { board, relay } = boot();
    for (let nonce = 1; nonce <= 21; nonce++) {
      feed(board, nonce, 100);
      silence(board, 9);
    }
    expect(relay).toEqual([]);
    feed(board, 21, 100);
    silence(board, 2);
    expect(relay.map((r) => r.on)).toEqual([true]);
  });

  it("waits while the door is open, and while money or paper moves, but no longer than a minute", () => {
    const { board, relay, heard } = boot();
    silence(board, GRACE_S);
    feed(board, 1, 20, true);
    silence(board, 58);
    expect(heard()).toContain("f007030000f7");
    expect(relay).toEqual([]);
    board.setInput(pins.serviceDoor, true);
    silence(board, 120);
    expect(heard()).toContain("f007040000f7");
    expect(relay).toEqual([]);
    board.setInput(pins.serviceDoor, false);
    silence(board, 3);
    expect(relay.map((r) => r.on)).toEqual([true]);
  });

  it("leaves the load on in a reset that comes while it holds the power away, and stays armed", () => {
    const { board, relay, heard } = boot();
    feed(board, 1, 10);
    silence(board, GRACE_S);
    expect(board.output(pins.relay.host)).toBe(true);
    heard();
    board.reset("external");
    expect(board.output(pins.relay.host)).toBe(false);
    board.run(50);
    expect(heard()).toContain("f00201000102");
    silence(board, GRACE_S + 1);
    expect(relay.map((r) => r.on)).toEqual([true, false, true]);
  });

  it("forgets everything when the power goes", () => {
    const { board, relay } = boot();
    feed(board, 1, 10);
    board.run(1000);
    board.reset("powerOn");
    silence(board, GRACE_S + 60);
    expect(relay).toEqual([]);
  });
});

describe("the board's own watchdog", () => {
  it("restarts a program that hangs; lights go out, the load stays on, and the cause is told", () => {
    const { board, heard, resets } = boot(unwrap(buildFirmware(["TEST_HANG"])).hex);
    sysex(board, 5, 1, 2, 1);
    expect(board.output(2)).toBe(true);
    feed(board, 1, 100);
    heard();
    board.send(Uint8Array.of(0xf0, 0x0f, 0xf7));
    board.run(3000);
    expect(resets).toEqual(["watchdog"]);
    expect(board.output(2)).toBe(false);
    expect(board.output(pins.relay.host)).toBe(false);
    expect(heard()).toContain("f0020100010800");
  });

  it("is not disturbed by a program that works for five minutes", () => {
    const { board, resets } = boot();
    silence(board, 300);
    expect(resets).toEqual([]);
  });
});

describe("the emulator", () => {
  it("runs a foreign firmware too: StandardFirmata greets", () => {
    const { board, heard } = boot(readFileSync(standardFirmataHex, "utf8"));
    board.run(3000);
    expect(heard()).toMatch(/^f90204f0790204/);
  });

  it("loses bytes that come while the receiver is off, as a wire does", () => {
    const board = unwrap(createEmulatedBoard(shippedFirmware().hex));
    const sent: number[] = [];
    board.onByte((byte) => sent.push(byte));
    board.send(Uint8Array.of(0xf9));
    board.run(60);
    expect(
      Buffer.from(sent)
        .toString("hex")
        .match(/f90206/g),
    ).toHaveLength(1);
  });
});
