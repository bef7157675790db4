import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCommand, decodeResponse, encodeCommand, encodeResponse } from "./apdu.ts";
import { askTries, computeSignature, readBinary, selectApplication, selectFile, verify } from "./commands.ts";
import { formatStatusWord, statusWord, statusWords, triesOf } from "./status-words.ts";
import { encodeTlv, parseTlvs, readTlvHeader } from "./tlv.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex").toUpperCase();
const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("commands have the bytes that the card expects", () => {
  it.each([
    ["SELECT JPKI", selectApplication(bytes("D392F000260100000001")), "00A4040C0AD392F000260100000001"],
    ["SELECT EF 0006", selectFile(0x0006), "00A4020C020006"],
    ["READ BINARY 32 bytes", readBinary(0, 32), "00B0000020"],
    ["READ BINARY 256 bytes is Le 00", readBinary(0x0100), "00B0010000"],
    ["READ BINARY at the last offset of 15 bits", readBinary(0x7fff, 1), "00B07FFF01"],
    ["tries left", askTries(), "00200080"],
    ["VERIFY 1234", verify(Buffer.from("1234")), "002000800431323334"],
    [
      "SIGN a SHA-256 DigestInfo",
      computeSignature(bytes(`3031300D060960864801650304020105000420${"AB".repeat(32)}`)),
      `802A0080333031300D060960864801650304020105000420${"AB".repeat(32)}00`,
    ],
  ])("%s", (_name, apdu, expected) => expect(hex(apdu)).toBe(expected));

  it("cannot be built out of range, because that would be a bug", () => {
    expect(() => readBinary(0x8000)).toThrow(RangeError);
    expect(() => readBinary(0, 257)).toThrow(RangeError);
    expect(() => verify(new Uint8Array(256))).toThrow(RangeError);
    expect(() => verify(new Uint8Array())).toThrow(RangeError);
  });
});

describe("commands and responses as a card reads and writes them", () => {
  it("the four short cases are told apart", () => {
    expect(decodeCommand(bytes("00200080"))).toEqual({ cla: 0, ins: 0x20, p1: 0, p2: 0x80 });
    expect(decodeCommand(bytes("00B0000000"))?.le).toBe(256);
    expect(decodeCommand(bytes("00A4020C020006"))).toEqual({ cla: 0, ins: 0xa4, p1: 2, p2: 12, data: bytes("0006") });
    expect(decodeCommand(bytes("802A008001AA00"))).toEqual({
      cla: 0x80,
      ins: 0x2a,
      p1: 0,
      p2: 0x80,
      data: bytes("AA"),
      le: 256,
    });
  });

  it("lengths that do not agree are refused", () => {
    for (const wrong of ["", "00", "00A402", "00A4020C030006", "00A4020C0200060000", "00A4020C000006"]) {
      expect(decodeCommand(bytes(wrong))).toBeUndefined();
    }
  });

  it("a response of fewer than two bytes is no response", () => {
    expect(decodeResponse(bytes(""))).toBeUndefined();
    expect(decodeResponse(bytes("90"))).toBeUndefined();
    expect(decodeResponse(bytes("AABB9000"))).toEqual({ data: bytes("AABB"), sw: 0x9000 });
  });

  it("what is encoded is decoded, and byte soup never throws", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const command = fc.record(
      {
        cla: byte,
        ins: byte,
        p1: byte,
        p2: byte,
        data: fc.uint8Array({ minLength: 1, maxLength: 255 }),
        le: fc.integer({ min: 1, max: 256 }),
      },
      { requiredKeys: ["cla", "ins", "p1", "p2"] },
    );
    fc.assert(
      fc.property(command, (one) => {
        expect(decodeCommand(encodeCommand(one))).toEqual(one);
      }),
    );
    fc.assert(
      fc.property(byte, byte, fc.uint8Array({ maxLength: 256 }), (sw1, sw2, data) => {
        expect(decodeResponse(encodeResponse(sw1 * 256 + sw2, data))).toEqual({ data, sw: sw1 * 256 + sw2 });
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (soup) => {
        const decoded = decodeCommand(soup);
        if (decoded) expect(hex(encodeCommand(decoded))).toBe(hex(soup));
        expect(decodeResponse(soup)?.data.length ?? 0).toBeLessThanOrEqual(soup.length);
      }),
    );
  });
});

describe("status words", () => {
  it("the table has no row twice", () => {
    const keys = statusWords.map(({ sw, mask }) => `${sw}/${mask}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { sw, mask } of statusWords) expect(sw & mask).toBe(sw);
  });

  it("every 63Cx tells the tries, and both forms of blocked tell none", () => {
    expect([0x63c3, 0x63c2, 0x63c1].map(triesOf)).toEqual([3, 2, 1]);
    expect([0x63c0, 0x6984, 0x6983].map(triesOf)).toEqual([0, 0, 0]);
    expect([0x9000, 0x6982, 0x1234].map(triesOf)).toEqual([undefined, undefined, undefined]);
  });

  it("an unknown word is data", () => {
    expect(statusWord(0x1234)).toMatchObject({ sw: 0x1234, meaning: "unknown" });
    expect(formatStatusWord(0x0a0b)).toBe("0A0B");
  });
});

describe("TLV objects", () => {
  it("reads one and two-byte tags and all three forms of length", () => {
    expect(parseTlvs(bytes("DF22 03 414243 04 00"))).toEqual([
      { tag: 0xdf22, value: bytes("414243") },
      { tag: 0x04, value: bytes("") },
    ]);
    expect(readTlvHeader(bytes("3082 05DC"))).toEqual({ tag: 0x30, valueOffset: 4, valueLength: 1500 });
    expect(readTlvHeader(bytes("FF20 81 C8"))).toEqual({ tag: 0xff20, valueOffset: 4, valueLength: 200 });
  });

  it("refuses what is cut short, indefinite or too deep in tag bytes", () => {
    for (const wrong of ["DF", "DF22", "DF2203414", "3080", "3083000001AA", "1F818181", "0405AA"]) {
      expect(parseTlvs(bytes(wrong))).toBeUndefined();
    }
    expect(parseTlvs(new Uint8Array(200))).toBeUndefined();
  });

  it("what is encoded is parsed, and byte soup never throws and never grows", () => {
    const tag = fc.constantFrom(0x04, 0x30, 0xdf21, 0xdf25, 0xff20);
    fc.assert(
      fc.property(fc.array(fc.tuple(tag, fc.uint8Array({ maxLength: 300 })), { maxLength: 8 }), (objects) => {
        const all = Buffer.concat(objects.map(([t, value]) => encodeTlv(t, value)));
        expect(parseTlvs(new Uint8Array(all))).toEqual(objects.map(([t, value]) => ({ tag: t, value })));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (soup) => {
        const total = (parseTlvs(soup) ?? []).reduce((sum, { value }) => sum + value.length, 0);
        expect(total).toBeLessThanOrEqual(soup.length);
      }),
    );
  });
});
