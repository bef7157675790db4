import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createLineReader,
  encodeLine,
  flashRates,
  MAX_LINE_BYTES,
  outputNames,
  type ToBridge,
  toBridge,
  toKiosk,
} from "./protocol.ts";

fc.configureGlobal({ seed: 20261131 });

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const anyMessage: fc.Arbitrary<ToBridge> = fc.oneof(
  fc.record({ type: fc.constant("hello" as const), protocol: fc.nat() }),
  fc.record({
    type: fc.constant("setOutput" as const),
    id: fc.nat(),
    output: fc.constantFrom(...outputNames),
    flash: fc.constantFrom(...flashRates),
  }),
  fc.record({
    type: fc.constant("powerCycle" as const),
    id: fc.nat(),
    device: fc.constant("cardReader" as const),
    offMs: fc.integer({ min: 1, max: 300 }).map((tenths) => tenths * 100),
  }),
  fc.record({
    type: fc.constant("feed" as const),
    id: fc.nat(),
    periodMs: fc.oneof(
      fc.constant(0 as const),
      fc.integer({ min: 10, max: 6000 }).map((tenths) => tenths * 100),
    ),
    busy: fc.boolean(),
  }),
  fc.record({ type: fc.constant("heartbeat" as const), nonce: fc.nat() }),
);

describe("the bridge's lines", () => {
  it("look like this", () => {
    const line = encodeLine({ type: "setOutput", id: 7, output: "light.card", flash: "slow" });
    expect(Buffer.from(line).toString()).toBe('{"type":"setOutput","id":7,"output":"light.card","flash":"slow"}\n');
    const hello =
      '{"type":"hello","protocol":2,"bridge":"0.1.0","firmware":"io-board 1","deadMan":true,"resetCause":"powerOn"}\n';
    expect(createLineReader(toKiosk)(bytes(hello))).toEqual([
      {
        message: {
          type: "hello",
          protocol: 2,
          bridge: "0.1.0",
          firmware: "io-board 1",
          deadMan: true,
          resetCause: "powerOn",
        },
      },
    ]);
  });

  it("are the same however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), fc.integer({ min: 1, max: 30 }), (messages, size) => {
        const stream = Buffer.concat(messages.map((message) => encodeLine(message)));
        const read = createLineReader(toBridge);
        const found = [];
        for (let at = 0; at < stream.length; at += size) found.push(...read(stream.subarray(at, at + size)));
        expect(found).toEqual(messages.map((message) => ({ message })));
      }),
    );
  });

  it.each([
    ["no JSON", "hello\n"],
    ["another type", '{"type":"reboot"}\n'],
    ["a key too many", '{"type":"heartbeat","nonce":1,"x":1}\n'],
    ["an unknown output", '{"type":"setOutput","id":1,"output":"relay","flash":"off"}\n'],
    ["a period that the board does not allow", '{"type":"feed","id":1,"periodMs":500,"busy":false}\n'],
    ["the host's own power", '{"type":"powerCycle","id":1,"device":"host","offMs":1000}\n'],
    ["a fraction", '{"type":"heartbeat","nonce":1.5}\n'],
  ])("are garbage when they are %s, and the next one is read", (_name, line) => {
    const read = createLineReader(toBridge);
    expect(read(bytes(`${line}{"type":"heartbeat","nonce":1}\n`))).toEqual([
      { garbageBytes: line.length - 1 },
      { message: { type: "heartbeat", nonce: 1 } },
    ]);
  });

  it("are dropped as a whole when they are too long, however they come", () => {
    const read = createLineReader(toBridge);
    const long = "x".repeat(MAX_LINE_BYTES + 1);
    for (const char of long) expect(read(bytes(char))).toEqual([]);
    expect(read(bytes('\n{"type":"heartbeat","nonce":1}\n'))).toEqual([
      { garbageBytes: long.length },
      { message: { type: "heartbeat", nonce: 1 } },
    ]);
  });

  it("never throw on a soup of bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 6 }), (soup) => {
        const read = createLineReader(toKiosk);
        for (const piece of soup) for (const line of read(piece)) expect("garbageBytes" in line).toBe(true);
      }),
    );
  });
});
