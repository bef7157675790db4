import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { SimulatedCardProfile } from "../../../devices/card-reader/simulator/profile.ts";
import { createSimulatedCard, type SimulatedCard } from "../../../devices/card-reader/simulator/simulated-card.ts";
import { createJudgedCard } from "../../../test/support/judged-card.ts";
import { MUNICIPALITY } from "../../../test/support/kiosk-centres.ts";
import { type KioskRig, newCard, startKioskRig } from "../../../test/support/kiosk-rig.ts";
import { plasticSession } from "../../../test/support/plastic-session.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { ok } from "../../kernel/result.ts";
import { languages } from "../../protocol/panel.ts";
import { cardProblemOf } from "./flow/context.ts";

/** What a card says in bytes, followed through the driver's session and the flow to the words on the citizen's screen. */
let rig: KioskRig;
afterEach(() => rig?.stop());

const { profile } = createJudgedCard();
const plastic = (change: Partial<SimulatedCardProfile> = {}) =>
  createSimulatedCard({ profile: { ...profile, ...change } });

/** A kiosk that asks for a card, and the hand that lays plastic on its reader. */
async function atTheReader() {
  rig = await startKioskRig();
  const { cardReader } = rig.devices;
  let lying = plastic();
  cardReader.connect = async () => ok(plasticSession(lying, rig.clock));
  await rig.at("language");
  rig.hands.touch({ touch: "chooseLanguage", language: "en" });
  rig.hands.touch({ touch: "agree" });
  return {
    put(card: SimulatedCard) {
      lying = card;
      cardReader.place(newCard());
    },
    take: () => cardReader.take(),
    problem: () => rig.until("a problem", (v) => v.step === "card" && v.problem !== undefined).then(({ view }) => view),
  };
}

async function chooseAndEnter(pin: string): Promise<void> {
  await rig.at("municipality");
  rig.hands.touch({ touch: "chooseMunicipality", code: MUNICIPALITY, relation: "residence" });
  await rig.hands.enterPin(pin);
}

/** Counts the PINs that were sent. */
function countPins(card: SimulatedCard): () => number {
  let pins = 0;
  card.onCommand((apdu) => {
    if (apdu[1] === 0x20 && apdu.length > 5) pins += 1;
  });
  return () => pins;
}

describe("a card that is not the right one", () => {
  test.each([
    ["a juki card", { kind: "jukiCard" }, "jukiCard"],
    ["a juki card without JPKI", { kind: "jukiCard", withoutJpki: true }, "jukiCard"],
    ["an Android phone", { kind: "androidPhone" }, "androidPhone"],
    ["an iPhone", { kind: "iPhone" }, "iPhone"],
    ["a point card", { kind: "plain" }, "unknown"],
    ["a My Number card without JPKI", { withoutJpki: true }, "myNumberCardWithoutJpki"],
  ] as const)("%s is told what it is, costs no try, and may be changed for the right card", async (_, change, key) => {
    const reader = await atTheReader();
    const card = plastic(change);
    const pins = countPins(card);
    reader.put(card);
    expect(await reader.problem()).toEqual({ step: "card", problem: { key: `card.problem.${key}` } });
    expect([pins(), card.pins.auth.triesLeft]).toEqual([0, 3]);
    reader.take();
    reader.put(plastic());
    await rig.at("municipality");
  });

  test.each(languages)("every sentence in %s is its own, says that no money was taken, and whom to ask", (language) => {
    const file = join(import.meta.dirname, "../../../ui/locales", language, "panel.json");
    const table = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>);
    const texts = table.filter(([key]) => key.startsWith("card.problem.")).map(([, text]) => text);
    const [money, ask] =
      language === "ja"
        ? ["お金はいただいていません。", /係の人|市区町村/]
        : ["No money was taken.", /staff|town hall/];
    expect(new Set(texts).size).toBe(9);
    for (const text of texts) {
      expect(text).toContain(money);
      expect(text).toMatch(ask);
    }
  });
});

