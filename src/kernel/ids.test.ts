import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdSource } from "./ids.ts";

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("ids", () => {
  it("are UUIDs version 7 as in the example of RFC 9562, appendix A.6", () => {
    const random = () => Uint8Array.from(Buffer.from("18c4dc0c0c07398f", "hex"));
    const next = createIdSource({ nowMs: () => 0x017f22e279b0 }, random);
    // The example's counter bits are random (CC3); ours count from 0 within a millisecond (section 6.2, method 1).
    expect(next()).toBe("017f22e2-79b0-7000-98c4-dc0c0c07398f");
    expect(next()).toBe("017f22e2-79b0-7001-98c4-dc0c0c07398f");
  });

  it("always sort in the order of their making, also when the clock stands still or goes back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 300 }), (jumps) => {
        let nowMs = Date.UTC(2026, 10, 24);
        const next = createIdSource({ nowMs: () => nowMs });
        const made = jumps.map((jump) => {
          nowMs += jump;
          return next();
        });
        expect(made).toEqual([...made].sort());
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  it("stay in order past 4,096 in one millisecond", () => {
    const next = createIdSource({ nowMs: () => 1_000 });
    const made = Array.from({ length: 9_000 }, next);
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(9_000);
    for (const id of made) expect(id).toMatch(UUID_7);
  });
});
