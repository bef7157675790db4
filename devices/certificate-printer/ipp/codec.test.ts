import fc from "fast-check";
import ipp from "ipp";
import { describe, expect, test } from "vitest";
import { unwrap } from "../../../src/kernel/result.ts";
import { decodeIpp, ippLimits } from "./decode.ts";
import { encodeIpp } from "./encode.ts";
import {
  attribute,
  collection,
  type IppAttribute,
  type IppMessage,
  type IppValue,
  integer,
  keyword,
} from "./message.ts";
import { goldenVectors, octets } from "./rfc8010.vectors.ts";
import { localizedTags, outOfBandTags, textTags } from "./tags.ts";

const HEAD = "0200 0000 00000001";

function why(bytes: Uint8Array, limits = ippLimits): unknown {
  const decoded = decodeIpp(bytes, limits);
  if (decoded.ok) throw new Error("accepted");
  expect(decoded.error.code).toBe("K-PRINT-102");
  return decoded.error.detail?.why;
}

describe("the examples of RFC 8010, Appendix A", () => {
  test.each(goldenVectors.map((v) => [v.title, v] as const))("%s is read and written octet by octet", (_, vector) => {
    const bytes = octets(vector.octets);
    expect(unwrap(decodeIpp(bytes))).toEqual(vector.message);
    expect(encodeIpp(vector.message)).toEqual(bytes);
  });
});

describe("values", () => {
  test("every kind of value has its octets", () => {
    const bytes = octets(`${HEAD} 04
      22 0001 'b' 0001 00
      30 0001 'o' 0003 00ff80
      31 0001 'd' 000b 07ea0b18 0a1e0000 2b 0900
      32 0001 'r' 0009 00000258 00000258 03
      32 0001 's' 0009 000000ec 000000ec 04
      33 0001 'i' 0008 ffffffff 7fffffff
      35 0001 't' 0009 0002 'ja' 0003 e7aa93
      13 0001 'n' 0000
      7f 0001 'x' 0006 40000001 0102
      21 0001 'm' 0004 80000000 03`);
    const message = unwrap(decodeIpp(bytes));
    expect(message.groups[0]?.attributes.map((a) => a.values[0])).toEqual([
      { tag: "boolean", value: false },
      { tag: "octetString", value: Buffer.from("00ff80", "hex") },
      { tag: "dateTime", value: Buffer.from("07ea0b180a1e00002b0900", "hex") },
      { tag: "resolution", crossFeed: 600, feed: 600, units: "dpi" },
      { tag: "resolution", crossFeed: 236, feed: 236, units: "dpcm" },
      { tag: "rangeOfInteger", lower: -1, upper: 2147483647 },
      { tag: "textWithLanguage", language: "ja", value: "窓" },
      { tag: "outOfBand", reason: "no-value" },
      { tag: "other", code: 0x7f, bytes: Buffer.from("400000010102", "hex") },
      { tag: "integer", value: -2147483648 },
    ]);
    expect(encodeIpp(message)).toEqual(bytes);
  });

  test.each([
    ["an integer of three octets", "21 0001 'a' 0003 000001", 0x21],
    ["a boolean of 2", "22 0001 'a' 0001 02", 0x22],
    ["a keyword that is not UTF-8", "44 0001 'a' 0002 ff61", 0x44],
    ["a resolution in unknown units", "32 0001 'a' 0009 00000258 00000258 05", 0x32],
    ["a name with language whose inner lengths do not add up", "36 0001 'a' 0006 0002 'en' 0009", 0x36],
    ["an out-of-band value with octets", "10 0001 'a' 0001 00", 0x10],
    ["a tag of tomorrow", "39 0001 'a' 0001 00", 0x39],
  ])("%s is kept as it came and does not hide its neighbours", (_, field, code) => {
    const bytes = octets(`${HEAD} 04 ${field} 44 0001 'z' 0002 'ok' 03`);
    const message = unwrap(decodeIpp(bytes));
    expect(message.groups[0]?.attributes[0]?.values[0]).toMatchObject({ tag: "other", code });
    expect(message.groups[0]?.attributes[1]).toEqual(attribute("z", keyword("ok")));
    expect(encodeIpp(message)).toEqual(bytes);
  });

  test("a group of tomorrow keeps its number", () => {
    const bytes = octets(`${HEAD} 0e 44 0001 'z' 0002 'ok' 03`);
    const message = unwrap(decodeIpp(bytes));
    expect(message.groups[0]?.tag).toBe(0x0e);
    expect(encodeIpp(message)).toEqual(bytes);
  });
});

