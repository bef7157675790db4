import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptorError, acceptorErrors } from "./acceptor-errors.ts";
import { commands } from "./commands.ts";
import { crcCcitt } from "./crc.ts";
import { decodeFrame, encodeFrame, type FrameCheck, MAX_FRAME_BYTES } from "./frame.ts";
import { createFrameParser, type Parsed } from "./parser.ts";
import {
  readCoinId,
  readCredits,
  readEscrowStatus,
  readHopperFlags,
  readHopperStatus,
  readLittleEndian,
  readText,
} from "./replies.ts";

fc.configureGlobal({ seed: 20261124 });

interface Vector {
  readonly section: string;
  readonly dir: "TX" | "RX";
  readonly label: string;
  readonly bytes: string;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../../test/vectors/cctalk.json", import.meta.url), "utf8"),
);
const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const vector = (bytes: string) => decodeFrame(hex(vectors.find((v) => v.bytes === bytes)?.bytes ?? ""));

/** Frames of the specification whose own bytes contradict each other, with the reason. There is none. */
const misprints: ReadonlyMap<string, string> = new Map();

const checks = ["checksum", "crc"] as const satisfies readonly FrameCheck[];
const anyFrame = fc.record({
  destination: fc.nat(255),
  source: fc.nat(255),
  header: fc.nat(255),
  data: fc.uint8Array({ maxLength: 252 }),
});
const framesOf = (parsed: readonly Parsed[]) => parsed.flatMap((p) => (p.kind === "frame" ? [p.frame] : []));
const bytesOf = (parsed: readonly Parsed[]) => parsed.flatMap((p) => [...p.bytes]);

describe("the frames of the ccTalk specification", () => {
  it("are all there", () => {
    expect(vectors.length).toBe(69);
  });

  it.each(vectors.map((v, n) => [n, v.dir, v.label, v] as const))("%i %s %s decodes and encodes", (_n, _d, _l, v) => {
    expect(misprints.has(v.bytes)).toBe(false);
    const frame = decodeFrame(hex(v.bytes));
    if (!frame) throw new Error("did not decode");
    expect(Buffer.from(encodeFrame(frame)).toString("hex")).toBe(v.bytes);
    expect(framesOf(createFrameParser("checksum").push(hex(v.bytes)))).toEqual([frame]);
  });

  it("mean what the specification says beside them", () => {
    const data = (bytes: string) => vector(bytes)?.data ?? new Uint8Array();
    expect(readText(data("010d0200436f696e204163636570746f7216"))).toBe("Coin Acceptor");
    expect(readText(data("010802005354443031202020" + "49"))).toBe("STD01");
    expect(readLittleEndian(data("010302004e61bc8f"))).toBe(12345678);
    expect(readText(data("010602004742323030419b"))).toBe("GB200A");
    expect(readCoinId(data("010602004742313030419c"))).toBeUndefined();
    expect(readCoinId(data("010602002e2e2e2e2e2ee3"))).toBeUndefined();
    const reading = readCredits(data("010b02000400010505010501050000d7"));
    expect(reading).toEqual({
      counter: 4,
      results: [
        { a: 0, b: 1 },
        { a: 5, b: 5 },
        { a: 1, b: 5 },
        { a: 1, b: 5 },
        { a: 0, b: 0 },
      ],
    });
  });
});

describe("CRC mode", () => {
  it("is CRC-CCITT in its XMODEM form", () => {
    expect(crcCcitt(Buffer.from("123456789"))).toBe(0x31c3);
  });

  it("puts the low byte in the place of the source and the high byte last", () => {
    // Reset of a bill validator at 40 and its ACK; the same bytes stand in the tests of other open ccTalk clients.
    const reset = encodeFrame({ destination: 40, header: 1, data: new Uint8Array() }, "crc");
    expect([...reset]).toEqual([40, 0, 70, 1, 63]);
    const ack = encodeFrame({ destination: 1, header: 0, data: new Uint8Array() }, "crc");
    expect([...ack]).toEqual([1, 0, 48, 0, 55]);
  });
});

describe.each(checks)("a frame with %s", (check) => {
  it("survives its way through the wire", () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const { source, ...rest } = frame;
        const expected = check === "checksum" ? frame : rest;
        expect(decodeFrame(encodeFrame(frame, check), check)).toEqual(expected);
        expect(typeof source).toBe("number");
      }),
    );
  });

  it("is refused when one bit is wrong", () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.nat(7), (frame, where, bit) => {
        const bytes = encodeFrame(frame, check);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(decodeFrame(bytes, check)).toBeUndefined();
      }),
    );
  });
});

