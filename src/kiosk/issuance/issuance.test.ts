import { afterEach, describe, expect, test } from "vitest";
import type { CardKind } from "../../../devices/card-reader/port.ts";
import { type KioskRig, newCard, personalWords, startKioskRig } from "../../../test/support/kiosk-rig.ts";
import { ok, type Result } from "../../kernel/result.ts";

let rig: KioskRig;
afterEach(() => rig.stop());

const start = async (...args: Parameters<typeof startKioskRig>) => {
  rig = await startKioskRig(...args);
  return rig;
};

describe("an issuance", () => {
  test("goes from the card to the paper, with change and receipt, and comes back to the first screen", async () => {
    const { hands, at, devices, uplink } = await start();
    await hands.toPay();
    hands.pay(500);
    const end = await at("takeEverything");
    expect(end.issued).toBe(true);
    expect(devices.certificatePrinter.printed).toHaveLength(1);
    expect(devices.coinVendor.boxYen).toBe(500);
    expect(devices.coinVendor.trayYen).toBe(200);
    expect(devices.receiptPrinter.receipts).toHaveLength(1);
    await hands.backToStart();
    expect(rig.lastSummary()).toMatchObject({
      result: "issued",
      bindingLevel: "L3",
      certificate: "resident-record",
      copies: 1,
      feeYen: 300,
      insertedYen: 500,
      changeYen: 200,
      owedYen: 0,
      impressions: 2,
      pages: 1,
    });
    expect(uplink.usages).toMatchObject([{ result: "issued", feeYen: 300, copies: 1 }]);
    expect(uplink.settled).toMatchObject([{ result: "issued", prints: [{}] }]);
    expect(rig.journal.openIntents()).toEqual([]);
  });

  test("prints over the raster what it was composed for", async () => {
    const { hands, at, devices, renderer } = await start();
    const place = { side: "back", xMm: 25, yMm: 212, widthMm: 160, heightMm: 66 } as const;
    const overlay = { ...place, widthPx: 1, heightPx: 1, cmyk: Uint8Array.of(0, 0, 0, 102) };
    renderer.overlays = [overlay];
    await hands.toPay();
    hands.pay(100, 100, 100);
    await at("takeEverything");
    expect(devices.certificatePrinter.overlays).toEqual([[overlay]]);
  });

  test("every citizen's step is shown in the order of the house", async () => {
    const { hands, at, seen } = await start();
    await hands.toPay();
    hands.pay(100, 100, 100);
    await at("takeEverything");
    const firstTimes = new Set(seen.map((v) => v.view.step));
    expect([...firstTimes]).toEqual([
      "language",
      "notice",
      "card",
      "municipality",
      "pin",
      "authenticating",
      "removeCard",
      "choose",
      "options",
      "copies",
      "confirm",
      "preparing",
      "pay",
      "printing",
      "receipt",
      "takeEverything",
    ]);
  });

  test("a seal registration certificate has no options", async () => {
    const { hands, at } = await start();
    await hands.toOffer();
    hands.touch({ touch: "selectCertificate", kind: "seal-registration" });
    hands.touch({ touch: "proceed" });
    expect((await at("copies")).feePerCopyYen).toBe(250);
  });

  test("the journal has the intent of each movement before it, and an outcome after it, in the order of the money", async () => {
    const { hands, at } = await start();
    await hands.toPay();
    hands.pay(500);
    await at("takeEverything");
    await hands.backToStart();
    const { sessionId = "" } = rig.lastSummary() ?? {};
    const kinds = rig.journal.sessionRows(sessionId).map((row) => row.kind);
    expect(kinds.filter((kind) => kind !== "settled")).toEqual([
      "fact.sessionOpened",
      "fact.bindingVerified",
      "intent.cashIn",
      "fact.paid",
      "intent.escrowAccept",
      "intent.print",
      "intent.payout",
      "intent.receipt",
      "summary",
    ]);
  });

  test("two copies are two documents and one after the other", async () => {
    const { hands, at, devices, uplink } = await start();
    await hands.toPay(2);
    hands.pay(500, 100);
    await at("takeEverything");
    expect(new Set(devices.certificatePrinter.printed).size).toBe(2);
    expect(devices.coinVendor.trayYen).toBe(0);
    await hands.backToStart();
    expect(uplink.settled[0]?.prints).toHaveLength(2);
  });
});

