import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CreditReading, CreditResult } from "./codec/replies.ts";
import { applyReading } from "./credit-counter.ts";

fc.configureGlobal({ seed: 20261125 });

/** An acceptor's buffer as the specification tells it, built apart from the driver and from the simulator. */
function acceptor(startAt = 0) {
  let counter = startAt;
  const history: CreditResult[] = [];
  return {
    event(result: CreditResult) {
      counter = counter === 255 ? 1 : counter + 1;
      history.unshift(result);
    },
    powerUp() {
      counter = 0;
      history.length = 0;
    },
    read(): CreditReading {
      const results = Array.from({ length: 5 }, (_, n) => history[n] ?? { a: 0, b: 0 });
      return { counter, results };
    },
  };
}
const coin = (a: number): CreditResult => ({ a, b: 1 });

describe("the loss-safe counter", () => {
  it("reads the specification's own sequence: two coins, a third, and a rejected one", () => {
    const zero = { a: 0, b: 0 };
    const first = { counter: 1, results: [{ a: 1, b: 5 }, zero, zero, zero, zero] };
    expect(applyReading(0, first)).toEqual({ counter: 1, results: [{ a: 1, b: 5 }], lostEvents: 0, reset: false });
    const later = { counter: 4, results: [{ a: 0, b: 1 }, { a: 5, b: 5 }, { a: 1, b: 5 }, { a: 1, b: 5 }, zero] };
    expect(applyReading(2, later).results).toEqual([
      { a: 5, b: 5 },
      { a: 0, b: 1 },
    ]);
  });

  it("takes every event exactly once, in order, while there are at most five between two readings", () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.array(fc.array(fc.integer({ min: 1, max: 16 }), { maxLength: 5 })),
        (start, bursts) => {
          const device = acceptor(start);
          let last = start;
          const taken: number[] = [];
          for (const burst of bursts) {
            for (const a of burst) device.event(coin(a));
            const verdict = applyReading(last, device.read());
            expect(verdict).toMatchObject({ lostEvents: 0, reset: false });
            taken.push(...verdict.results.map((r) => r.a));
            last = verdict.counter;
          }
          expect(taken).toEqual(bursts.flat());
        },
      ),
    );
  });

  it("counts what was overwritten and never more or less than what happened", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 6, max: 254 }), (start, events) => {
        const device = acceptor(start);
        for (let n = 0; n < events; n++) device.event(coin((n % 16) + 1));
        const verdict = applyReading(start, device.read());
        expect(verdict.results).toHaveLength(5);
        expect(verdict.results.length + verdict.lostEvents).toBe(events);
      }),
    );
  });

  it("credits nothing on the first reading when the journal knows no counter", () => {
    const device = acceptor(7);
    device.event(coin(1));
    expect(applyReading(undefined, device.read())).toEqual({ counter: 8, results: [], lostEvents: 0, reset: false });
  });

  it("sees a power-up by the zero, and by the other sign when the counter has moved on", () => {
    const device = acceptor(200);
    device.powerUp();
    expect(applyReading(200, device.read())).toMatchObject({ counter: 0, results: [], reset: true, lostEvents: 0 });
    device.event(coin(3));
    const verdict = applyReading(200, device.read(), true);
    expect(verdict).toEqual({ counter: 1, results: [coin(3)], lostEvents: 0, reset: true });
  });

  it("is quiet when nothing happened, also at zero", () => {
    const device = acceptor();
    expect(applyReading(0, device.read())).toEqual({ counter: 0, results: [], lostEvents: 0, reset: false });
  });
});
