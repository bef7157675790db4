import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Personal } from "../../src/kernel/personal.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { createReaderPlace } from "../../test/support/embedded-reader.ts";
import { untilPresence } from "../../test/support/reader-waits.ts";
import type { CardSession } from "./port.ts";
import type { SupervisedCardReader } from "./reader.ts";
import { createSimulatedCard } from "./simulator/simulated-card.ts";
import { testProfile } from "./simulator/test-cards.ts";

let place: ReturnType<typeof createReaderPlace>;
beforeEach(() => {
  place = createReaderPlace();
});
afterEach(() => place.end());

const newCard = () => createSimulatedCard({ profile: testProfile() });
const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);
const VERIFY = 0x20;

describe("a card that loses its field for a moment", () => {
  it.each([
    ["before the command arrives", false],
    ["after the card has carried it out", true],
  ])(
    "at any command of a session, %s: K-CARD-103, no change of presence, and the next session is whole",
    async (_, heard) => {
      const reader = place.startReader({ settleMs: 400 });
      const card = newCard();
      let commands = 0;
      let pins = 0;
      card.onCommand((apdu) => {
        commands += 1;
        if (apdu[1] === VERIFY && apdu.length > 5) pins += 1;
      });
      const [first] = await place.sessionWith(card, reader);
      const changes: boolean[] = [];
      reader.onPresence((present) => changes.push(present));
      expect(await wholeSession(first)).toBe("ok");
      await first.close();
      const all = commands;
      expect(all).toBeGreaterThan(15);
      for (let at = 0; at < all; at++) {
        const dropped = await connectAgain(reader);
        pins = 0;
        card.dropOutAfter(at, heard);
        expect(await wholeSession(dropped), `command ${at}`).toBe("K-CARD-103");
        // What was sent once is never sent again by the driver: one PIN of the authentication, one of the items.
        expect(pins).toBeLessThanOrEqual(2);
        expect(codeOf(await dropped.identify())).toBe("K-CARD-103");
        expect([card.pins.auth.triesLeft, card.pins.items.triesLeft]).toEqual([3, 3]);
        const next = await connectAgain(reader);
        expect(codeOf(await next.signDigest(new Uint8Array(32)))).toBe("K-CARD-107");
        await next.close();
      }
      expect(await wholeSession(await connectAgain(reader))).toBe("ok");
      expect(changes).toEqual([]);
    },
  );

  it("and a wrong PIN in that moment: the one try that the card counted, and no other", async () => {
    for (const heard of [false, true]) {
      const reader = place.startReader({ settleMs: 400 });
      const card = newCard();
      const [session, inserted] = await place.sessionWith(card, reader);
      card.dropOutAfter(2, heard);
      expect(codeOf(await session.verifyPin(new Personal("0000")))).toBe("K-CARD-103");
      const next = await connectAgain(reader);
      expect(unwrap(await next.identify()).triesLeft).toBe(heard ? 2 : 3);
      await inserted.remove();
      await reader.close();
    }
  });

  it("that stays away is told as gone, once", async () => {
    const reader = place.startReader({ settleMs: 50 });
    const [session, inserted] = await place.sessionWith(newCard(), reader);
    const changes: boolean[] = [];
    reader.onPresence((present) => changes.push(present));
    await inserted.remove();
    await untilPresence(reader, false);
    expect(codeOf(await session.identify())).toBe("K-CARD-103");
    expect(changes).toEqual([false]);
  });
});

/** Everything that an issuance asks of a card; the first code that is not ok. */
async function wholeSession(session: CardSession): Promise<string> {
  const pin = () => new Personal("1234");
  const steps: readonly (() => Promise<Result<unknown>>)[] = [
    () => session.identify(),
    () => session.verifyPin(pin()),
    () => session.readAuthCertificate(),
    () => session.signDigest(new Uint8Array(32)),
    () => session.readFourItems(pin()),
  ];
  for (const step of steps) {
    const result = await step();
    if (!result.ok) return result.error.code;
  }
  return "ok";
}

/** A session as soon as the card is back in the field. */
async function connectAgain(reader: SupervisedCardReader): Promise<CardSession> {
  for (;;) {
    const connected = await reader.connect();
    if (connected.ok) return connected.value;
    expect(["K-CARD-101", "K-CARD-103"]).toContain(connected.error.code);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
