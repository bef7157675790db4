import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goldenVectors, octets } from "../../../devices/certificate-printer/ipp/rfc8010.vectors.ts";
import { encodeFrame } from "../../../devices/coin-vendor/codec/frame.ts";
import apdu from "../../../test/vectors/apdu.json" with { type: "json" };
import cctalk from "../../../test/vectors/cctalk.json" with { type: "json" };
import escpos from "../../../test/vectors/escpos.json" with { type: "json" };
import firmata from "../../../test/vectors/firmata.json" with { type: "json" };
import id003 from "../../../test/vectors/id003.json" with { type: "json" };
import { type InputLine, linesOf, MAX_LINE_CHARS } from "./lines.ts";
import { decodeLine, encodeLine, type WireName, wireNames } from "./translate.ts";

fc.configureGlobal({ seed: 20261129 });

const decoded = (name: WireName, text: string) => JSON.parse(decodeLine(name, { text })?.output ?? "null");
const crcFrames = cctalk.map((v) => {
  const bytes = Buffer.from(v.bytes, "hex");
  const frame = { destination: bytes[0] ?? 0, header: bytes[3] ?? 0, data: bytes.subarray(4, -1) };
  return Buffer.from(encodeFrame(frame, "crc")).toString("hex");
});
const vectors: Readonly<Record<WireName, readonly string[]>> = {
  cctalk: cctalk.map((v) => v.bytes),
  "cctalk-crc": crcFrames,
  id003: id003.map((v) => v.bytes),
  escpos: escpos.map((v) => v.bytes),
  ipp: goldenVectors.map((v) => octets(v.octets).toString("hex")),
  apdu: apdu.map((v) => v.bytes),
  firmata: firmata.map((v) => v.bytes),
};

describe.each(wireNames)("%s", (name) => {
  it("of the standard's frames goes through JSON and back octet by octet", () => {
    expect(vectors[name].length).toBeGreaterThan(0);
    for (const bytes of vectors[name]) {
      const line = decodeLine(name, { text: bytes });
      expect(line, bytes).toMatchObject({ ok: true });
      expect(JSON.parse(line?.output ?? "").name, bytes).not.toBe("");
      expect(encodeLine(name, { text: line?.output ?? "" })).toEqual({ output: bytes, ok: true });
    }
  });

  it("of any bytes is one line and never a throw, and what it accepts it gives back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString("hex");
        const line = decodeLine(name, { text });
        if (!line) {
          expect(text).toBe("");
          return;
        }
        expect(line.output).not.toContain("\n");
        if (line.ok) expect(encodeLine(name, { text: line.output })?.output).toBe(text);
        else expect(JSON.parse(line.output)).toMatchObject({ ok: false, error: { code: "K-WIRE-102" } });
      }),
      { numRuns: 500 },
    );
  });

  it("of any JSON is hex or a refusal, never a throw", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const line = encodeLine(name, { text });
        if (!line?.ok) expect(JSON.parse(line?.output ?? "")).toMatchObject({ error: { code: "K-WIRE-104" } });
      }),
    );
    for (const text of ["{", "null", "[]", "[".repeat(100_000), `{"groups":${'[{"attributes":'.repeat(5000)}`]) {
      expect(encodeLine(name, { text })?.ok).toBe(false);
    }
  });
});

describe("fields", () => {
  it("of ccTalk are the frame's, and an unknown header still decodes", () => {
    expect(decoded("cctalk", "020001feff")).toEqual({
      ok: true,
      name: "Simple poll",
      dest: 2,
      src: 1,
      header: 254,
      dataHex: "",
      checksum: 255,
    });
    expect(decoded("cctalk-crc", "2800460 13f".replace(" ", ""))).toMatchObject({
      name: "Reset device",
      dest: 40,
      header: 1,
      crc: 0x3f46,
    });
    const unknown = Buffer.from(encodeFrame({ destination: 2, source: 1, header: 50, data: Uint8Array.of(7) }));
    expect(decoded("cctalk", unknown.toString("hex"))).toMatchObject({ name: "header 50", header: 50, dataHex: "07" });
  });

  it.each(apdu.map((v) => [v.label, v] as const))("of an APDU: %s", (_label, v) => {
    expect(decoded("apdu", v.bytes).name).toBe(v.name);
  });

  it.each(escpos.map((v) => [v.label, v] as const))("of ESC/POS: %s", (_label, v) => {
    expect(decoded("escpos", v.bytes).pieces.map((piece: { name: string }) => piece.name)).toEqual(v.names);
  });

  it("of ESC/POS tell Japanese text", () => {
    expect(decoded("escpos", "82b182f10a").pieces[0].text).toBe("こん");
  });
});

describe("a line", () => {
  it("may have spaces, 0x, commas and a comment", () => {
    const plain = decodeLine("cctalk", { text: "020001feff" });
    for (const text of ["02 00 01 fe ff", "0x02 0x00 0x01 0xFE 0xFF", "0x020001feff # poll", " 02:00:01,fe ff\r"]) {
      expect(decodeLine("cctalk", { text }), text).toEqual(plain);
    }
  });

  it("without anything is nothing, and one that is no hex is refused", () => {
    for (const text of ["", "   ", "# only a comment"]) expect(decodeLine("cctalk", { text })).toBeUndefined();
    for (const text of ["zz", "020", "2 0 1 fe ff", "02 00 01 fe f"]) {
      expect(decoded("cctalk", text)).toMatchObject({ ok: false, error: { code: "K-WIRE-101" } });
    }
  });

  it("that is too long is dropped whole, and the next one is read", async () => {
    const chunk = "ab".repeat(50_000);
    const chunks = [...new Array<string>(Math.ceil(MAX_LINE_CHARS / chunk.length) + 1).fill(chunk), "\n9000\n", "63c2"];
    const lines: InputLine[] = [];
    for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
    expect(lines).toEqual([{ tooLong: true }, { text: "9000" }, { text: "63c2" }]);
    for (const translate of [decodeLine, encodeLine]) {
      expect(JSON.parse(translate("apdu", { tooLong: true })?.output ?? "")).toMatchObject({
        error: { code: "K-WIRE-103" },
      });
    }
  });
});