describe.each(checks)("the parser with %s", (check) => {
  it("gives the same frames however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 9 })), (frames, cuts) => {
        const stream = frames.flatMap((frame) => [...encodeFrame(frame, check)]);
        const parser = createFrameParser(check);
        const found: Parsed[] = [];
        for (let at = 0, n = 0; at < stream.length; n++) {
          const size = cuts[n] ?? 4;
          found.push(...parser.push(Uint8Array.from(stream.slice(at, at + size))));
          at += size;
        }
        expect(framesOf(found).flatMap((f) => [...encodeFrame(f, check)])).toEqual(stream);
        expect(parser.waiting()).toBe(0);
      }),
    );
  });

  it("never throws, never grows and loses no byte in a soup of bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 12 }), (soup) => {
        const parser = createFrameParser(check);
        const out: number[] = [];
        for (const piece of soup) {
          out.push(...bytesOf(parser.push(piece)));
          expect(parser.waiting()).toBeLessThan(MAX_FRAME_BYTES);
        }
        out.push(...bytesOf(parser.gap()));
        expect(parser.waiting()).toBe(0);
        expect(out).toEqual(soup.flatMap((piece) => [...piece]));
      }),
    );
  });
});

describe("the parser", () => {
  const good = hex("010b02000101050000000000000000eb");
  const toHost = () => createFrameParser("checksum", (frame) => frame.destination === 1 && frame.source === 2);

  it("finds a good reply behind any noise byte, at the latest after the gap, and reports the noise", () => {
    for (let noise = 0; noise < 256; noise++) {
      const parser = toHost();
      const found = [...parser.push(Uint8Array.of(noise, ...good)), ...parser.gap()];
      expect(
        found.map((p) => p.kind),
        `noise ${noise}`,
      ).toEqual(["garbage", "frame"]);
      expect(found[0]?.bytes).toEqual(Uint8Array.of(noise));
    }
  });

  it("drops a truncated frame at the gap and takes the next one whole", () => {
    const parser = toHost();
    expect(parser.push(good.slice(0, 9))).toEqual([]);
    expect(parser.gap().map((p) => p.kind)).toEqual(["garbage"]);
    expect(framesOf(parser.push(good))).toHaveLength(1);
  });

  it("forgets what waits on reset", () => {
    const parser = toHost();
    parser.push(good.slice(0, 9));
    parser.reset();
    expect(framesOf(parser.push(good))).toHaveLength(1);
  });
});

describe("the tables", () => {
  it("have no header and no error code twice", () => {
    const headers = Object.values(commands).map((c) => c.header);
    expect(new Set(headers).size).toBe(headers.length);
    const codes = acceptorErrors.map((e) => e.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it("let only what moves no money be repeated", () => {
    const once = Object.entries(commands).flatMap(([name, c]) => ("once" in c ? [name] : []));
    expect(once).toEqual(["dispenseCoins", "payMoneyOut"]);
  });

  it("name every error code, the unknown ones by number", () => {
    for (let code = 0; code < 256; code++) expect(acceptorError(code).code).toBe(code);
    expect(acceptorError(130)).toEqual({ code: 130, name: "coin 3 inhibited", meaning: "rejected" });
    expect(acceptorError(77).name).toBe("error 77");
    expect(acceptorError(254).meaning).toBe("returnLever");
  });
});

describe("replies", () => {
  it("of the hopper are read as its manual prints them", () => {
    expect(readHopperStatus(Uint8Array.of(7, 1, 2, 3))).toEqual({ counter: 7, remaining: 1, paid: 2, unpaid: 3 });
    expect(readHopperFlags(Uint8Array.of(0x80))).toMatchObject({ disabled: true, payoutTimeout: false });
    expect(readHopperFlags(Uint8Array.of(0x42, 0x01))).toMatchObject({
      payoutTimeout: true,
      powerUp: true,
      optoFraud: true,
    });
    expect(readHopperFlags(Uint8Array.of(0x21, 0x04))).toMatchObject({
      maxCurrentExceeded: true,
      optoBlocked: true,
      memoryError: true,
    });
  });

  it("name Japanese coins only by their whole id", () => {
    const id = (text: string) => readCoinId(Buffer.from(text, "latin1"));
    expect(["JP010A", "JP050B", "JP100A", "JP500C"].map(id)).toEqual([10, 50, 100, 500]);
    expect(["JP001A", "GB100A", "JP1K0A", "JP100 ", "Token "].map(id)).toEqual(Array(5).fill(undefined));
  });

  it("of the escrow count an unknown state as a fault", () => {
    expect(readEscrowStatus(Uint8Array.of(0, 255, 0))).toEqual({ operating: "idle", full: true, faultCode: 0 });
    expect(readEscrowStatus(Uint8Array.of(9, 0, 12))).toEqual({ operating: "fault", full: false, faultCode: 12 });
  });
});
