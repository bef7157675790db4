import fc from "fast-check";
import { describe, expect, it } from "vitest";
import vectors from "../../../test/vectors/id003.json" with { type: "json" };
import {
  crcKermit,
  createId003Parser,
  decodeId003,
  encodeId003,
  type Id003Parsed,
  MAX_ID003_FRAME_BYTES,
} from "./frame.ts";
import { id003Commands, id003Name, id003Status, id003Statuses } from "./tables.ts";

fc.configureGlobal({ seed: 20261127 });

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const anyFrame = fc.record({ code: fc.nat(255), data: fc.uint8Array({ maxLength: 250 }) });
const framesOf = (parsed: readonly Id003Parsed[]) => parsed.flatMap((p) => (p.kind === "frame" ? [p.frame] : []));

describe("ID-003 frames", () => {
  it("are checked with CRC-16/KERMIT", () => {
    expect(crcKermit(Buffer.from("123456789"))).toBe(0x2189);
  });

  it.each(vectors.map((v) => [v.label, v] as const))("%s has the bytes that open clients send", (_label, v) => {
    const frame = { code: v.code, data: hex(v.data) };
    expect(Buffer.from(encodeId003(frame)).toString("hex")).toBe(v.bytes);
    expect(decodeId003(hex(v.bytes))).toEqual(frame);
  });

  it("survive their way through the wire, and are refused when one bit is wrong", () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.nat(7), (frame, where, bit) => {
        const bytes = encodeId003(frame);
        expect(decodeId003(bytes)).toEqual(frame);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(decodeId003(bytes)).toBeUndefined();
      }),
    );
  });

  it("cannot be made with more data than the length byte can count", () => {
    expect(() => encodeId003({ code: 1, data: new Uint8Array(251) })).toThrow(RangeError);
  });
});

describe("the ID-003 parser", () => {
  it("gives the same frames however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (frames, size) => {
        const stream = frames.flatMap((frame) => [...encodeId003(frame)]);
        const parser = createId003Parser();
        const found: Id003Parsed[] = [];
        for (let at = 0; at < stream.length; at += size) {
          found.push(...parser.push(Uint8Array.from(stream.slice(at, at + size))));
        }
        expect(framesOf(found)).toEqual(frames);
      }),
    );
  });

  it("finds a good frame behind any noise byte, at the latest after the gap", () => {
    const good = hex("fc05112756");
    for (let noise = 0; noise < 256; noise++) {
      const parser = createId003Parser();
      const found = [...parser.push(Uint8Array.of(noise, ...good)), ...parser.gap()];
      expect(framesOf(found), `noise ${noise}`).toHaveLength(1);
    }
  });

  it("never throws and never grows in a soup of bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 12 }), (soup) => {
        const parser = createId003Parser();
        for (const piece of soup) {
          parser.push(piece);
          expect(parser.waiting()).toBeLessThan(MAX_ID003_FRAME_BYTES);
        }
        parser.gap();
        expect(parser.waiting()).toBe(0);
      }),
    );
  });
});

describe("the ID-003 tables", () => {
  it("have no code twice", () => {
    for (const table of [id003Commands, id003Statuses]) {
      const codes = Object.values(table);
      expect(new Set(codes).size).toBe(codes.length);
    }
  });

  it("name every code, the unknown ones by number, and those of both ways by both words", () => {
    for (let code = 0; code < 256; code++) expect(id003Name(code, undefined)).not.toBe("");
    expect(id003Status(0x77)).toBeUndefined();
    expect(id003Name(0x77, undefined)).toBe("code 119");
    expect(id003Name(0x41, undefined)).toBe("stack1/powerUpBillInAcceptor");
    expect(id003Name(0x41, "toAcceptor")).toBe("stack1");
    expect(id003Name(0x41, "toKiosk")).toBe("powerUpBillInAcceptor");
  });
});
