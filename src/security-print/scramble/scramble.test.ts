import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DOCUMENT_ID,
  ISSUED_AT_MS,
  strangeSigner,
  TestCentre,
  textLikeFront,
  VALUES,
} from "../../../test/support/scramble.ts";
import { unwrap } from "../../kernel/result.ts";
import { codePlan, decodeField, decodeImageLayer, deinterleave, encodeBits, knownFieldCells } from "./channel-code.ts";
import { parseCodeText } from "./fields.ts";
import { FRAME_BYTES, parseFrame } from "./frame.ts";
import { openGcm, sealGcm } from "./gcm.ts";
import { CELL_SIZES, type CellSize, cellGrid, MARK_CLEAR, MARK_PITCH } from "./geometry.ts";
import { type Judgement, judge } from "./judge.ts";
import { type InspectionKeys, keyUnwrapper } from "./keys.ts";
import { wrapAad } from "./make-payload.ts";
import { encodePayload, type Payload, parsePayload } from "./payload.ts";
import { codeFront, sealStrip, stripPlaces } from "./strips.ts";
import { syncBits } from "./sync.ts";

const centre = new TestCentre("a");
const honest = centre.payload();

/** Cells as an inspector sees them after a perfect scan, judged. */
function judged(cells: Uint8Array, cellPx: CellSize, keys: InspectionKeys): Judgement | "unreadable" {
  const sequence = deinterleave(
    cellPx,
    Float32Array.from(cells, (bit) => (bit ? -4 : 4)),
  );
  const frame = decodeField(sequence, 30);
  const parsed = frame && parseFrame(frame);
  if (!parsed?.ok) return "unreadable";
  return judge(parsed.value, decodeImageLayer(cellPx, sequence, 30), keys);
}
const cellsOf = ({ cellPx, frame, image }: Payload) => encodeBits(cellPx, frame, image);
const answerOf = (cells: Uint8Array, keys = centre.inspectionKeys()) => {
  const judgement = judged(cells, honest.cellPx, keys);
  return judgement === "unreadable" ? judgement : judgement.answer;
};

describe("AES-256-GCM", () => {
  /** Test cases 14 and 16 of the GCM specification (McGrew and Viega), which NIST's validation suite has too. */
  test.each([
    [
      "00".repeat(32),
      "00".repeat(12),
      "",
      "00".repeat(16),
      "cea7403d4d606b6e074ec5d3baf39d18",
      "d0d1c8a799996bf0265b98b5d48ab919",
    ],
    [
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
      "76fc6ece0f4e1768cddf8853bb2d551b",
    ],
  ])("gives the published ciphertext and tag", (...hex) => {
    const [key, nonce, aad, plain, cipher, tag] = hex.map((text) => Buffer.from(text, "hex")) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    expect(sealGcm(key, nonce, aad, plain)).toEqual(Buffer.concat([cipher, tag]));
    expect(openGcm(key, nonce, aad, Buffer.concat([cipher, tag]))).toEqual(plain);
    expect(openGcm(key, nonce, Buffer.concat([aad, Buffer.of(1)]), Buffer.concat([cipher, tag]))).toBeUndefined();
  });
});

describe("the grid of cells", () => {
  test.each(CELL_SIZES)("of %i px leaves the rings' places free and nothing else", (cellPx) => {
    const { places, columns, rows } = cellGrid(cellPx);
    const taken = new Uint8Array(columns * rows);
    for (const place of places) taken[place] = 1;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const gaps = [column, row].map((i) => {
          const [from, to] = [i * cellPx, (i + 1) * cellPx];
          const below = Math.floor(from / MARK_PITCH) * MARK_PITCH;
          return Math.min(from - below, below + MARK_PITCH - to);
        });
        const near = gaps.every((gap) => gap < MARK_CLEAR);
        if (taken[row * columns + column] !== (near ? 0 : 1)) throw new Error(`cell ${column}, ${row}`);
      }
    }
  });

  test("image layers hold what the format promises", () => {
    expect(CELL_SIZES.map((cellPx) => codePlan(cellPx).imageBytes)).toEqual([12_932, 18_915, 29_145, 46_380]);
  });

  test("rows of modules differ from each other in at least 20 of 64, also read from behind", () => {
    const rows = CELL_SIZES.flatMap((size) => [syncBits(size, "top"), syncBits(size, "bottom")]);
    const all = [...rows, ...rows.map((row) => Uint8Array.from(row).reverse())];
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) expect(a.filter((bit, m) => bit !== b[m]).length).toBeGreaterThanOrEqual(20);
    }
  });
});

test("the table of the format's document is that of the code", () => {
  const words = readFileSync(new URL("../../../docs/protocols/security-print.md", import.meta.url), "utf8");
  const told = [...words.matchAll(/^\| \d \| .* × .* \|$/gm)].map(([row]) => row);
  const count = (n: number) => n.toLocaleString("en-US");
  const rows = CELL_SIZES.map((cellPx) => {
    const { words, bitsPerWord, code, imageBytes, order } = codePlan(cellPx);
    const sizes = `${words} × ${count(bitsPerWord)} | ${code.codeBits}, ${code.informationBits} | ${count(imageBytes)}`;
    return `| ${cellPx} | ${count(order.length)} | ${sizes} |`;
  });
  expect(told).toEqual(rows);
});

