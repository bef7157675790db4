import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bilevel, decodeGenericRegion, encodeGenericRegion, NOMINAL_ADAPTIVE_PIXELS } from "./generic-region.ts";
import { MqDecoder } from "./mq-decoder.ts";
import { MqEncoder } from "./mq-encoder.ts";

/** ITU-T T.88, annex H.2: 256 decisions in one context, and their code. */
const DECISIONS = Buffer.from("00020051000000C00352872AAAAAAAAA82C02000FCD79EF6BF7FED904F46A3BF", "hex");
const CODE = Buffer.from("84C73BFCE1A1430402200000410DBB86F4317FFF88FF37471ADB6ADFFFAC", "hex");

describe("the MQ coder", () => {
  test("codes the standard's sequence to the standard's bytes", () => {
    const encoder = new MqEncoder(1);
    for (const byte of DECISIONS) for (let bit = 7; bit >= 0; bit--) encoder.encode(0, (byte >> bit) & 1);
    expect(Buffer.from(encoder.finish())).toEqual(CODE);
  });

  test("decodes the standard's bytes to the standard's sequence", () => {
    const decoder = new MqDecoder(CODE, 1);
    const decoded = DECISIONS.map(() =>
      Array.from({ length: 8 }).reduce<number>((b) => (b << 1) | decoder.decode(0), 0),
    );
    expect(decoded).toEqual(DECISIONS);
  });
});

const pictures: fc.Arbitrary<Bilevel> = fc
  .tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 3 }))
  .chain(([widthPx, heightPx, kind]) => {
    const stride = Math.ceil(widthPx / 8);
    const mask = (0xff << (8 * stride - widthPx)) & 0xff;
    return fc.uint8Array({ minLength: stride * heightPx, maxLength: stride * heightPx }).map((noise) => {
      const bits = noise.map((byte, i) => {
        const y = Math.floor(i / stride);
        const value =
          kind === 0
            ? byte
            : kind === 1
              ? byte & (byte >> 3) & 0x11
              : kind === 2
                ? (noise[i % stride] ?? 0)
                : y % 5
                  ? 0
                  : 255;
        return i % stride === stride - 1 ? value & mask : value;
      });
      return { widthPx, heightPx, bits };
    });
  });

/** A picture like a page: mostly white, rules, and something like text. Width is no multiple of eight. */
function pageLike(): Bilevel {
  const [widthPx, heightPx, stride] = [1003, 600, 126];
  const bits = new Uint8Array(stride * heightPx);
  let seed = 7;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      const rule = y % 150 === 40 && x > 50 && x < 900;
      const text =
        y % 50 > 20 && y % 50 < 40 && x % 24 > 4 && ((x >> 2) * 7 + (y >> 2) * 13 + (x % 24) * (y % 50)) % 5 === 0;
      if (rule || text || seed % 5000 === 0) {
        const at = y * stride + (x >> 3);
        bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
      }
    }
  }
  return { widthPx, heightPx, bits };
}

describe("a generic region", () => {
  test("comes back as it was, whatever the picture", () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const back = decodeGenericRegion(encodeGenericRegion(picture), picture.widthPx, picture.heightPx);
        expect(Buffer.compare(back.bits, picture.bits)).toBe(0);
      }),
    );
  });

  test("any bytes give a picture of the size that was asked for, and nothing more", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 60 }),
        (soup, w, h) => {
          const { bits } = decodeGenericRegion(soup, w, h);
          expect(bits.length).toBe(Math.ceil(w / 8) * h);
        },
      ),
    );
  });

  test("a blank A4 front is a few hundred bytes, because equal lines cost one decision", () => {
    const blank = { widthPx: 1654, heightPx: 2339, bits: new Uint8Array(207 * 2339) };
    expect(encodeGenericRegion(blank).length).toBeLessThan(100);
  });

  test.each([
    ["like a page", pageLike()],
    ["of one pixel", { widthPx: 1, heightPx: 1, bits: Uint8Array.of(0x80) }],
    [
      "of noise",
      { widthPx: 64, heightPx: 33, bits: Uint8Array.from({ length: 8 * 33 }, (_, i) => (i * 2654435761) >>> 13) },
    ],
  ])("Debian's jbig2dec reads a picture %s bit by bit as it was", (_, picture) => {
    expect(Buffer.compare(readByJbig2dec(picture), picture.bits)).toBe(0);
  });
});

/** The region as the one picture of a JBIG2 file (T.88 annex D.1, sequential), read by jbig2dec into a PBM. */
function readByJbig2dec(picture: Bilevel): Buffer {
  const { widthPx, heightPx } = picture;
  const u32 = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * i);
    return bytes;
  };
  const segment = (number: number, type: number, page: number, data: Buffer) =>
    Buffer.concat([u32(number), Buffer.of(type, 0, page), u32(data.length), data]);
  const template0WithTypicalPrediction = 0x08;
  const file = Buffer.concat([
    Buffer.from("974A42320D0A1A0A", "hex"),
    Buffer.of(1),
    u32(1),
    segment(0, 48, 1, Buffer.concat([u32(widthPx, heightPx, 0, 0), Buffer.of(0, 0, 0)])),
    segment(
      1,
      39,
      1,
      Buffer.concat([
        u32(widthPx, heightPx, 0, 0),
        Buffer.of(0, template0WithTypicalPrediction),
        Buffer.from(NOMINAL_ADAPTIVE_PIXELS.buffer),
        encodeGenericRegion(picture),
      ]),
    ),
    segment(2, 49, 1, Buffer.alloc(0)),
    segment(3, 51, 0, Buffer.alloc(0)),
  ]);
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-jbig2-"));
  try {
    const [jb2, pbm] = [join(folder, "in.jb2"), join(folder, "out.pbm")];
    writeFileSync(jb2, file);
    const run = spawnSync("jbig2dec", ["-t", "pbm", "-o", pbm, jb2], { encoding: "utf8", timeout: 20_000 });
    if (run.error) throw new Error("jbig2dec is missing: apt-get install jbig2dec");
    expect(run.status, run.stderr).toBe(0);
    const read = readFileSync(pbm);
    const header = `P4\n${widthPx} ${heightPx}\n`;
    expect(read.subarray(0, header.length).toString("latin1")).toBe(header);
    return read.subarray(header.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
