import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Personal } from "../../src/kernel/personal.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { createReaderPlace } from "../../test/support/embedded-reader.ts";
import { untilPresence, untilWord } from "../../test/support/reader-waits.ts";
import { createSimulatedCard } from "./simulator/simulated-card.ts";
import { testProfile } from "./simulator/test-cards.ts";

let place: ReturnType<typeof createReaderPlace>;
beforeEach(() => {
  place = createReaderPlace();
});
afterEach(() => place.end());

const newCard = () => createSimulatedCard({ profile: testProfile() });
const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);

describe("restarting the reader", () => {
  it("gives it a fresh process, ends the session, and the card has forgotten its PIN", async () => {
    const reader = place.startReader();
    const [session] = await place.sessionWith(newCard(), reader);
    unwrap(await session.verifyPin(new Personal("1234")));
    const before = reader.childPid();
    const words: string[] = [];
    reader.onStatus(({ word, cause }) => words.push(cause ? `${word} ${cause.code}` : word));
    expect(codeOf(await reader.reopen())).toBe("ok");
    expect(words).toEqual(["offline K-CARD-105", "online"]);
    expect(reader.childPid()).not.toBe(before);
    expect(codeOf(await session.identify())).toBe("K-CARD-105");
    await untilPresence(reader, true);
    const next = unwrap(await reader.connect());
    expect(codeOf(await next.signDigest(new Uint8Array(32)))).toBe("K-CARD-107");
  });

  it("frees a command that hangs, without waiting for the watchdog", async () => {
    const reader = place.startReader();
    const card = newCard();
    const [session] = await place.sessionWith(card, reader);
    card.goSilentAfter(0);
    const silent = new Promise<void>((resolve) => card.onCommand(() => resolve()));
    const identified = session.identify();
    await silent;
    const restarted = reader.reopen();
    expect(codeOf(await identified)).toBe("K-CARD-105");
    card.recover();
    expect(codeOf(await restarted)).toBe("ok");
  });

  it("twice at the same time is twice, one after the other", async () => {
    const reader = place.startReader();
    await untilWord(reader, "online");
    expect((await Promise.all([reader.reopen(), reader.reopen()])).map(codeOf)).toEqual(["ok", "ok"]);
  });

  it("that does not help says what keeps the reader away; closed meanwhile, it ends", async () => {
    place.address = `unix:${join(place.folder, "no", "such", "folder", "reader")}`;
    const reader = place.startReader();
    await new Promise<void>((resolve) => reader.onStatus((status) => status.cause && resolve()));
    const giveUp = new AbortController();
    const reopened = reader.reopen({ signal: giveUp.signal });
    // First the restart itself is the cause, then what keeps the new process away.
    await new Promise<void>((resolve) =>
      reader.onStatus(({ cause }) => cause?.code === "K-CARD-112" && setImmediate(resolve)),
    );
    giveUp.abort();
    const failed = await reopened;
    expect(failed).toMatchObject({ error: { code: "K-CARD-105", cause: { code: "K-CARD-112" } } });
    const waiting = reader.reopen();
    await reader.close();
    expect(codeOf(await waiting)).toBe("K-CMD-102");
    expect(codeOf(await reader.reopen())).toBe("K-CMD-102");
  });
});
