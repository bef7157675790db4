import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { createSettledPresence } from "./presence.ts";

const SETTLE_MS = 200;

function bench() {
  const clock = createFakeClock();
  const presence = createSettledPresence(clock, SETTLE_MS);
  const told: { readonly present: boolean; readonly atMs: number }[] = [];
  presence.onPresence((present) => told.push({ present, atMs: clock.monotonicMs() }));
  const words = () => told.map(({ present }) => (present ? "there" : "gone"));
  return { clock, presence, told, words };
}

describe("the presence of a card", () => {
  it("is told when the card lies still, however often it touched the field before", async () => {
    const { clock, presence, words } = bench();
    for (let n = 0; n < 4; n++) {
      presence.see(true);
      await clock.advance(SETTLE_MS - 1);
      presence.see(false);
      await clock.advance(20);
    }
    presence.see(true);
    await clock.advance(SETTLE_MS - 1);
    expect([presence.present(), words()]).toEqual([false, []]);
    await clock.advance(1);
    expect([presence.present(), words()]).toEqual([true, ["there"]]);
  });

  it("is not lost by a field that fails for a moment", async () => {
    const { clock, presence, words } = bench();
    presence.see(true);
    await clock.advance(SETTLE_MS);
    for (let n = 0; n < 5; n++) {
      presence.see(false);
      await clock.advance(SETTLE_MS - 1);
      presence.see(true);
      await clock.advance(1);
    }
    await clock.advance(10 * SETTLE_MS);
    expect(words()).toEqual(["there"]);
  });

  it("is over when the card stays away", async () => {
    const { clock, presence, words } = bench();
    presence.see(true);
    await clock.advance(SETTLE_MS);
    presence.see(false);
    await clock.advance(SETTLE_MS - 1);
    expect(words()).toEqual(["there"]);
    await clock.advance(1);
    expect([presence.present(), words()]).toEqual([false, ["there", "gone"]]);
  });

  it("is lost at once with the reader, and nothing is told afterwards", async () => {
    const { clock, presence, words } = bench();
    presence.see(true);
    await clock.advance(SETTLE_MS);
    presence.see(false);
    presence.lose();
    presence.lose();
    await clock.advance(10 * SETTLE_MS);
    expect(words()).toEqual(["there", "gone"]);
  });

  it("whatever the field does, changes alternate, are a settling time apart, and the last word is true", async () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3 * SETTLE_MS })), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(steps, async (field) => {
        const { clock, presence, told } = bench();
        for (const [present, forMs] of field) {
          presence.see(present);
          await clock.advance(forMs);
        }
        await clock.advance(SETTLE_MS);
        expect(presence.present()).toBe(field.at(-1)?.[0] ?? false);
        expect(told.every(({ present }, n) => present === (n % 2 === 0))).toBe(true);
        for (const [n, { atMs }] of told.entries())
          expect(atMs - (told[n - 1]?.atMs ?? -SETTLE_MS)).toBeGreaterThanOrEqual(SETTLE_MS);
      }),
      { numRuns: 50 },
    );
  });
});