describe("the card and the PIN", () => {
  test("a wrong PIN is said with the tries left as the card tells them, and the last try is announced", async () => {
    const { hands, until } = await start();
    await hands.toCardRead(newCard());
    await hands.enterPin("9999");
    const second = (await until("wrong", (v) => v.step === "pin" && v.wrong)).view;
    expect(second).toMatchObject({ step: "pin", triesLeft: 2, lastTry: false, digits: 0 });
    await hands.enterPin("9999");
    const third = (await until("last try", (v) => v.step === "pin" && v.lastTry)).view;
    expect(third).toMatchObject({ triesLeft: 1 });
  });

  test("the third wrong PIN ends the session with the words for a locked PIN, and the card can be taken", async () => {
    const { hands, at } = await start();
    await hands.toCardRead(newCard({ triesLeft: 1 }));
    await hands.enterPin("9999");
    expect(await at("ended")).toMatchObject({
      reason: "refused",
      what: { key: "ended.what.pinBlocked" },
      moneyOutcome: { money: "notTaken" },
      left: ["card"],
    });
  });

  test("another kind of card gets its own words and may be changed for a right one", async () => {
    const { hands, at, until, devices } = await start();
    await at("language");
    hands.touch({ touch: "chooseLanguage", language: "en" });
    hands.touch({ touch: "agree" });
    devices.cardReader.place(newCard({ kind: "jukiCard" }));
    const refused = await until("problem", (v) => v.step === "card" && v.problem !== undefined);
    expect(refused.view).toMatchObject({ problem: { key: "card.problem.jukiCard" } });
    devices.cardReader.take();
    devices.cardReader.place(newCard());
    await at("municipality");
  });

  test("a card that is moved while it is read must be put on again, and no PIN is kept", async () => {
    const { hands, until, devices } = await start();
    await hands.toCardRead();
    hands.touch({ touch: "pinDigit", digit: 1 });
    devices.cardReader.take();
    const again = await until("card again", (v) => v.step === "card");
    expect(again.view).toMatchObject({ problem: { key: "card.problem.moved" } });
    devices.cardReader.place(newCard());
    await until("municipality", (v) => v.step === "municipality");
    expect(rig.devices.cardReader.openSessions).toBe(1);
  });

  test.each(["verifyPin", "readAuthCertificate", "signDigest", "readFourItems"] as const)(
    "a card that breaks off in %s is asked for again; no try and no signature is carried over",
    async (command) => {
      const { hands, until, devices, uplink } = await start();
      await hands.toCardRead();
      devices.cardReader.breaksIn = command;
      await hands.enterPin();
      const again = await until("card again", (v) => v.step === "card" && v.problem !== undefined);
      expect(again.view).toMatchObject({ problem: { key: "card.problem.moved" } });
      await new Promise((done) => setImmediate(done));
      expect(devices.cardReader.openSessions).toBe(0);
      expect(uplink.applications).toEqual([]);
      expect(devices.cardReader.pinsSeen.every((pin) => pin.wiped)).toBe(true);
      devices.cardReader.breaksIn = undefined;
      devices.cardReader.take();
      devices.cardReader.place(newCard());
      await until("municipality", (v) => v.step === "municipality");
    },
  );

  test("a journal that cannot be written moves no money", async () => {
    const { hands, at, journal, devices } = await start();
    await hands.toOffer();
    journal.intent = () => {
      throw new Error("disk full");
    };
    hands.touch({ touch: "selectCertificate", kind: "seal-registration" });
    for (let i = 0; i < 3; i++) hands.touch({ touch: "proceed" });
    expect(await at("ended")).toMatchObject({ code: "K-KIOSK-131", moneyOutcome: { money: "notTaken" } });
    expect(devices.coinVendor.slotOpen).toBe(false);
    expect(rig.events("effect.crashed")).toMatchObject([{ effect: "openSlot" }]);
  });

  test("what a card said that has been taken away counts for nothing when it comes late", async () => {
    const { hands, at, until, devices, issuance } = await start();
    const answers: (() => void)[] = [];
    const connect = devices.cardReader.connect.bind(devices.cardReader);
    devices.cardReader.connect = async () => {
      const session = await connect();
      if (!session.ok) return session;
      const kind = devices.cardReader.card?.kind ?? "unknown";
      const identify = () =>
        new Promise<Result<{ kind: CardKind; triesLeft: number }>>((resolve) =>
          answers.push(() => resolve(ok({ kind, triesLeft: 3 }))),
        );
      return ok({ ...session.value, identify });
    };
    await at("language");
    hands.touch({ touch: "chooseLanguage", language: "ja" });
    hands.touch({ touch: "agree" });
    for (const kind of ["jukiCard", "myNumberCard"] as const) {
      devices.cardReader.take();
      devices.cardReader.place(newCard({ kind }));
      while (answers.length < (kind === "jukiCard" ? 1 : 2)) await new Promise((done) => setImmediate(done));
    }
    answers[0]?.();
    await new Promise((done) => setImmediate(done));
    expect(issuance.view().view).toEqual({ step: "card" });
    answers[1]?.();
    await until("municipality", (v) => v.step === "municipality");
  });

  test("without the four items the level is L2 and everything else the same", async () => {
    const { hands, at } = await start();
    await hands.toCardRead(newCard({ fourItems: undefined }));
    await hands.enterPin();
    await at("removeCard");
    rig.devices.cardReader.take();
    await at("choose");
    hands.touch({ touch: "selectCertificate", kind: "seal-registration" });
    for (let i = 0; i < 3; i++) hands.touch({ touch: "proceed" });
    await hands.slotOpen();
    hands.pay(100, 100, 50);
    await at("takeEverything");
    await hands.backToStart();
    expect(rig.lastSummary()).toMatchObject({ bindingLevel: "L2", result: "issued" });
  });

  test("a card forgotten by somebody is never used for the next citizen", async () => {
    const { hands, at, until, clock, devices } = await start();
    await hands.toCardRead();
    hands.touch({ touch: "cancel" });
    await at("ended");
    await clock.advance(200_000);
    await at("language");
    hands.touch({ touch: "chooseLanguage", language: "ja" });
    hands.touch({ touch: "agree" });
    const next = await until("left card", (v) => v.step === "card" && v.problem !== undefined);
    expect(next.view).toMatchObject({ problem: { key: "card.problem.left" } });
    expect(devices.cardReader.openSessions).toBe(0);
    expect(rig.events("leftItem.found")).toMatchObject([{ thing: "card" }]);
  });
});

