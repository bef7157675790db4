import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64Url, hashText, joinFields, toBase64Url } from "./encoding.ts";

describe("joined fields", () => {
  it("have the agreed bytes", () => {
    expect(joinFields("ab", "", "c").toString("hex")).toBe("000000026162000000000000000163");
    expect(joinFields("葛")).toEqual(Buffer.from([0, 0, 0, 3, 0xe8, 0x91, 0x9b]));
  });

  it("are the same bytes only for the same fields", () => {
    const fields = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const same = a.length === b.length && a.every((field, index) => field === b[index]);
        expect(joinFields(...a).equals(joinFields(...b))).toBe(same);
      }),
      { seed: 3 },
    );
  });
});

describe("hashes and base64url", () => {
  it('are SHA-256 without padding (FIPS 180-4, "abc")', () => {
    expect(hashText(Buffer.from("abc"))).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  });

  it("come back as they went, also from a view into a larger buffer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(new Uint8Array(fromBase64Url(toBase64Url(bytes)))).toEqual(bytes);
      }),
      { seed: 3 },
    );
    const whole = Uint8Array.of(1, 2, 3, 4);
    expect(toBase64Url(whole.subarray(1, 3))).toBe("AgM");
  });
});