describe.each([0x63c0, 0x6983, 0x6984] as const)("a blocked PIN that the card tells with %i", (blockedAnswer) => {
  test("ends the session before the citizen enters it, in the words for a locked PIN", async () => {
    const reader = await atTheReader();
    const card = createSimulatedCard({ profile, behaviour: { blockedAnswer } });
    const pins = countPins(card);
    card.pins.auth.triesLeft = 0;
    reader.put(card);
    const what = { what: { key: "ended.what.pinBlocked" }, moneyOutcome: { money: "notTaken" } };
    expect(await rig.at("ended")).toMatchObject({ ...what, next: { key: "ended.next.townHall" }, left: ["card"] });
    expect(pins()).toBe(0);
  });

  test("ends the session with the same words when the last try was wrong, or was spent elsewhere meanwhile", async () => {
    for (const spentElsewhere of [false, true]) {
      const reader = await atTheReader();
      const card = createSimulatedCard({ profile, behaviour: { blockedAnswer } });
      card.pins.auth.triesLeft = 1;
      reader.put(card);
      await rig.at("municipality");
      if (spentElsewhere) card.pins.auth.triesLeft = 0;
      await chooseAndEnter(spentElsewhere ? "1234" : "9999");
      expect(await rig.at("ended")).toMatchObject({ what: { key: "ended.what.pinBlocked" } });
      if (!spentElsewhere) await rig.stop();
    }
  });
});

describe("a card that loses its field for a moment", () => {
  test("at any command of a session is said to have moved; put on again it is read, and no try was spent", async () => {
    const commands = await commandsOf(async (card, reader) => {
      reader.put(card);
      await chooseAndEnter("1234");
      await rig.at("removeCard");
    });
    expect(commands).toBeGreaterThan(15);
    for (let at = 0; at < commands; at++) {
      const reader = await atTheReader();
      const card = plastic();
      const pins = countPins(card);
      card.dropOutAfter(at);
      reader.put(card);
      const asked = rig.until("pin or problem", (v) => v.step === "municipality" || ("problem" in v && !!v.problem));
      if ((await asked).view.step === "municipality") await chooseAndEnter("1234");
      expect(await reader.problem(), `dropped out at command ${at}`).toMatchObject({
        problem: { key: "card.problem.moved" },
      });
      // One of the authentication, one of the items; nobody enters the PIN again on the citizen's behalf.
      expect(pins()).toBeLessThanOrEqual(2);
      expect([card.pins.auth.triesLeft, card.pins.items.triesLeft]).toEqual([3, 3]);
      expect(rig.uplink.applications).toEqual([]);
      reader.take();
      reader.put(card);
      await rig.at("municipality");
      await rig.stop();
    }
  });
});

/** How many commands a card hears in a session. */
async function commandsOf(
  session: (card: SimulatedCard, reader: Awaited<ReturnType<typeof atTheReader>>) => Promise<void>,
): Promise<number> {
  const reader = await atTheReader();
  const card = plastic();
  let commands = 0;
  card.onCommand(() => {
    commands += 1;
  });
  await session(card, reader);
  await rig.stop();
  return commands;
}

describe("a reader that goes away", () => {
  test.each(["waiting for a card", "with the card read", "at the PIN"] as const)(
    "%s: the citizen is told that it is the reader, and goes on when it is back",
    async (when) => {
      const reader = await atTheReader();
      if (when !== "waiting for a card") {
        reader.put(plastic());
        await rig.at("municipality");
      }
      if (when === "at the PIN") {
        rig.hands.touch({ touch: "chooseMunicipality", code: MUNICIPALITY, relation: "residence" });
        await rig.at("pin");
      }
      // As the driver tells it: the status first, then that nothing lies there any more.
      rig.devices.cardReader.fail("K-CARD-105");
      if (when !== "waiting for a card") reader.take();
      expect(await reader.problem()).toEqual({ step: "card", problem: { key: "card.problem.reader" } });
      rig.devices.cardReader.fail(undefined);
      await rig.until("the reader is back", (v) => v.step === "card" && v.problem?.key !== "card.problem.reader");
      reader.put(plastic());
      await rig.at("municipality");
    },
  );

  test("what a command fails with decides whether it was the card or the reader", () => {
    const problems = (codes: readonly ErrorCode[]) => codes.map(cardProblemOf);
    expect(problems(["K-CARD-101", "K-CARD-103"])).toEqual(["moved", "moved"]);
    expect(problems(["K-CARD-104", "K-CARD-105"])).toEqual(["reader", "reader"]);
    expect(problems(["K-CARD-108", "K-CARD-111", "K-CMD-101"])).toEqual(["unreadable", "unreadable", "unreadable"]);
  });
});
