import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Denomination } from "../../devices/coin-vendor/port.ts";
import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import type { EventName } from "../../src/kernel/events/catalogue.ts";
import { createIdSource } from "../../src/kernel/ids.ts";
import { createLogger } from "../../src/kernel/logger.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { fail, ok, type Result, unwrap } from "../../src/kernel/result.ts";
import { waits } from "../../src/kiosk/issuance/waits.ts";
import { type Kiosk, type KioskParts, startKiosk } from "../../src/kiosk/kiosk.ts";
import { openLedger } from "../../src/kiosk/ledger/ledger.ts";
import type { Binding, BindingInput, ComposedDocument, Renderer, SettleReport, Uplink } from "../../src/kiosk/ports.ts";
import { loadWords } from "../../src/kiosk/words.ts";
import type { Application } from "../../src/protocol/application.ts";
import { hashText } from "../../src/protocol/encoding.ts";
import type { PrepareReply, UsageRecord } from "../../src/protocol/messages/kiosk.ts";
import type { Offer } from "../../src/protocol/offer.ts";
import type { PanelStep, PanelStepName, PanelView, Touch } from "../../src/protocol/panel.ts";
import type { SignedStatement } from "../../src/protocol/statement.ts";
import { type ChoiceStatement, choiceStatement } from "../../src/protocol/statements.ts";
import { createFakeClock } from "./fake-clock.ts";
import {
  MemoryCabinet,
  type MemoryCard,
  MemoryCardReader,
  MemoryCoinVendor,
  MemoryPrinter,
  MemoryReceiptPrinter,
} from "./kiosk-devices.ts";
import { createAuthority } from "./signing-parties.ts";

const MUNICIPALITY = "131016";
export const HOLDER_NAME = "緑野　花子";
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

const offer: Offer = {
  municipality: MUNICIPALITY,
  asOfMs: 0,
  items: [
    {
      kind: "resident-record",
      title: { ja: "住民票の写し", en: "Copy of the resident record" },
      explanation: { ja: "世帯の記録です。", en: "The record of your household." },
      hours: { ja: "6時30分から23時まで", en: "from 6:30 to 23:00" },
      feePerCopyYen: 300,
      maxCopies: 5,
      options: { scope: true, headAndRelationship: true, domicile: true, myNumber: false },
    },
    {
      kind: "seal-registration",
      title: { ja: "印鑑登録証明書", en: "Seal registration certificate" },
      explanation: { ja: "登録した印影の証明です。", en: "Certifies your registered seal." },
      hours: { ja: "6時30分から23時まで", en: "from 6:30 to 23:00" },
      feePerCopyYen: 250,
      maxCopies: 5,
      options: { scope: false, headAndRelationship: false, domicile: false, myNumber: false },
    },
  ],
  members: [
    { ref: "m0", name: HOLDER_NAME, holder: true },
    { ref: "m1", name: "緑野　太郎", holder: false },
  ],
};

/** What the centres answer, and what they heard. Each operation can be made to fail, once or for ever. */
export class MemoryUplink implements Uplink {
  readonly failing = new Map<"directory" | "open" | "apply" | "prepare" | "usage" | "settle", ErrorCode[]>();
  offer: Offer = offer;
  readonly applications: Application[] = [];
  readonly choices: ChoiceStatement[] = [];
  readonly settled: SettleReport[] = [];
  readonly usages: UsageRecord[] = [];
  readonly #newId: () => string;
  readonly #nowMs: () => number;

