import { describe, expect, it } from "vitest";
import { unwrap } from "../../kernel/result.ts";
import { createTurns, type Place } from "./turns.ts";

const never = new AbortController().signal;

/** Enters and asks for its turn; `has` tells whether it came. */
async function visitor(place: Place, signal = never) {
  const seen = { has: "waits" };
  void place.turn(signal).then((turn) => {
    seen.has = turn.ok ? "works" : turn.error.code;
  });
  await settled();
  return seen;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("turns", () => {
  it("let so many work, so many wait, and nobody else in", async () => {
    const turns = createTurns({ atOnce: 1, waiting: 1 });
    const [first, second] = [unwrap(turns.enter()), unwrap(turns.enter())];
    expect(turns.enter()).toMatchObject({ ok: false, error: { code: "K-INQ-101" } });
    const [a, b] = [await visitor(first), await visitor(second)];
    expect([a.has, b.has]).toEqual(["works", "waits"]);
    first.leave();
    first.leave();
    await settled();
    expect(b.has).toBe("works");
    expect(turns.enter().ok).toBe(true);
    expect(turns.enter().ok).toBe(false);
  });

  it("hold a place for a scan that is still arriving, and free it when the visitor goes before his turn", () => {
    const turns = createTurns({ atOnce: 1, waiting: 0 });
    const arriving = unwrap(turns.enter());
    expect(turns.enter().ok).toBe(false);
    arriving.leave();
    expect(turns.enter().ok).toBe(true);
  });

  it("let the next work while an answer is still being taken, and hold its place until then", async () => {
    const turns = createTurns({ atOnce: 1, waiting: 1 });
    const [first, second] = [unwrap(turns.enter()), unwrap(turns.enter())];
    await visitor(first);
    const b = await visitor(second);
    first.rest();
    first.rest();
    await settled();
    expect([b.has, turns.enter().ok]).toEqual(["works", false]);
    first.leave();
    const third = unwrap(turns.enter());
    expect((await visitor(third)).has).toBe("waits");
  });

  it("pass by whoever gave up while waiting", async () => {
    const turns = createTurns({ atOnce: 1, waiting: 2 });
    const [first, second, third] = [unwrap(turns.enter()), unwrap(turns.enter()), unwrap(turns.enter())];
    await visitor(first);
    const goes = new AbortController();
    const [b, c] = [await visitor(second, goes.signal), await visitor(third)];
    goes.abort();
    await settled();
    second.leave();
    expect([b.has, c.has]).toEqual(["K-CMD-102", "waits"]);
    first.leave();
    await settled();
    expect(c.has).toBe("works");
    expect((await visitor(unwrap(turns.enter()), goes.signal)).has).toBe("K-CMD-102");
  });
});
