import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unwrap } from "../../../src/kernel/result.ts";
import { expandPage, greyOf, pwgLimits, readPwg } from "./decode.ts";
import { createRasterWriter, encodeGreyPage } from "./encode.ts";
import {
  A4_600,
  certificateHeader,
  colorSpaces,
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  type PwgHeader,
  SYNC_WORD,
} from "./header.ts";

/** A header for a small grey page; a certificate's in all else. */
function small(widthPx: number, heightPx: number, more: Partial<PwgHeader> = {}): PwgHeader {
  return { ...certificateHeader(1), widthPx, heightPx, bytesPerLine: widthPx, ...more };
}

function stream(...pages: readonly Uint8Array[]): Buffer {
  return Buffer.concat([SYNC_WORD, ...pages]);
}

describe("the page header of PWG 5102.4", () => {
  /** By hand from the standard's table: place, then octets; everything else is 0. */
  const byHand: readonly (readonly [number, string])[] = [
    [0, "50776752617374657200"], // PwgRaster
    [272, "00000001"], // Duplex: true
    [276, "0000025800000258"], // HWResolution: 600 600
    [340, "00000001"], // NumCopies: 1
    [352, "000002530000034a"], // PageSize: 595 842 points
    [368, "00000000"], // Tumble: false, so two-sided-long-edge
    [372, "0000136000001b68"], // Width 4960, Height 7016
    [384, "00000008"], // BitsPerColor
    [388, "00000008"], // BitsPerPixel
    [392, "00001360"], // BytesPerLine
    [396, "00000000"], // ColorOrder: chunky
    [400, "00000012"], // ColorSpace: sgray
    [420, "00000001"], // NumColors
    [452, "00000004"], // TotalPageCount: four sides
    [456, "00000001"], // CrossFeedTransform
    [460, "00000001"], // FeedTransform
    [480, "00ffffff"], // AlternatePrimary: white
    [1732, "69736f5f61345f3231307832" + "39376d6d00"], // PageSizeName: iso_a4_210x297mm
  ];

  test("a certificate's header is 1796 octets, each where the standard has it", () => {
    const golden = Buffer.alloc(1796);
    for (const [at, hex] of byHand) Buffer.from(hex, "hex").copy(golden, at);
    expect(encodeHeader(certificateHeader(4))).toEqual(golden);
  });

  test("is read back field by field, transforms with their sign", () => {
    const header = { ...certificateHeader(2), crossFeedTransform: -1, feedTransform: -1, mediaType: "stationery" };
    expect(decodeHeader(encodeHeader(header))).toEqual(header);
  });

  test("without its mark it is none", () => {
    expect(decodeHeader(Buffer.alloc(HEADER_BYTES))).toBeUndefined();
    expect(decodeHeader(encodeHeader(certificateHeader(1)).subarray(1))).toBeUndefined();
  });

  test("a text that is too long or not ASCII is a bug of the caller", () => {
    expect(() => encodeHeader({ ...certificateHeader(1), mediaType: "x".repeat(64) })).toThrow(RangeError);
    expect(() => encodeHeader({ ...certificateHeader(1), mediaType: "和紙" })).toThrow(RangeError);
  });
});

