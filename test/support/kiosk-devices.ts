import { constants, type KeyObject, privateEncrypt, type X509Certificate } from "node:crypto";
import type { Cabinet, CabinetLight, CabinetSensors, FlashRate } from "../../devices/cabinet/port.ts";
import type { CardKind, CardReader, CardSession, FourItems, PinOutcome } from "../../devices/card-reader/port.ts";
import type {
  CertificatePrinter,
  OnPrintProgress,
  PrinterSupply,
  PrintJob,
  PrintSettlement,
  SubmittedJob,
} from "../../devices/certificate-printer/port.ts";
import { createListeners } from "../../devices/contract/listeners.ts";
import type { Receipt, ReceiptPrinter } from "../../devices/receipt-printer/port.ts";
import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import { failure } from "../../src/kernel/errors/failure.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { MemoryDevice } from "./memory-device.ts";

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

export class MemoryPrinter extends MemoryDevice implements CertificatePrinter {
  readonly printed: string[] = [];
  readonly taken = new Map<string, SubmittedJob>();
  checkFails: ErrorCode | undefined;
  submitFails: ErrorCode[] = [];
  /** How the next jobs come out, in order; after that all are done. */
  outcomes: PrintSettlement["state"][] = [];
  /** What stops the next job after its first side, until hands come. */
  waitsFor: { readonly code: ErrorCode; readonly hands: Promise<void> } | undefined;
  /** Called when a job was taken, before the kiosk hears of it. */
  onTaken: (documentId: string) => void = () => {};
  /** Called when the last side came out. */
  onSheet: () => void = () => {};

  /** It has colours. */
  color = false;
  /** What was laid over the sides of each job. */
  readonly overlays: NonNullable<PrintJob["overlays"]>[] = [];

  uuid(): string | undefined {
    return undefined;
  }
  takesOverlays(): boolean {
    return this.color;
  }
  async check(): Promise<Result<void>> {
    return this.checkFails ? fail(this.checkFails) : ok();
  }
  async submit(job: PrintJob): Promise<Result<SubmittedJob>> {
    const failing = this.submitFails.shift();
    if (failing) return fail(failing);
    const { documentId, impressions, overlays = [] } = job;
    this.overlays.push(overlays);
    const taken = { jobId: this.taken.size + 1, documentId, impressions, impressionsBefore: 2 * this.printed.length };
    this.taken.set(documentId, taken);
    this.onTaken(documentId);
    return ok(taken);
  }
  async settle(job: SubmittedJob, onProgress: OnPrintProgress): Promise<Result<PrintSettlement>> {
    const { waitsFor } = this;
    if (waitsFor) {
      onProgress(1, failure(waitsFor.code));
      onProgress(1, failure("K-LINK-102"));
      await waitsFor.hands;
      onProgress(1, undefined);
    }
    const state = this.outcomes.shift() ?? "done";
    const impressionsCompleted = state === "done" ? job.impressions : state === "notDone" ? 0 : 1;
    onProgress(impressionsCompleted, undefined);
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
  async clearQueue(): Promise<Result<void>> {
    this.fail(undefined);
    return ok();
  }
  supplies(): readonly PrinterSupply[] {
    return [];
  }
  async resume(): Promise<Result<void>> {
    this.fail(undefined);
    return ok();
  }
}

export class MemoryReceiptPrinter extends MemoryDevice implements ReceiptPrinter {
  readonly receipts: Receipt[] = [];
  checkFails: ErrorCode | undefined;
  printFails: ErrorCode | undefined;
  onReceipt: () => void = () => {};

  async check(): Promise<Result<void>> {
    return this.checkFails ? fail(this.checkFails) : ok();
  }
  async print(receipt: Receipt): Promise<Result<void>> {
    if (this.printFails) return fail(this.printFails);
    this.receipts.push(receipt);
    this.onReceipt();
    return ok();
  }
  async recover(): Promise<Result<void>> {
    this.fail(undefined);
    return ok();
  }
}

export class MemoryCabinet extends MemoryDevice implements Cabinet {
  readonly lights = new Set<CabinetLight>();
  buzzer = false;
  #sensors: CabinetSensors = {
    documentPresent: false,
    receiptPresent: false,
    coinsPresent: false,
    cardLeft: false,
    serviceDoorOpen: false,
    cashBoxOpen: false,
    tampered: false,
    upsLow: false,
  };
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
  async setLight(light: CabinetLight, on: boolean | FlashRate): Promise<Result<void>> {
    if (on && on !== "off") this.lights.add(light);
    else this.lights.delete(light);
    return ok();
  }
  async setBuzzer(on: boolean | FlashRate): Promise<Result<void>> {
    this.buzzer = on !== false && on !== "off";
    return ok();
  }
  readonly powerCycled: string[] = [];
  async powerCycle(device: string): Promise<Result<void>> {
    this.powerCycled.push(device);
    return ok();
  }
  async feedDeadMan(): Promise<Result<void>> {
    return ok();
  }
  async configureDeadMan(): Promise<Result<void>> {
    return ok();
  }
  deadMan(): undefined {}
  onDeadMan(): () => void {
    return () => {};
  }
  board(): undefined {}
}
