import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Denomination } from "../../devices/coin-vendor/port.ts";
import type { EventName } from "../../src/kernel/events/catalogue.ts";
import { createIdSource } from "../../src/kernel/ids.ts";
import { createLogger } from "../../src/kernel/logger.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { waits } from "../../src/kiosk/issuance/waits.ts";
import { type Kiosk, type KioskParts, startKiosk } from "../../src/kiosk/kiosk.ts";
import { openLedger } from "../../src/kiosk/ledger/ledger.ts";
import { loadWords } from "../../src/kiosk/words.ts";
import type { PanelStep, PanelStepName, PanelView, Touch } from "../../src/protocol/panel.ts";
import { createFakeClock } from "./fake-clock.ts";
import { HOLDER_NAME, MemoryBinding, MemoryRenderer, MemoryUplink, MUNICIPALITY } from "./kiosk-centres.ts";
import {
  MemoryCabinet,
  type MemoryCard,
  MemoryCardReader,
  MemoryPrinter,
  MemoryReceiptPrinter,
} from "./kiosk-devices.ts";
import { MemoryCoinVendor } from "./memory-coin-vendor.ts";
import { createAuthority } from "./signing-parties.ts";

/** Words that must never leave the session. */
export const personalWords = [HOLDER_NAME, "緑野　太郎", "緑野市桜ヶ丘一丁目２番３号", "1990-05-01", "1234"];
const authority = createAuthority("kiosk test CA");
const signer = authority.signer("kiosk", "kiosk-0001");
const electronic = authority.card();

/** A My Number card of the resident of this rig. */
export function newCard(change: Partial<MemoryCard> = {}): MemoryCard {
  return {
    kind: "myNumberCard",
    pin: "1234",
    triesLeft: 3,
    ...electronic,
    fourItems: { name: HOLDER_NAME, address: "緑野市桜ヶ丘一丁目２番３号", birthDate: "1990-05-01", sex: "female" },
    ...change,
  };
}

/** One kiosk in this process, its devices' physical truth, and a pair of hands. */
export type KioskRig = Awaited<ReturnType<typeof startKioskRig>>;

/**
 * Starts a kiosk with in-memory devices, centres and renderer, and the real flow, effects, journal and recovery. `folder`:
 * the journal of an earlier rig, as after a crash.
 */
