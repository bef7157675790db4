import { constants, type KeyObject, privateEncrypt, type X509Certificate } from "node:crypto";
import type { Cabinet, CabinetSensors, GuideLight } from "../../devices/cabinet/port.ts";
import type { CardKind, CardReader, CardSession, FourItems, PinOutcome } from "../../devices/card-reader/port.ts";
import type {
  CertificatePrinter,
  PrintJob,
  PrintSettlement,
  SubmittedJob,
} from "../../devices/certificate-printer/port.ts";
import {
  type CoinCounts,
  type CoinEvents,
  type CoinVendor,
  type CreditStore,
  type Denomination,
  denominations,
  type PayoutIntent,
  type PayoutResult,
} from "../../devices/coin-vendor/port.ts";
import type { Device, DeviceStatus } from "../../devices/contract/device.ts";
import { createListeners } from "../../devices/contract/listeners.ts";
import { createStatusHolder } from "../../devices/contract/status-holder.ts";
import type { Receipt, ReceiptPrinter } from "../../devices/receipt-printer/port.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import { failure } from "../../src/kernel/errors/failure.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";

/**
 * The kiosk's devices as ports with a physical truth behind them, in memory: for tests of the flow, its effects and its
 * recovery. Bytes are the affair of each device's own tests.
 */
abstract class MemoryDevice implements Device {
  readonly name: string;
  readonly #holder: ReturnType<typeof createStatusHolder>;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#holder = createStatusHolder(clock, "online");
  }
  status(): DeviceStatus {
    return this.#holder.status();
  }
  onStatus(listener: (status: DeviceStatus) => void): () => void {
    return this.#holder.onStatus(listener);
  }
  /** The device fails, with a cause; undefined: it works again. */
  fail(code: ErrorCode | undefined): void {
    if (code) this.#holder.set("offline", failure(code));
    else this.#holder.set("online");
  }
  async close(): Promise<void> {}
}

/** A card and what it knows. */
export interface MemoryCard {
  readonly kind: CardKind;
  readonly pin: string;
  triesLeft: number;
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly fourItems: FourItems | undefined;
}

export class MemoryCardReader extends MemoryDevice implements CardReader {
  card: MemoryCard | undefined;
  /** Sessions that were opened and not closed. */
  openSessions = 0;
  readonly pinsSeen: Personal<string>[] = [];
  /** The card breaks off in this command. */
  breaksIn: keyof CardSession | undefined;
  readonly #presence = createListeners<boolean>();

  place(card: MemoryCard): void {
    this.card = card;
    this.#presence.emit(true);
  }
  take(): void {
    this.card = undefined;
    this.#presence.emit(false);
  }
  cardPresent(): boolean {
    return this.card !== undefined;
  }
  onPresence(listener: (present: boolean) => void): () => void {
    return this.#presence.add(listener);
  }
  async connect(): Promise<Result<CardSession>> {
    const { card } = this;
    if (!card) return fail("K-CARD-101");
    if (this.openSessions > 0) return fail("K-CARD-110");
    this.openSessions += 1;
    let closed = false;
    let verified = false;
    const command = async <T>(name: keyof CardSession, work: () => Result<T>): Promise<Result<T>> => {
      if (closed || this.card !== card || this.breaksIn === name) return fail("K-CARD-103");
      return work();
    };
    return ok({
      identify: () => command("identify", () => ok({ kind: card.kind, triesLeft: card.triesLeft })),
      verifyPin: (pin) => {
        this.pinsSeen.push(pin);
        const entered = pin.reveal();
        return command<PinOutcome>("verifyPin", () => {
          if (card.triesLeft === 0) return ok({ outcome: "blocked" });
          verified = entered === card.pin;
          card.triesLeft = verified ? 3 : card.triesLeft - 1;
          return ok(verified ? { outcome: "accepted" } : { outcome: "wrong", triesLeft: card.triesLeft });
        });
      },
      readAuthCertificate: () => command("readAuthCertificate", () => ok(new Uint8Array(card.certificate.raw))),
      signDigest: (digest) =>
        command("signDigest", () => {
          if (!verified) return fail("K-CARD-107");
          return ok(signDigest(digest, card.key));
        }),
      readFourItems: () =>
        command("readFourItems", () => ok(card.fourItems ? new Personal(card.fourItems) : undefined)),
      close: async () => {
        if (!closed) this.openSessions -= 1;
        closed = true;
      },
    });
  }
}