describe("a payload", () => {
  test("is taken apart as it was put together", () => {
    const again = unwrap(parsePayload(encodePayload(honest)));
    expect([again.cellPx, again.codeText]).toEqual([honest.cellPx, honest.codeText]);
    expect(Buffer.compare(again.frame, honest.frame) || Buffer.compare(again.image, honest.image)).toBe(0);
    expect(encodePayload(centre.payload()).length).toBe(encodePayload(honest).length);
  });

  test("byte soup and shortened payloads are refused, never thrown at", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (soup) => {
        expect(parsePayload(soup)).toMatchObject({ ok: false, error: { code: "K-IMAGE-101" } });
        parseFrame(soup);
      }),
    );
    const bytes = encodePayload(honest);
    for (const length of [0, 5, 8, 900, bytes.length - 1])
      expect(parsePayload(bytes.subarray(0, length)).ok).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: FRAME_BYTES, maxLength: FRAME_BYTES }), (soup) => {
        soup.set(Buffer.from("MSP\x01", "latin1"));
        const frame = parseFrame(soup);
        if (frame.ok) judge(frame.value, { bytes: soup, wordsOk: [true] }, centre.inspectionKeys());
      }),
    );
  });

  test("takes finer cells for a denser front, and a front that no back can hold is refused", () => {
    const sizes = [1, 2, 3].map((density) => centre.payload({ front: textLikeFront(3, density) }).cellPx);
    expect(sizes[0]).toBe(8);
    expect(sizes[2]).toBeLessThan(8);
    const front = textLikeFront(1);
    const noise = { ...front, bits: centre.random(front.bits.length) };
    expect(() => centre.payload({ front: noise })).toThrow("K-IMAGE-102");
  });

  test("the 2-D code says what the readable line says, signed, without personal data", () => {
    const code = parseCodeText(honest.codeText);
    expect(code?.data).toMatchObject({ documentId: DOCUMENT_ID, issuedAtMs: ISSUED_AT_MS, page: 1, pages: 1 });
    expect(code?.signedBy).toBe(centre.signer.keyId);
    for (const [, value] of VALUES) expect(honest.codeText).not.toContain(value);
  });

  test("its cells are as good as noise: as many black as white, no neighbour like the other, no two backs alike", () => {
    const { columns, rows, places } = cellGrid(honest.cellPx);
    const cells = cellsOf(honest);
    const page = new Int8Array(columns * rows);
    places.forEach((place, i) => {
      page[place] = cells[i] ? 1 : -1;
    });
    const deviations = [1, columns, columns + 1].map((step) => {
      let [sum, pairs] = [0, 0];
      for (let i = 0; i + step < page.length; i++) {
        const product = (page[i] as number) * (page[i + step] as number);
        sum += product;
        pairs += product ? 1 : 0;
      }
      return Math.abs(sum) / Math.sqrt(pairs);
    });
    const again = cellsOf(centre.payload());
    const black = cells.reduce((sum, bit) => sum + bit, 0);
    const same = cells.reduce((sum, bit, i) => sum + (bit === again[i] ? 1 : 0), 0);
    deviations.push(Math.abs(2 * black - cells.length) / Math.sqrt(cells.length));
    // The headers of two backs of one document are alike: 112 of 800 bytes, each twice, and their parity.
    expect(same / cells.length).toBeLessThan(0.52);
    for (const sigmas of deviations) expect(sigmas).toBeLessThan(4.5);
  });

  test("knows its own field cells", () => {
    const cells = cellsOf(honest);
    const known = knownFieldCells(honest.cellPx, honest.frame);
    expect(known.filter((bit) => bit >= 0)).toHaveLength(38_400);
    expect(known.every((bit, i) => bit < 0 || bit === cells[i])).toBe(true);
  });
});