export async function startKioskRig(options: { folder?: string; prepare?: (parts: RigParts) => void } = {}) {
  const clock = createFakeClock();
  const ids = createIdSource(clock);
  const log: { event: EventName; fields: Readonly<Record<string, unknown>> }[] = [];
  const lines: string[] = [];
  const written = createLogger("kiosk", clock, (line) => lines.push(line));
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "mdg-kiosk-"));
  const journal = unwrap(openLedger({ folder, clock }));
  const devices = {
    cardReader: new MemoryCardReader("cardReader", clock),
    coinVendor: new MemoryCoinVendor(clock, journal.credits),
    certificatePrinter: new MemoryPrinter("certificatePrinter", clock),
    receiptPrinter: new MemoryReceiptPrinter("receiptPrinter", clock),
    cabinet: new MemoryCabinet("cabinet", clock),
  };
  const rig = {
    clock,
    journal,
    devices,
    uplink: new MemoryUplink(ids, clock.nowMs),
    binding: new MemoryBinding(ids, clock.nowMs),
    renderer: new MemoryRenderer(),
  };
  devices.certificatePrinter.onSheet = () => devices.cabinet.sense({ documentPresent: true });
  devices.receiptPrinter.onReceipt = () => devices.cabinet.sense({ receiptPresent: true });
  options.prepare?.(rig);
  const parts: KioskParts = {
    ...rig,
    ids,
    signer,
    words: unwrap(loadWords(join(import.meta.dirname, "../../ui/locales"))),
    deterrentCalibrated: () => true,
    logger: {
      event(name, fields) {
        log.push({ event: name, fields });
        written.event(name, fields);
      },
    },
  };
  const staffSocket = join(folder, "staff.sock");
  const kiosk: Kiosk = unwrap(await startKiosk({ waits: waits.parse({}), panel: { port: 0 }, staffSocket }, parts));
  const { issuance } = kiosk;
  const seen: PanelView[] = [issuance.view()];
  issuance.onView((view) => seen.push(view));

  /** The next view for which something holds, or the one that is shown. */
  const until = (_what: string, holds: (view: PanelStep) => boolean): Promise<PanelView> =>
    new Promise((resolve) => {
      const now = issuance.view();
      if (holds(now.view)) return resolve(now);
      const stop = issuance.onView((view) => {
        if (!holds(view.view)) return;
        stop();
        resolve(view);
      });
    });
  const at = async <S extends PanelStepName>(step: S) => {
    const view = await until(step, (v) => v.step === step);
    return view.view as Extract<PanelStep, { step: S }>;
  };
  const touch = (t: Touch) => issuance.touch(issuance.view().revision, t);
  const hands = {
    touch,
    async toCardRead(card: MemoryCard = newCard()) {
      await at("language");
      touch({ touch: "chooseLanguage", language: "ja" });
      touch({ touch: "agree" });
      devices.cardReader.place(card);
      await at("municipality");
      touch({ touch: "chooseMunicipality", code: MUNICIPALITY, relation: "residence" });
    },
    async enterPin(pin = "1234") {
      await at("pin");
      for (const digit of pin) touch({ touch: "pinDigit", digit: Number(digit) });
      touch({ touch: "pinEnter" });
    },
    async toOffer(card?: MemoryCard) {
      await hands.toCardRead(card);
      await hands.enterPin();
      await at("removeCard");
      devices.cardReader.take();
      await at("choose");
    },
    async toPay(copies = 1) {
      await hands.toOffer();
      touch({ touch: "selectCertificate", kind: "resident-record" });
      touch({ touch: "proceed" });
      touch({ touch: "proceed" });
      touch({ touch: "setCopies", copies });
      touch({ touch: "proceed" });
      touch({ touch: "proceed" });
      await hands.slotOpen();
    },
    async slotOpen() {
      await until("open slot", (v) => (v.step === "pay" && v.doing === undefined) || v.step === "ended");
    },
    pay(...coins: readonly Denomination[]) {
      for (const coin of coins) devices.coinVendor.insert(coin);
    },
    /** Takes everything that lies there. */
    takeAll() {
      devices.cardReader.take();
      devices.cabinet.sense({ documentPresent: false, receiptPresent: false, coinsPresent: false, cardLeft: false });
    },
    async backToStart() {
      while (!["language", "outOfService"].includes(issuance.view().view.step)) {
        hands.takeAll();
        touch({ touch: "dismiss" });
        await new Promise((done) => setImmediate(done));
        await clock.advance(500);
      }
    },
  };
  return {
    ...rig,
    kiosk,
    issuance,
    log,
    lines,
    seen,
    folder,
    staffSocket,
    at,
    until,
    hands,
    lastSummary: () => journal.lastSummary(),
    events: (name: EventName) => log.filter((entry) => entry.event === name).map((entry) => entry.fields),
    /** As a power cut would: nothing is ended, only the journal's file is let go. */
    crash() {
      journal.close();
    },
    async stop() {
      rig.renderer.killHangs = false;
      await kiosk.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type RigParts = Readonly<{
  journal: ReturnType<typeof openLedger> extends Result<infer L> ? L : never;
  devices: Readonly<{
    cardReader: MemoryCardReader;
    coinVendor: MemoryCoinVendor;
    certificatePrinter: MemoryPrinter;
    receiptPrinter: MemoryReceiptPrinter;
    cabinet: MemoryCabinet;
  }>;
  uplink: MemoryUplink;
  binding: MemoryBinding;
  renderer: MemoryRenderer;
}>;