describe("compressed lines", () => {
  const lines = (widthPx: number, heightPx: number, grey: readonly number[]) =>
    encodeGreyPage(Uint8Array.from(grey), small(widthPx, heightPx)).subarray(HEADER_BYTES).toString("hex");

  test("runs, literals, repeated lines and the end of a line have their octets", () => {
    // Two equal lines: 3 × ff (02 ff), then 1 2 3 literally (257 − 3 = fe), then 3 × 00 (02 00).
    const line = [255, 255, 255, 1, 2, 3, 0, 0, 0];
    expect(lines(9, 2, [...line, ...line])).toBe("01" + "02ff" + "fe010203" + "0200");
    // A pair inside literals stays literal; a single pixel at the end is a run of one.
    expect(lines(5, 1, [1, 2, 2, 3, 4])).toBe("00" + "fc0102020304");
    expect(lines(4, 1, [7, 7, 7, 9])).toBe("00" + "0207" + "0009");
  });

  test("runs longer than 128 pixels and repeats of more than 256 lines are split", () => {
    expect(lines(300, 1, new Array(300).fill(255))).toBe("00" + "7fff" + "7fff" + "2bff");
    expect(lines(1, 300, new Array(300).fill(255))).toBe("ff" + "00ff" + "2b" + "00ff");
    const literal = Array.from({ length: 130 }, (_, i) => i % 7);
    expect(lines(130, 1, literal)).toBe(
      `00${"81"}${Buffer.from(literal.slice(0, 128)).toString("hex")}ff${Buffer.from(literal.slice(128)).toString("hex")}`,
    );
  });

  test("a blank A4 side at 600 dpi is a few kilobytes", () => {
    const page = encodeGreyPage(new Uint8Array(A4_600.widthPx * A4_600.heightPx).fill(255), certificateHeader(2));
    expect(page.length).toBe(HEADER_BYTES + Math.ceil(7016 / 256) * (1 + 2 * Math.ceil(4960 / 128)));
    expect(unwrap(readPwg(stream(page)))).toHaveLength(1);
  });

  test("a page that is not of its header's size is a bug of the caller", () => {
    expect(() => encodeGreyPage(new Uint8Array(5), small(2, 2))).toThrow(RangeError);
    expect(() => encodeGreyPage(new Uint8Array(4), small(2, 2, { bitsPerPixel: 1 }))).toThrow(RangeError);
  });
});

describe("a writer", () => {
  const [first, second] = [Uint8Array.of(1, 1, 2, 2, 3, 3), Uint8Array.of(9, 9, 9, 9)];

  test("writes pages strip by strip into one raster, and says where each stands in it", () => {
    const writer = createRasterWriter();
    for (const _ of ["once", "and again in the same memory"]) {
      writer.begin();
      writer.beginPage(small(2, 3));
      writer.addLines(first.subarray(0, 4));
      writer.addLines(first.subarray(4));
      writer.beginPage(small(2, 2));
      writer.addLines(second);
      const { bytes, pages } = writer.end();
      expect(Buffer.concat([SYNC_WORD, ...pages])).toEqual(bytes);
      expect(unwrap(readPwg(bytes)).map((page) => Buffer.from(unwrap(greyOf(page))))).toEqual(
        [first, second].map((grey) => Buffer.from(grey)),
      );
    }
  });

  test("does not end, and begins no other page, before a page has all its lines; nor takes more", () => {
    const writer = createRasterWriter();
    writer.begin();
    expect(() => writer.addLines(second)).toThrow(RangeError);
    writer.beginPage(small(2, 3));
    writer.addLines(second);
    for (const early of [() => writer.end(), () => writer.beginPage(small(2, 3)), () => writer.addLines(second)]) {
      expect(early).toThrow(RangeError);
    }
    expect(() => writer.addLines(Uint8Array.of(1))).toThrow(RangeError);
    writer.begin();
    expect(writer.end().pages).toEqual([]);
  });
});

/** Pages as printers see them: long runs, short runs, noise, repeated lines; widths that are and are not words. */
const greyPages = fc
  .tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 12 }), fc.nat(7))
  .chain(([widthPx, heightPx, offset]) => {
    const line = fc.oneof(
      fc.uint8Array({ minLength: widthPx, maxLength: widthPx }),
      fc.array(fc.constantFrom(0, 255), { minLength: widthPx, maxLength: widthPx }).map((l) => Uint8Array.from(l)),
      fc.nat(widthPx).map((edge) => new Uint8Array(widthPx).fill(255, edge)),
    );
    return fc
      .array(fc.tuple(line, fc.integer({ min: 1, max: 3 })), { minLength: heightPx, maxLength: heightPx })
      .map((list) => {
        const all = list.flatMap(([l, times]) => new Array<Uint8Array>(times).fill(l)).slice(0, heightPx);
        const backing = new Uint8Array(offset + widthPx * heightPx);
        all.forEach((l, y) => {
          backing.set(l, offset + y * widthPx);
        });
        return { widthPx, heightPx, grey: backing.subarray(offset) };
      });
  });

