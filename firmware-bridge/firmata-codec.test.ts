import fc from "fast-check";
import { describe, expect, it } from "vitest";
import vectors from "../test/vectors/firmata.json" with { type: "json" };
import {
  type ChannelType,
  channelTypes,
  createFirmataParser,
  decodeFirmata,
  encodeFirmata,
  type FirmataMessage,
  type FirmataParsed,
  firmataName,
  MAX_SYSEX_BYTES,
  sysexCommands,
  systemTypes,
} from "./firmata-codec.ts";

fc.configureGlobal({ seed: 20261128 });

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const seven = fc.nat(127);
const channel = fc
  .tuple(fc.constantFrom(...(Object.keys(channelTypes) as ChannelType[])), fc.nat(15), fc.nat(0x3fff))
  .map(([type, n, value]): FirmataMessage => {
    return { kind: "channel", type, channel: n, value: channelTypes[type].bytes === 1 ? value & 0x7f : value };
  });
const sysex = fc
  .tuple(seven, fc.array(seven, { maxLength: 60 }))
  .map(([command, data]): FirmataMessage => ({ kind: "sysex", command, data: Uint8Array.from(data) }));
const system = fc.constantFrom<FirmataMessage>(
  { kind: "system", type: "setPinMode", data: [13, 1] },
  { kind: "system", type: "setDigitalPinValue", data: [13, 1] },
  { kind: "system", type: "protocolVersion", data: [2, 6] },
  { kind: "system", type: "systemReset", data: [] },
);
const anyMessage = fc.oneof(channel, sysex, system);
const messagesOf = (parsed: readonly FirmataParsed[]) =>
  parsed.flatMap((p) => (p.kind === "message" ? [p.message] : []));

describe("Firmata messages", () => {
  it.each(vectors.map((v) => [v.label, v] as const))("%s", (_label, v) => {
    const message = decodeFirmata(hex(v.bytes));
    if (!message) throw new Error("did not decode");
    expect(firmataName(message)).toBe(v.name);
    expect(Buffer.from(encodeFirmata(message)).toString("hex")).toBe(v.bytes);
  });

  it("survive their way through the wire, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), fc.integer({ min: 1, max: 7 }), (messages, size) => {
        const stream = messages.flatMap((message) => [...encodeFirmata(message)]);
        const parser = createFirmataParser();
        const found: FirmataParsed[] = [];
        for (let at = 0; at < stream.length; at += size) {
          found.push(...parser.push(Uint8Array.from(stream.slice(at, at + size))));
        }
        expect(messagesOf(found)).toEqual(messages);
        expect(parser.waiting()).toBe(0);
      }),
    );
  });

  it("are refused when they are cut short, or two", () => {
    for (const wrong of ["", "90", "9001", "f079", "f0f7", "f7", "00", "ffff", "f401", "f5"]) {
      expect(decodeFirmata(hex(wrong)), wrong).toBeUndefined();
    }
  });

  it("cannot be made of fields that do not fit", () => {
    const wrong: FirmataMessage[] = [
      { kind: "channel", type: "analogPin", channel: 16, value: 0 },
      { kind: "channel", type: "analogPin", channel: 0, value: 0x4000 },
      { kind: "channel", type: "reportAnalogPin", channel: 0, value: 128 },
      { kind: "sysex", command: 0x80, data: new Uint8Array() },
      { kind: "sysex", command: 1, data: Uint8Array.of(0x80) },
      { kind: "sysex", command: 1, data: new Uint8Array(MAX_SYSEX_BYTES) },
      { kind: "system", type: "setPinMode", data: [1] },
    ];
    for (const message of wrong) expect(() => encodeFirmata(message)).toThrow(RangeError);
  });

  it("of an unknown sysex command are named by its number", () => {
    expect(firmataName({ kind: "sysex", command: 0x05, data: new Uint8Array() })).toBe("sysex 5");
  });
});

describe("the Firmata parser", () => {
  it("never throws and never grows in a soup of bytes, and finds the message behind it", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 5 }), (soup) => {
        const parser = createFirmataParser();
        for (const piece of soup) {
          parser.push(piece);
          expect(parser.waiting()).toBeLessThanOrEqual(MAX_SYSEX_BYTES + 1);
        }
        expect(messagesOf(parser.push(hex("f90206")))).toContainEqual({
          kind: "system",
          type: "protocolVersion",
          data: [2, 6],
        });
      }),
    );
  });

  it("drops a sysex that never ends", () => {
    const parser = createFirmataParser();
    const flood = parser.push(Uint8Array.of(0xf0, ...new Array<number>(5000).fill(1)));
    expect(messagesOf(flood)).toEqual([]);
    expect(flood.reduce((sum, p) => sum + (p.kind === "garbage" ? p.bytes : 0), 0)).toBe(5001);
  });
});

describe("the Firmata tables", () => {
  it("have no code twice", () => {
    const status = [...Object.values(channelTypes), ...Object.values(systemTypes)].map((row) => row.status);
    expect(new Set(status).size).toBe(status.length);
    const sysexCodes = Object.values(sysexCommands);
    expect(new Set(sysexCodes).size).toBe(sysexCodes.length);
  });
});