describe("what is refused", () => {
  test("the 13 octets that use up the memory of two npm decoders", () => {
    expect(why(Buffer.from("02000000000000010147ffff61", "hex"))).toBe("name-too-long");
  });

  test.each([
    ["nothing", "", "truncated"],
    ["a message without its end", `${HEAD} 01 47 0001 'a' 0001 'b'`, "truncated"],
    ["a value longer than the message", `${HEAD} 01 47 0001 'a' 0010 'b' 03`, "truncated"],
    ["a value longer than the standard allows", `${HEAD} 01 47 0001 'a' ffff 'b' 03`, "value-too-long"],
    ["a value without an attribute", `${HEAD} 01 44 0000 0001 'a' 03`, "value-without-attribute"],
    ["an attribute without a group", `${HEAD} 44 0001 'a' 0001 'a' 03`, "attribute-without-group"],
    ["the reserved group 0", `${HEAD} 00 03`, "bad-group"],
    ["a name that is not UTF-8", `${HEAD} 01 44 0001 ff 0001 'a' 03`, "bad-name"],
    ["an end of a collection that never began", `${HEAD} 01 37 0001 'a' 0000 03`, "bad-collection"],
    ["a collection that never ends", `${HEAD} 01 34 0001 'a' 0000 03`, "bad-collection"],
    ["a member without a name", `${HEAD} 01 34 0001 'a' 0000 21 0000 0004 00000001 37 0000 0000 03`, "bad-collection"],
    ["a member without a value", `${HEAD} 01 34 0001 'a' 0000 4a 0000 0001 'm' 37 0000 0000 03`, "bad-collection"],
  ])("%s", (_, notation, problem) => {
    expect(why(octets(notation))).toBe(problem);
  });

  test("collections nested deeper than the limit, without deep recursion", () => {
    const open = "34 0000 0000 4a 0000 0001 'm' ";
    const deep = octets(`${HEAD} 01 34 0001 'a' 0000 4a 0000 0001 'm' ${open.repeat(5000)}`);
    expect(why(deep)).toBe("nested-too-deep");
  });

  test("more values, and more octets of attributes, than the limits", () => {
    const many = octets(`${HEAD} 01 21 0001 'a' 0004 00000001 ${"21 0000 0004 00000001 ".repeat(10)} 03`);
    expect(why(many, { ...ippLimits, maxValues: 10 })).toBe("too-many-values");
    expect(why(many, { ...ippLimits, maxAttributeBytes: 40 })).toBe("too-many-bytes");
  });

  test("an attribute that cannot be encoded is a bug of the caller", () => {
    const message = (a: IppAttribute): IppMessage => ({
      version: { major: 2, minor: 0 },
      code: 2,
      requestId: 1,
      groups: [{ tag: "job", attributes: [a] }],
      data: Buffer.alloc(0),
    });
    expect(() => encodeIpp(message(attribute("empty")))).toThrow(RangeError);
    expect(() => encodeIpp(message(attribute("long", keyword("x".repeat(40_000)))))).toThrow(RangeError);
    expect(() => encodeIpp(message(attribute("c", collection({ name: "m", values: [] }))))).toThrow(RangeError);
  });
});

const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const bytesOf = (maxLength: number) => fc.uint8Array({ maxLength }).map((b) => Buffer.from(b));
const shortName = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" });

const values = fc.letrec<{ value: IppValue; member: IppAttribute }>((tie) => ({
  member: fc.record({ name: shortName, values: fc.array(tie("value"), { minLength: 1, maxLength: 3 }) }),
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ tag: fc.constantFrom("integer" as const, "enum" as const), value: int32 }),
    fc.record({ tag: fc.constant("boolean" as const), value: fc.boolean() }),
    fc.record({
      tag: fc.constantFrom(...(Object.keys(textTags) as (keyof typeof textTags)[])),
      value: fc.string({ unit: "grapheme", maxLength: 30 }),
    }),
    fc.record({
      tag: fc.constantFrom(...(Object.keys(localizedTags) as (keyof typeof localizedTags)[])),
      language: fc.constantFrom("ja", "en-us"),
      value: fc.string({ unit: "grapheme", maxLength: 30 }),
    }),
    fc.record({ tag: fc.constant("octetString" as const), value: bytesOf(30) }),
    fc.record({
      tag: fc.constant("resolution" as const),
      crossFeed: int32,
      feed: int32,
      units: fc.constantFrom("dpi" as const, "dpcm" as const),
    }),
    fc.record({ tag: fc.constant("rangeOfInteger" as const), lower: int32, upper: int32 }),
    fc.record({
      tag: fc.constant("outOfBand" as const),
      reason: fc.constantFrom(...(Object.keys(outOfBandTags) as (keyof typeof outOfBandTags)[])),
    }),
    fc.record({ tag: fc.constant("collection" as const), members: fc.array(tie("member"), { maxLength: 3 }) }),
  ),
}));