describe("leaving early", () => {
  test("cancel while paying gives the coins back", async () => {
    const { hands, at, devices } = await start();
    await hands.toPay();
    hands.pay(100, 50);
    hands.touch({ touch: "cancel" });
    expect(await at("ended")).toMatchObject({
      reason: "cancelled",
      moneyOutcome: { money: "returned", yen: 150 },
    });
    expect(devices.coinVendor).toMatchObject({ trayYen: 150, boxYen: 0, slotOpen: false });
    await hands.backToStart();
    expect(rig.uplink.settled).toMatchObject([{ result: "notIssued", prints: [] }]);
  });

  test("a step warns before it ends, can be extended, and then ends with the money back", async () => {
    const { hands, at, until, clock, devices, issuance } = await start();
    await hands.toPay();
    hands.pay(100);
    await clock.advance(80_000);
    expect(issuance.view().remaining).toMatchObject({ warning: true, extendable: true });
    hands.touch({ touch: "extend" });
    expect(issuance.view().remaining).toMatchObject({ warning: false });
    await clock.advance(80_000);
    await until("warning", () => issuance.view().remaining?.warning === true);
    await clock.advance(15_000);
    expect(await at("ended")).toMatchObject({
      reason: "timedOut",
      moneyOutcome: { money: "returned", yen: 100 },
    });
    expect(devices.coinVendor.trayYen).toBe(100);
  });

  test("a page that asks later for the view is told the time that is left then", async () => {
    const { hands, clock, issuance } = await start();
    await hands.toPay();
    const { revision, remaining } = issuance.view();
    await clock.advance(30_000);
    expect(issuance.view()).toMatchObject({ revision, remaining: { leftMs: (remaining?.leftMs ?? 0) - 30_000 } });
  });

  test("a touch from an older view is dropped", async () => {
    const { hands, issuance, at } = await start();
    await at("language");
    const { revision } = issuance.view();
    hands.touch({ touch: "chooseLanguage", language: "ja" });
    issuance.touch(revision, { touch: "agree" });
    expect(issuance.view().view.step).toBe("notice");
  });

  test("a municipality that was not shown cannot be chosen", async () => {
    const { hands, issuance, at, devices } = await start();
    await at("language");
    hands.touch({ touch: "chooseLanguage", language: "ja" });
    hands.touch({ touch: "agree" });
    devices.cardReader.place(newCard());
    await at("municipality");
    hands.touch({ touch: "chooseMunicipality", code: "999999", relation: "residence" });
    hands.touch({ touch: "chooseMunicipality", code: "131016", relation: "domicile" });
    expect(issuance.view().view.step).toBe("municipality");
  });
});

