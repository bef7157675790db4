import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCardReader, type SupervisedCardReader } from "../../devices/card-reader/reader.ts";
import { insertCard } from "../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard, type SimulatedCard } from "../../devices/card-reader/simulator/simulated-card.ts";
import { testProfile } from "../../devices/card-reader/simulator/test-cards.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { MUNICIPALITY } from "../support/kiosk-centres.ts";
import type { FaultCase, FaultOutcome } from "./fault-case.ts";
import type { FaultWorld } from "./fault-world.ts";

/** The reader has a real child process and real time; a card is a client of its socket. */
const folder = mkdtempSync(join(tmpdir(), "mdg-fault-card-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let readers = 0;
const WATCHDOG_MS = 300;
const DIGITS = [1, 2, 3, 4];

function startReader() {
  readers += 1;
  const address = `unix:${join(folder, `reader-${readers}`)}`;
  const reader = unwrap(
    createCardReader({
      name: "cardReader",
      address,
      clock: systemClock,
      logger: silentLogger,
      watchdogMs: WATCHDOG_MS,
      backoff: { firstMs: 400, maxMs: 400 },
      random: () => 0,
    }),
  );
  return { reader, address };
}

type Hands = (world: FaultWorld, card: SimulatedCard, takeOff: () => Promise<void>) => void | Promise<void>;

/** A citizen lays a card on the reader; `accident` happens before the PIN is entered, or instead of it. */
function withCard(
  name: string,
  expected: FaultOutcome,
  accident: Hands,
  options: { readonly when: string; readonly makeCard?: () => SimulatedCard; readonly until: string },
): FaultCase {
  let slot: ReturnType<typeof startReader> | undefined;
  return {
    device: "cardReader",
    fault: name,
    when: options.when,
    reader() {
      slot = startReader();
      return slot.reader;
    },
    expected,
    async play(world) {
      const { touch, real, view } = world;
      const { address } = slot as ReturnType<typeof startReader>;
      await world.untilStep("language");
      const { cardReader } = world.devices;
      await real("a reader", () => cardReader.status().word === "online");
      await world.untilStep("language");
      let first: Pick<FaultOutcome, "word" | "code"> = { word: "online", code: "" };
      cardReader.onStatus(({ word, cause }) => {
        if (word !== "online" && first.word === "online") first = { word, code: cause?.code ?? "" };
      });
      touch({ touch: "chooseLanguage", language: "ja" });
      touch({ touch: "agree" });
      const card = options.makeCard?.() ?? createSimulatedCard({ profile: testProfile() });
      const inserted = unwrap(insertCard(card, address, { clock: systemClock }));
      await real("the card is known", () => ["municipality", "ended"].includes(view().step));
      if (view().step === "municipality") {
        touch({ touch: "chooseMunicipality", code: MUNICIPALITY, relation: "residence" });
        for (const digit of DIGITS) touch({ touch: "pinDigit", digit });
      }
      await accident(world, card, () => inserted.remove());
      if (view().step === "pin") touch({ touch: "pinEnter" });
      await real(options.until, () => view().step === options.until);
      const shown = view();
      const what =
        shown.step === "ended"
          ? `nothing is issued${shown.code ? ` (${shown.code})` : `: ${shown.what.key}`}`
          : `asks for the card again`;
      await inserted.remove();
      return { ...first, flow: what, money: "none was taken" };
    },
  };
}

/** The reader's process is killed while nobody is there; it comes back by itself. */
function processDies(): FaultCase {
  let reader: SupervisedCardReader | undefined;
  return {
    device: "cardReader",
    fault: "its process is killed",
    when: "nobody is there",
    reader() {
      reader = startReader().reader;
      return reader;
    },
    expected: {
      word: "offline",
      code: "K-CARD-105",
      flow: "out of service until it is mended",
      money: "none was taken",
    },
    async play(world) {
      const { real, view } = world;
      await real("a reader", () => world.devices.cardReader.status().word === "online");
      await world.untilStep("language");
      process.kill(reader?.childPid() ?? 0, "SIGKILL");
      await real("out of service", () => view().step === "outOfService");
      const { word, cause } = world.devices.cardReader.status();
      await real("the first screen", () => view().step === "language");
      return { word, code: cause?.code ?? "", flow: "out of service until it is mended", money: "none was taken" };
    },
  };
}

const online = { word: "online", code: "" } as const;

/** Faults of the card and its reader. */
export const cardCases: readonly FaultCase[] = [
  processDies(),
  withCard(
    "the card is taken off before its PIN was sent",
    { ...online, flow: "asks for the card again", money: "none was taken" },
    (_w, _card, takeOff) => takeOff(),
    { when: "the citizen enters the PIN", until: "card" },
  ),
  withCard(
    "the card falls silent",
    { word: "offline", code: "K-CARD-104", flow: "asks for the card again", money: "none was taken" },
    (_w, card) => card.goSilentAfter(0),
    { when: "the PIN is checked", until: "card" },
  ),
];