describe("a back", () => {
  test("that is genuine gives the front bit by bit, and its fields", () => {
    const judgement = judged(cellsOf(honest), honest.cellPx, centre.inspectionKeys());
    expect(judgement).toMatchObject({ answer: "genuine", fields: { issuedAtMs: ISSUED_AT_MS, values: VALUES } });
    if (judgement === "unreadable" || !judgement.front) throw new Error("no front");
    expect(Buffer.compare(judgement.front.bits, textLikeFront(1).bits)).toBe(0);
  });

  test("that lost a tenth of its cells is genuine all the same", () => {
    const next = centre.random(cellsOf(honest).length);
    const sequence = deinterleave(
      8,
      Float32Array.from(cellsOf(honest), (bit, i) => ((next[i] ?? 0) < 26 ? 0 : bit ? -4 : 4)),
    );
    const frame = unwrap(parseFrame(decodeField(sequence, 50) ?? new Uint8Array()));
    expect(judge(frame, decodeImageLayer(8, sequence, 50), centre.inspectionKeys()).answer).toBe("genuine");
  });

  test("with a word that cannot be corrected is partial, strip by strip, and what is read is right", () => {
    const sequence = deinterleave(
      8,
      Float32Array.from(cellsOf(honest), (bit) => (bit ? -4 : 4)),
    );
    const frame = unwrap(parseFrame(honest.frame));
    const image = decodeImageLayer(8, sequence, 30);
    const wordsOk = image.wordsOk.map((_, word) => word !== 3);
    const judgement = judge(frame, { ...image, wordsOk }, centre.inspectionKeys());
    expect(judgement.answer).toBe("partial");
    expect(judgement.strips.filter((state) => state === "unreadable").length).toBeGreaterThan(0);
    const whole = textLikeFront(1);
    const top = judgement.front?.bits.subarray(0, 207 * 290);
    expect(judgement.strips[0]).toBe("ok");
    expect(top && Buffer.compare(top, whole.bits.subarray(0, 207 * 290))).toBe(0);
  });

  test("is unreadable when it is noise", () => {
    const noise = centre.random(cellsOf(honest).length).map((byte) => byte & 1);
    expect(answerOf(Uint8Array.from(noise))).toBe("unreadable");
  });

  test.each([
    ["by a key that nobody knows", () => new TestCentre("b").inspectionKeys(), "unknown-key"],
    [
      "by a signing key that nobody knows",
      () => ({ ...centre.inspectionKeys(), signing: new TestCentre("b").inspectionKeys().signing }),
      "unknown-key",
    ],
    ["by an encryption key that was revoked before", () => revoked("encryption", ISSUED_AT_MS), "unknown-key"],
    ["by a signing key that was revoked before", () => revoked("signing", ISSUED_AT_MS - 1), "unknown-key"],
    ["by a key that was revoked later", () => revoked("signing", ISSUED_AT_MS + 1), "genuine"],
    [
      "that its issuer declared void",
      () => centre.inspectionKeys({ voided: [{ documentId: DOCUMENT_ID, fromMs: ISSUED_AT_MS }] }),
      "voided",
    ],
    [
      "that its issuer declares void from a later time on",
      () => centre.inspectionKeys({ voided: [{ documentId: DOCUMENT_ID, fromMs: ISSUED_AT_MS + 1 }] }),
      "genuine",
    ],
  ] as const)("sealed %s is called so", (_, keys, answer) => {
    expect(answerOf(cellsOf(honest), keys())).toBe(answer);
  });
});

function revoked(which: "encryption" | "signing", revokedFromMs: number): InspectionKeys {
  const keys = centre.inspectionKeys();
  return {
    ...keys,
    encryption: keys.encryption.map((key) => (which === "encryption" ? { ...key, revokedFromMs } : key)),
    signing: keys.signing.map((key) => (which === "signing" ? { ...key, revokedFromMs } : key)),
  };
}

/** More kinds, many of each: `test/support/forgeries`. */
describe("a forgery", () => {
  test("signed by a stranger's own key is of an unknown key", () => {
    expect(answerOf(cellsOf(centre.payload({}, strangeSigner())))).toBe("unknown-key");
  });

  test("with one strip by a thief of the encryption key, and another made unreadable, is altered and not read in part", () => {
    const frame = unwrap(parseFrame(honest.frame));
    const { header, headerBytes, keyId, wrapped } = frame;
    const dataKey = keyUnwrapper(centre.inspectionKeys()).unwrap(keyId, wrapped, wrapAad(headerBytes)) ?? Buffer.of();
    const [place] = stripPlaces(header.stripBytes);
    const [forged] = codeFront(textLikeFront(2)).strips;
    if (!place || !forged) throw new Error("a front without strips");
    // The thief is bound to the signed length; a decoder reads what is there and zeros behind it.
    const coded = Buffer.alloc(header.stripBytes[0] ?? 0);
    coded.set(forged.subarray(0, coded.length));
    const bytes = Buffer.from(honest.image);
    bytes.set(sealStrip(dataKey, headerBytes, 0, coded), place.from);
    const wordsOk = codePlanWords().map((_, word) => word !== 3);
    const judgement = judge(frame, { bytes, wordsOk }, centre.inspectionKeys());
    expect(judgement.strips).toContain("unreadable");
    expect([judgement.answer, judgement.strips[0]]).toEqual(["altered", "altered"]);
  });

  test("any bit of frame or sealed strips that is other makes it other than genuine", () => {
    const sealed = unwrap(parseFrame(honest.frame)).header.stripBytes.reduce((sum, bytes) => sum + bytes + 16, 0);
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 0, max: 7 }), (inFrame, at, bit) => {
        const bytes = Buffer.from(inFrame ? honest.frame : honest.image);
        const place = at % (inFrame ? FRAME_BYTES : sealed);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        const frame = parseFrame(inFrame ? bytes : honest.frame);
        if (!frame.ok) return;
        const image = { bytes: inFrame ? honest.image : bytes, wordsOk: codePlanWords() };
        expect(judge(frame.value, image, centre.inspectionKeys()).answer).not.toBe("genuine");
      }),
      { numRuns: 300 },
    );
  });
});

function codePlanWords(): boolean[] {
  return Array.from({ length: codePlan(8).words }, () => true);
}