/** RSA PKCS#1 v1.5 over a ready SHA-256 digest: the DigestInfo is built here, as the card is given it. */
function signDigest(digest: Uint8Array, key: KeyObject): Uint8Array {
  const prefix = Buffer.from("3031300d060960864801650304020105000420", "hex");
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([prefix, digest]));
}

type CoinCommand = "cashInStart" | "cashInStop" | "cashInEnd" | "cashInRollback" | "dispense";

export class MemoryCoinVendor extends MemoryDevice implements CoinVendor {
  readonly hoppers: Record<Denomination, number> = { 10: 100, 50: 20, 100: 50, 500: 20 };
  escrow: Denomination[] = [];
  boxYen = 0;
  trayYen = 0;
  slotOpen = false;
  /** A command that fails: before it moved anything, or after it moved everything (its answer is lost). */
  readonly broken = new Map<CoinCommand, { code: ErrorCode; moved: boolean }>();
  /** What the hoppers really give of what they are told to, once. */
  givesOnly: { coins: number; known: boolean } | undefined;
  readonly #credits: CreditStore;
  readonly #coins = createListeners<CoinEvents>();
  #counter = 0;

  constructor(clock: Clock, credits: CreditStore) {
    super("coinVendor", clock);
    this.#credits = credits;
  }
  /** A hand puts in a coin; a closed slot gives it back. */
  insert(coin: Denomination): void {
    if (!this.slotOpen) return;
    this.escrow.push(coin);
    this.#tell({ credits: [coin], lostEvents: 0 });
  }
  /** The acceptor counted more than it can name. */
  loseEvents(lostEvents: number): void {
    this.#tell({ credits: [], lostEvents });
  }
  #tell(of: { credits: Denomination[]; lostEvents: number }): void {
    this.#counter = (this.#counter % 255) + 1;
    const events: CoinEvents = { ...of, counter: this.#counter, errors: [], reset: false };
    this.#credits.recordCoins(events);
    this.#coins.emit(events);
  }
  storageUnits() {
    return denominations.map((denomination) => ({ denomination, state: "ok" as const }));
  }
  denominate(amount: number): CoinCounts | undefined {
    const counts: Partial<Record<Denomination, number>> = {};
    let left = amount;
    for (const coin of [...denominations].reverse()) {
      const n = Math.min(Math.floor(left / coin), this.hoppers[coin]);
      if (n > 0) counts[coin] = n;
      left -= n * coin;
    }
    return left === 0 ? counts : undefined;
  }
  onCoins(listener: (events: CoinEvents) => void): () => void {
    return this.#coins.add(listener);
  }
  async #command(name: CoinCommand, move: () => void): Promise<Result<void>> {
    if (this.status().word !== "online") return fail("K-LINK-101");
    const broken = this.broken.get(name);
    if (!broken || broken.moved) move();
    return broken ? fail(broken.code) : ok();
  }
  cashInStart() {
    return this.#command("cashInStart", () => {
      this.slotOpen = true;
    });
  }
  cashInStop() {
    return this.#command("cashInStop", () => {
      this.slotOpen = false;
    });
  }
  cashInEnd() {
    return this.#command("cashInEnd", () => {
      this.boxYen += this.escrow.reduce<number>((sum, coin) => sum + coin, 0);
      this.escrow = [];
    });
  }
  cashInRollback() {
    return this.#command("cashInRollback", () => {
      this.trayYen += this.escrow.reduce<number>((sum, coin) => sum + coin, 0);
      this.escrow = [];
    });
  }
  async dispense(
    coins: CoinCounts,
    hooks: { beforeEach: (intent: PayoutIntent) => void; afterEach: (result: PayoutResult) => void },
  ) {
    const paid: Partial<Record<Denomination, number>> = {};
    const unpaid: Partial<Record<Denomination, number>> = {};
    let state: "done" | "incomplete" | "unknown" = "done";
    for (const denomination of denominations) {
      const wanted = coins[denomination] ?? 0;
      if (wanted === 0) continue;
      hooks.beforeEach({ denomination, coins: wanted, counterBefore: 1, paidBefore: 0, unpaidBefore: 0 });
      const limit = this.givesOnly;
      this.givesOnly = undefined;
      const given = Math.min(wanted, limit?.coins ?? wanted);
      const known = limit?.known ?? true;
      this.hoppers[denomination] -= given;
      this.trayYen += given * denomination;
      if (!known) state = "unknown";
      else if (given < wanted) {
        state = "incomplete";
        // The hopper ran empty: it is no use for a second try.
        this.hoppers[denomination] = 0;
      }
      const result = { denomination, paid: known ? given : 0, unpaid: known ? wanted - given : 0, known };
      paid[denomination] = result.paid;
      unpaid[denomination] = result.unpaid;
      hooks.afterEach(result);
      if (state !== "done") break;
    }
    return ok({ state, paid, unpaid });
  }
  async judgeDispense(intent: PayoutIntent): Promise<Result<PayoutResult>> {
    return ok({ denomination: intent.denomination, paid: intent.coins, unpaid: 0, known: true });
  }
}