describe("nothing personal stays", () => {
  test("after a session the PIN, the pages, the offer and the card's items are gone, and the render child is dead", async () => {
    const { hands, at, devices, renderer, binding } = await start();
    await hands.toPay();
    hands.pay(500);
    await at("takeEverything");
    expect(binding.pdfs[0]?.held.wiped).toBe(false);
    await hands.backToStart();
    for (const { held, bytes } of [...binding.pdfs, ...renderer.rasters]) {
      expect(held.wiped).toBe(true);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    }
    expect(binding.pdfs.length + renderer.rasters.length).toBe(2);
    expect(devices.cardReader.pinsSeen.map((pin) => pin.wiped)).toEqual([true]);
    expect(devices.cardReader.openSessions).toBe(0);
    expect(renderer.alive).toBe(false);
    expect(rig.events("session.wiped")).toHaveLength(1);
  });

  test("neither log nor journal ever holds a name, an address, a birth date or a PIN", async () => {
    const { hands, at } = await start();
    await hands.toPay();
    hands.pay(500);
    await at("takeEverything");
    await hands.backToStart();
    const { sessionId = "" } = rig.lastSummary() ?? {};
    const kept = rig.lines.join("") + JSON.stringify(rig.journal.sessionRows(sessionId).map((row) => row.data));
    const words = personalWords.filter((word) => word !== "1234");
    expect(words.filter((word) => kept.includes(word))).toEqual([]);
    // The receipt too stays with whoever finds it.
    expect(words.filter((word) => JSON.stringify(rig.devices.receiptPrinter.receipts).includes(word))).toEqual([]);
  });

  test("a wipe that cannot be proved takes the kiosk out of service", async () => {
    const { hands, at, renderer, clock } = await start();
    await hands.toOffer();
    renderer.killHangs = true;
    hands.touch({ touch: "cancel" });
    await at("ended");
    hands.touch({ touch: "dismiss" });
    await clock.advance(60_000);
    expect(await at("outOfService")).toMatchObject({ reason: { params: { code: "K-KIOSK-120" } } });
    expect(rig.events("session.wipeFailed")).toHaveLength(1);
  });
});
