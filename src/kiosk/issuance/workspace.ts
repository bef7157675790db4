import type { CardSession, FourItems } from "../../../devices/card-reader/port.ts";
import type { SubmittedJob } from "../../../devices/certificate-printer/port.ts";
import { Personal } from "../../kernel/personal.ts";
import type { Application } from "../../protocol/application.ts";
import type { Offer } from "../../protocol/offer.ts";
import type { SealingKeyPair } from "../../protocol/sealing.ts";
import type { SignedStatement } from "../../protocol/statement.ts";
import type { ComposedDocument, VerifiedPreparation } from "../ports.ts";
import { PIN_DIGITS } from "./flow/context.ts";

/** The open coin slot of this session. */
export interface CashIn {
  readonly intentId: string;
  stopListening(): void;
}

/**
 * Everything personal of one session, and what only this session may use. It is made when a session begins and wiped
 * when it ends; the flow refers to its things by request id, document id and member ref.
 */
export class Workspace {
  readonly sessionId: string;
  /** ASCII digits; zeroed on every clear. A string of them lives only as long as the card's VERIFY. */
  readonly #pin = new Uint8Array(PIN_DIGITS);
  #pinDigits = 0;
  card: CardSession | undefined;
  /** Resolves when the card session before is really gone. */
  cardClosing: Promise<void> = Promise.resolve();
  /** E; its private key cannot leave WebCrypto and is dropped with this object. */
  sessionKey: SealingKeyPair | undefined;
  /** A */
  application: Personal<Application> | undefined;
  /** F */
  fourItems: Personal<FourItems> | undefined;
  offer: Personal<Offer> | undefined;
  /** S, signed once: a repeated request is the same request. */
  choice: SignedStatement | undefined;
  preparation: VerifiedPreparation | undefined;
  composed: readonly ComposedDocument[] = [];
  cashIn: CashIn | undefined;
  readonly jobs = new Map<string, { readonly job: SubmittedJob; readonly intentId: string }>();
  /** P of each document that was sent. */
  readonly prints: SignedStatement[] = [];
  #wiped = false;

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }

  /** One digit, 0–9, of this touch. More than four are not kept. */
  keepDigit(digit: number): void {
    if (this.#pinDigits >= PIN_DIGITS) return;
    this.#pin[this.#pinDigits] = 0x30 + digit;
    this.#pinDigits += 1;
  }

  clearPin(): void {
    this.#pin.fill(0);
    this.#pinDigits = 0;
  }

  /** The PIN for the card's commands; the digits here are zeroed. Whoever takes it wipes it. */
  takePin(): Personal<string> {
    const pin = new Personal(String.fromCharCode(...this.#pin.subarray(0, this.#pinDigits)));
    this.clearPin();
    return pin;
  }

  get wiped(): boolean {
    return this.#wiped;
  }

  /** Zeroes what are bytes, forgets the rest. Devices are not its affair: the card and the renderer are let go before. */
  wipe(): void {
    this.clearPin();
    this.application?.wipe();
    this.fourItems?.wipe();
    this.offer?.wipe();
    for (const document of this.preparation?.documents ?? []) document.pdf.wipe();
    for (const document of this.composed) document.pwgRaster.wipe();
    this.cashIn?.stopListening();
    this.card = undefined;
    this.sessionKey = undefined;
    this.application = undefined;
    this.fourItems = undefined;
    this.offer = undefined;
    this.choice = undefined;
    this.preparation = undefined;
    this.composed = [];
    this.cashIn = undefined;
    this.jobs.clear();
    this.prints.length = 0;
    this.#wiped = true;
  }
}