export class MemoryPrinter extends MemoryDevice implements CertificatePrinter {
  readonly printed: string[] = [];
  readonly taken = new Map<string, SubmittedJob>();
  checkFails: ErrorCode | undefined;
  submitFails: ErrorCode[] = [];
  /** How the next jobs come out, in order; after that all are done. */
  outcomes: PrintSettlement["state"][] = [];
  /** Called when a job was taken, before the kiosk hears of it. */
  onTaken: (documentId: string) => void = () => {};
  /** Called when the last side came out. */
  onSheet: () => void = () => {};

  async check(): Promise<Result<void>> {
    return this.checkFails ? fail(this.checkFails) : ok();
  }
  async submit(job: PrintJob): Promise<Result<SubmittedJob>> {
    const failing = this.submitFails.shift();
    if (failing) return fail(failing);
    const { documentId, impressions } = job;
    const taken = { jobId: this.taken.size + 1, documentId, impressions, impressionsBefore: 2 * this.printed.length };
    this.taken.set(documentId, taken);
    this.onTaken(documentId);
    return ok(taken);
  }
  async settle(job: SubmittedJob, onProgress: (impressions: number) => void): Promise<Result<PrintSettlement>> {
    const state = this.outcomes.shift() ?? "done";
    const impressionsCompleted = state === "done" ? job.impressions : state === "notDone" ? 0 : 1;
    onProgress(impressionsCompleted);
    if (state === "done") {
      this.printed.push(job.documentId);
      this.onSheet();
    }
    const impressionsAfter = (job.impressionsBefore ?? 0) + impressionsCompleted;
    return ok({ state, impressionsCompleted, jobState: state === "done" ? "completed" : "aborted", impressionsAfter });
  }
  async findJob(documentId: string): Promise<Result<SubmittedJob | undefined>> {
    return this.status().word === "online" ? ok(this.taken.get(documentId)) : fail("K-PRINT-101");
  }
  async cancel(): Promise<Result<void>> {
    return ok();
  }
}

export class MemoryReceiptPrinter extends MemoryDevice implements ReceiptPrinter {
  readonly receipts: Receipt[] = [];
  printFails: ErrorCode | undefined;
  onReceipt: () => void = () => {};

  async check(): Promise<Result<void>> {
    return ok();
  }
  async print(receipt: Receipt): Promise<Result<void>> {
    if (this.printFails) return fail(this.printFails);
    this.receipts.push(receipt);
    this.onReceipt();
    return ok();
  }
}

export class MemoryCabinet extends MemoryDevice implements Cabinet {
  readonly lights = new Set<GuideLight>();
  buzzer = false;
  #sensors: CabinetSensors = { documentPresent: false, receiptPresent: false, coinsPresent: false, cardLeft: false };
  readonly #heard = createListeners<CabinetSensors>();

  sense(change: Partial<CabinetSensors>): void {
    this.#sensors = { ...this.#sensors, ...change };
    this.#heard.emit(this.#sensors);
  }
  sensors(): CabinetSensors {
    return this.#sensors;
  }
  onSensors(listener: (sensors: CabinetSensors) => void): () => void {
    return this.#heard.add(listener);
  }
  async setLight(light: GuideLight, on: boolean): Promise<Result<void>> {
    if (on) this.lights.add(light);
    else this.lights.delete(light);
    return ok();
  }
  async setBuzzer(on: boolean): Promise<Result<void>> {
    this.buzzer = on;
    return ok();
  }
}
