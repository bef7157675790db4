import { EventEmitter } from "node:events";
import fc from "fast-check";
import firmata from "firmata-io";
import { describe, expect, it } from "vitest";
import { createBoardFilter } from "./board-filter.ts";

fc.configureGlobal({ seed: 20261126 });

const CAPABILITIES = [0xf0, 0x6c, ...new Array<number>(20).fill(0x7f), 0xf7];
const MAPPING = [0xf0, 0x6a, ...new Array<number>(20).fill(0x7f), 0xf7];

/** A filter that has heard a version, and how many bytes it dropped. */
function rig() {
  let dropped = 0;
  const filter = createBoardFilter((bytes) => {
    dropped += bytes;
  });
  filter(Uint8Array.of(0xf9, 2, 6));
  return { pass: (...bytes: number[]) => [...filter(Uint8Array.from(bytes))], dropped: () => dropped };
}

describe("the filter before firmata-io", () => {
  it.each([
    ["a version", [0xf9, 2, 6]],
    ["a port's levels", [0x91, 0x7f, 1]],
    ["an analog value", [0xe0, 1, 2]],
    ["the firmware's name", [0xf0, 0x79, 1, 0, 0x6d, 0, 0xf7]],
    ["capabilities", CAPABILITIES],
    ["a string", [0xf0, 0x71, 0x61, 0, 0xf7]],
    ["our own messages", [0xf0, 0x0e, 1, 5, 0, 0xf7]],
  ])("lets %s through as a whole, however it is cut", (_name, message) => {
    const { pass, dropped } = rig();
    const out = message.flatMap((byte) => pass(byte));
    expect(out).toEqual(message);
    expect(dropped()).toBe(0);
  });

  it.each([
    ["data without a message", [1, 2, 3], 3],
    ["an unknown status", [0xc0, 1], 2],
    ["a firmware without a version", [0xf0, 0x79, 0xf7], 3],
    ["a pin state before the pins are known", [0xf0, 0x6e, 2, 1, 0, 0xf7], 6],
    ["a mapping before the pins are known", MAPPING, 23],
    ["an unknown sysex", [0xf0, 0x55, 1, 0xf7], 4],
    ["an end without a beginning", [0xf7], 1],
  ])("drops %s and counts it", (_name, bytes, count) => {
    const { pass, dropped } = rig();
    expect(pass(...bytes)).toEqual([]);
    expect(dropped()).toBe(count);
    expect(pass(0xf9, 2, 6)).toEqual([0xf9, 2, 6]);
  });

  it("drops every sysex before the first version, as firmata-io ignores it", () => {
    const filter = createBoardFilter(() => {});
    expect([...filter(Uint8Array.from(CAPABILITIES))]).toEqual([]);
    expect([...filter(Uint8Array.from([0xf9, 2, 6, ...MAPPING]))]).toEqual([0xf9, 2, 6]);
  });

  it("lets pin states through for pins that are there, and the analog mapping once", () => {
    const { pass } = rig();
    pass(...CAPABILITIES);
    expect(pass(...MAPPING)).toEqual(MAPPING);
    expect(pass(...MAPPING)).toEqual([]);
    expect(pass(0xf0, 0x6e, 19, 1, 0, 0xf7)).toHaveLength(6);
    expect(pass(0xf0, 0x6e, 20, 1, 0, 0xf7)).toEqual([]);
  });

  it("drops a sysex without an end up to the next message, and holds only so much of it", () => {
    const { pass, dropped } = rig();
    expect(pass(0xf0, ...new Array<number>(100_000).fill(1))).toEqual([]);
    expect(pass(0xf9, 2, 6)).toEqual([0xf9, 2, 6]);
    expect(dropped()).toBe(100_001);
  });

  it("counts every byte: what went in came out or was dropped", () => {
    const soup = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0xf0, 0xf7, 0xf9, 0x6e, 0x79, 0x6c, 0x6a)), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(soup, (bytes) => {
        const { pass, dropped } = rig();
        // An end and a beginning push out what is held.
        const out = pass(...bytes, 0xf7, 0xf9, 2, 6);
        expect(out.length + dropped()).toBe(bytes.length + 4);
      }),
    );
  });

  it("keeps firmata-io alive: no soup makes it throw", () => {
    const sysex = fc.tuple(
      fc.constantFrom(0x79, 0x6c, 0x6a, 0x6e, 0x71, 1, 14),
      fc.array(fc.nat(127), { maxLength: 40 }),
    );
    const piece = fc.oneof(
      sysex.map(([id, data]) => [0xf0, id, ...data, 0xf7]),
      fc.array(fc.nat(255), { maxLength: 20 }),
      fc.constant([0xf9, 2, 6]),
      fc.constant(CAPABILITIES),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const transport = Object.assign(new EventEmitter(), { write: (_: Buffer, done: () => void) => done() });
        const io = new firmata.Firmata(transport, { reportVersionTimeout: 0 });
        const filter = createBoardFilter(() => {});
        for (const bytes of pieces) transport.emit("data", filter(Uint8Array.from(bytes)));
        expect(io.pins.length).toBeLessThan(128);
      }),
    );
  });
});