const messages: fc.Arbitrary<IppMessage> = fc.record({
  version: fc.record({ major: fc.nat(255), minor: fc.nat(255) }),
  code: fc.nat(0xffff),
  requestId: int32,
  groups: fc.array(
    fc.record({
      tag: fc.constantFrom("operation" as const, "job" as const, "printer" as const, 0x0b),
      attributes: fc.array(values.member, { maxLength: 4 }),
    }),
    { maxLength: 4 },
  ),
  data: bytesOf(20),
});

function valueCount(value: IppValue): number {
  if (value.tag !== "collection") return 1;
  return 1 + value.members.reduce((sum, m) => sum + m.values.reduce((s, v) => s + valueCount(v), 0), 0);
}

describe("properties", () => {
  test("what is encoded is decoded again", () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(unwrap(decodeIpp(encodeIpp(message)))).toEqual(message);
      }),
      { seed: 8010 },
    );
  });

  test("byte soup never throws and never grows; what is accepted is given back octet by octet", () => {
    const head = Buffer.from("0200000000000001", "hex");
    const soup = fc.uint8Array({ maxLength: 400 }).map((b) => Buffer.concat([head, b]));
    const tagSoup = fc
      .array(fc.constantFrom(1, 2, 3, 0, 0, 0, 0, 1, 4, 0x21, 0x34, 0x37, 0x4a, 0x44, 0x7f, 0xff), { maxLength: 200 })
      .map((b) => Buffer.concat([head, Buffer.from([1, ...b])]));
    const mutated = fc.tuple(messages, fc.nat(), fc.nat(255)).map(([message, where, byte]) => {
      const bytes = encodeIpp(message);
      bytes[where % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(soup, tagSoup, mutated, fc.uint8Array({ maxLength: 40 })), (bytes) => {
        const decoded = decodeIpp(bytes);
        if (!decoded.ok) return;
        expect(encodeIpp(decoded.value).equals(bytes)).toBe(true);
        const all = decoded.value.groups.flatMap((g) => g.attributes.flatMap((a) => a.values));
        expect(all.reduce((sum, v) => sum + valueCount(v), 0)).toBeLessThanOrEqual(bytes.length / 5);
      }),
      { seed: 8010, numRuns: 3000 },
    );
  });
});

describe("npm ipp as a judge of well-formed messages", () => {
  test("reads what we write", () => {
    const ours = encodeIpp({
      version: { major: 2, minor: 0 },
      code: 0x0002,
      requestId: 7,
      groups: [
        {
          tag: "operation",
          attributes: [
            attribute("attributes-charset", { tag: "charset", value: "utf-8" }),
            attribute("attributes-natural-language", { tag: "naturalLanguage", value: "en" }),
            attribute("job-name", { tag: "name", value: "窓口" }),
          ],
        },
        {
          tag: "job",
          attributes: [
            attribute("copies", integer(1)),
            attribute("media-col", collection(attribute("media-type", keyword("stationery")))),
          ],
        },
      ],
      data: Buffer.from("raster"),
    });
    expect(ipp.parse(ours)).toMatchObject({
      version: "2.0",
      operation: "Print-Job",
      id: 7,
      "operation-attributes-tag": { "job-name": "窓口" },
      "job-attributes-tag": { copies: 1, "media-col": { "media-type": "stationery" } },
      data: "raster",
    });
  });

  test("writes what we read", () => {
    const theirs = ipp.serialize({
      operation: "Get-Jobs",
      id: 9,
      "operation-attributes-tag": {
        "printer-uri": "ipp://127.0.0.1/ipp/print",
        "which-jobs": "completed",
        "requested-attributes": ["job-id", "job-name"],
      },
    });
    const message = unwrap(decodeIpp(theirs));
    expect(message).toMatchObject({ code: 0x000a, requestId: 9 });
    expect(message.groups[0]?.attributes.slice(-2)).toEqual([
      attribute("which-jobs", keyword("completed")),
      attribute("requested-attributes", keyword("job-id"), keyword("job-name")),
    ]);
  });
});