describe("properties", () => {
  test("a page comes back pixel by pixel, wherever it lies in memory", () => {
    fc.assert(
      fc.property(fc.array(greyPages, { minLength: 1, maxLength: 3 }), (pages) => {
        const encoded = pages.map((p) => encodeGreyPage(p.grey, small(p.widthPx, p.heightPx)));
        const read = unwrap(readPwg(stream(...encoded)));
        expect(read.map((p) => Buffer.from(p.encoded))).toEqual(encoded);
        expect(read.map((p) => Buffer.from(unwrap(greyOf(p))))).toEqual(pages.map((p) => Buffer.from(p.grey)));
      }),
      { seed: 5102 },
    );
  });

  test("byte soup never throws and never expands past its header's page", () => {
    const soup = fc
      .tuple(greyPages, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat())
      .map(([page, changes, cut]) => {
        const bytes = stream(encodeGreyPage(page.grey, small(page.widthPx, page.heightPx)));
        for (const [where, byte] of changes) bytes[where % bytes.length] = byte;
        return cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
      });
    const limits = { maxPages: 4, maxWidthPx: 400, maxHeightPx: 400 };
    fc.assert(
      fc.property(fc.oneof(soup, fc.uint8Array({ maxLength: 100 })), (bytes) => {
        const read = readPwg(bytes, limits);
        if (!read.ok) expect(read.error.code).toBe("K-PRINT-301");
        else
          for (const p of read.value)
            expect(unwrap(expandPage(p)).length).toBe(p.header.bytesPerLine * p.header.heightPx);
      }),
      { seed: 5102, numRuns: 1000 },
    );
  });
});

describe("other types of pages", () => {
  test("black_1: a bit of 1 is black, runs repeat whole octets", () => {
    const header = small(12, 2, { colorSpace: colorSpaces.black, bitsPerColor: 1, bitsPerPixel: 1, bytesPerLine: 2 });
    const page = Buffer.concat([encodeHeader(header), Buffer.from("01" + "ff" + "a0f0", "hex")]);
    const line = [0, 255, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0];
    expect([...unwrap(greyOf(unwrapFirst(stream(page))))]).toEqual([...line, ...line]);
  });

  test("srgb_8: runs repeat whole pixels, grey is the luma", () => {
    const header = small(3, 1, { colorSpace: colorSpaces.srgb, bitsPerPixel: 24, numColors: 3, bytesPerLine: 9 });
    const page = Buffer.concat([encodeHeader(header), Buffer.from("00" + "01ff0000" + "0000ff00", "hex")]);
    expect([...unwrap(expandPage(unwrapFirst(stream(page))))]).toEqual([255, 0, 0, 255, 0, 0, 0, 255, 0]);
    expect([...unwrap(greyOf(unwrapFirst(stream(page))))]).toEqual([54, 54, 182]);
  });

  function unwrapFirst(bytes: Uint8Array) {
    const [page] = unwrap(readPwg(bytes));
    if (!page) throw new Error("no page");
    return page;
  }
});

describe("what is refused", () => {
  const page = encodeGreyPage(new Uint8Array(16).fill(255), small(4, 4));
  const changed = (at: number, byte: number) => {
    const copy = Buffer.from(page);
    copy[at] = byte;
    return stream(copy);
  };
  test.each([
    ["no synchronisation word", page],
    ["a stream without a page", stream()],
    ["half a header", stream(page.subarray(0, 900))],
    ["a page without its last line", stream(page.subarray(0, -1))],
    ["a colour order that nobody sends", changed(399, 1)],
    ["a width beyond the limit", changed(372, 1)],
    ["more lines than the page has", changed(HEADER_BYTES, 4)],
    ["more pixels than the line has", changed(HEADER_BYTES + 1, 4)],
    ["the run length that the standard leaves out", changed(HEADER_BYTES + 1, 128)],
  ])("%s", (_, bytes) => {
    expect(readPwg(bytes)).toMatchObject({ ok: false, error: { code: "K-PRINT-301" } });
  });

  test("more pages than the limit", () => {
    expect(readPwg(stream(page, page, page), { ...pwgLimits, maxPages: 2 })).toMatchObject({ ok: false });
  });
});