  constructor(newId: () => string, nowMs: () => number) {
    this.#newId = newId;
    this.#nowMs = nowMs;
  }
  #answer<T>(operation: "directory" | "open" | "apply" | "prepare" | "usage" | "settle", value: () => T): Result<T> {
    const code = this.failing.get(operation)?.shift();
    return code ? fail(code) : ok(value());
  }
  async directory() {
    const name = { ja: "緑野市", en: "Midorino City" };
    const municipalities = [
      { code: MUNICIPALITY, name, prefecture: { ja: "東京都", en: "Tokyo" }, relations: ["residence" as const] },
    ];
    return this.#answer("directory", () => ({ asOfMs: this.#nowMs(), municipalities }));
  }
  async open() {
    return this.#answer("open", () => ({
      requestId: this.#newId(),
      nonce: "bm9uY2U",
      notAfterMs: this.#nowMs() + 120_000,
    }));
  }
  async apply(application: Application) {
    this.applications.push(application);
    return this.#answer("apply", () => ({ requestId: application.fields.requestId, offer: this.offer }));
  }
  async prepare(requestId: string, choice: SignedStatement): Promise<Result<PrepareReply>> {
    const body = choiceStatement.parse(JSON.parse(Buffer.from(choice.statement, "base64url").toString("utf8")));
    this.choices.push(body);
    // What the binding of this rig makes documents from; the real one has tests of its own.
    return this.#answer("prepare", () => ({ requestId }) as PrepareReply);
  }
  async settle(report: SettleReport) {
    const result = this.#answer("settle", () => undefined);
    if (result.ok) this.settled.push(report);
    return result;
  }
  async usage(record: UsageRecord) {
    const result = this.#answer("usage", () => undefined);
    if (result.ok) this.usages.push(record);
    return result;
  }
  async close() {}
}

/** A binding that agrees, unless it is told to name a contradiction. Keeps the bytes that it let through. */
export class MemoryBinding implements Binding {
  contradicts: ErrorCode | undefined;
  /** Answers for this request instead of the one that was asked for. */
  answersFor: string | undefined;
  readonly pdfs: { readonly held: Personal<Uint8Array>; readonly bytes: Uint8Array }[] = [];
  readonly #newId: () => string;
  readonly #nowMs: () => number;

  constructor(newId: () => string, nowMs: () => number) {
    this.#newId = newId;
    this.#nowMs = nowMs;
  }
  async verifyPrepared(input: BindingInput) {
    if (this.contradicts) return fail(this.contradicts);
    const choice = choiceStatement.parse(JSON.parse(Buffer.from(input.choice.statement, "base64url").toString("utf8")));
    const documents = Array.from({ length: choice.copies }, (_, index) => {
      const bytes = new Uint8Array(Buffer.from(`a page about ${HOLDER_NAME}`));
      const pdf = new Personal(bytes);
      this.pdfs.push({ held: pdf, bytes });
      return {
        documentId: this.#newId(),
        copy: index + 1,
        pages: 1,
        pdf,
        centreHash: hashText(bytes),
        printByMs: this.#nowMs() + 1_800_000,
      };
    });
    const requestId = this.answersFor ?? input.requestId;
    return ok({ requestId, level: input.fourItems ? ("L3" as const) : ("L2" as const), documents });
  }
}

/** A renderer without a child; it says whether one would still live. */
export class MemoryRenderer implements Renderer {
  alive = false;
  composeFails: ErrorCode | undefined;
  killHangs = false;
  readonly rasters: { readonly held: Personal<Uint8Array>; readonly bytes: Uint8Array }[] = [];

  async warm() {
    this.alive = true;
    return ok();
  }
  async read() {
    return ok({ pages: new Personal([]), frontHashes: [] });
  }
  async compose(document: { documentId: string }): Promise<Result<ComposedDocument>> {
    if (this.composeFails) return fail(this.composeFails);
    const bytes = new Uint8Array(64).fill(7);
    const pwgRaster = new Personal(bytes);
    this.rasters.push({ held: pwgRaster, bytes });
    const side = hashText(bytes);
    return ok({ documentId: document.documentId, pwgRaster, impressions: 2, rasterHashes: [side, side] });
  }
  kill(): Promise<void> {
    if (this.killHangs) return new Promise(() => {});
    this.alive = false;
    return Promise.resolve();
  }
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
    logger: {
      event(name, fields) {
        log.push({ event: name, fields });
        written.event(name, fields);
      },
    },
  };
  const kiosk: Kiosk = unwrap(await startKiosk({ waits: waits.parse({}), panel: { port: 0 } }, parts));
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
