import type { MoneyState } from "../../src/kiosk/issuance/flow/context.ts";
import type { Effect, SessionOutcome } from "../../src/kiosk/issuance/flow/effect.ts";
import { completions } from "../../src/kiosk/issuance/flow/effect.ts";
import type { CompletionEvent, FlowEvent } from "../../src/kiosk/issuance/flow/events.ts";
import { type FlowState, type FlowStep, startFlow, stepFlow } from "../../src/kiosk/issuance/flow/flow.ts";

/** How an effect is answered: as hoped, or in one of the ways in which it may fail. `pick` chooses among them. */
export type Mood = "good" | "any";

const FEE_PER_COPY_YEN = 300;
const COINS = [10, 50, 100, 500] as const;
const CODES = ["K-NET-101", "K-CMD-101", "K-BIND-130", "K-KIOSK-105", "K-LINK-101"] as const;

export interface FinishedSession {
  readonly outcome: SessionOutcome;
  readonly money: MoneyState;
  readonly truth: { readonly returnedYen: number; readonly boxYen: number; readonly paidOutYen: number };
  readonly allGood: boolean;
}

/**
 * A world around the pure flow: it remembers what effects are under way, answers them, drops what was aborted, and keeps
 * the physical truth about the money by itself, so that the flow's books can be compared with it.
 */
export class FlowWorld {
  state: FlowState;
  underWay: Effect[] = [];
  armed = false;
  /** What was carried out, in order. */
  readonly effects: Effect[] = [];
  /** Each finished session: what the flow says, and what is true. */
  readonly finished: FinishedSession[] = [];
  /** Facts of the present session, from events alone. */
  verifiedFor: string | undefined;
  sessions = 0;
  escrowYen = 0;
  truth = { returnedYen: 0, boxYen: 0, paidOutYen: 0 };
  allGood = true;

  constructor() {
    const first = startFlow();
    this.state = first.state;
    this.#take(first);
    this.send({ type: "health", serviceable: true, code: null, exactMoneyOnly: false, noReceipt: false });
  }

  send(event: FlowEvent): void {
    if (event.type === "chooseLanguage" && this.in("idle.welcome")) this.#newSession();
    if (event.type === "bindingVerified" && event.requestId === this.requestId) this.verifiedFor = event.requestId;
    if (event.type === "timeOver" || event.type === "timeWarning") this.armed = event.type === "timeWarning";
    this.#take(stepFlow(this.state, event));
  }

  in(path: string): boolean {
    let value: unknown = this.state.value;
    for (const part of path.split(".")) {
      if (value === part) return true;
      if (value === null || typeof value !== "object" || !(part in value)) return false;
      value = (value as Record<string, unknown>)[part];
    }
    return true;
  }

  /** The request id that this world gives to the session that runs. */
  get requestId(): string {
    return `r${this.sessions}`;
  }

  get idle(): boolean {
    return this.in("idle");
  }

  /** Answers one of the effects under way. */
  answer(index: number, mood: Mood, pick: number): void {
    const effect = this.underWay[index % Math.max(1, this.underWay.length)];
    if (!effect) return;
    this.underWay.splice(this.underWay.indexOf(effect), 1);
    const event = this.#answerTo(effect, mood, pick);
    const first = completions[effect.effect][0];
    if (event.type !== first) this.allGood = false;
    this.send(event);
  }

  /** One coin falls into the escrow while the slot is open. */
  insertCoin(pick: number, changePayable: boolean): void {
    if (!this.in("session.paying.collecting")) return;
    this.escrowYen += COINS[pick % COINS.length] ?? 10;
    if (!changePayable) this.allGood = false;
    this.send({ type: "coins", insertedYen: this.escrowYen, changePayable, lost: false });
  }

  /** The event by which a citizen who knows what to do goes on; undefined while the machine works. */
  nextGoodEvent(): FlowEvent | "coin" | undefined {
    const c = this.state.context;
    const table: readonly (readonly [string, FlowEvent | "coin"])[] = [
      ["idle.outOfService", { type: "health", serviceable: true, code: null, exactMoneyOnly: false, noReceipt: false }],
      ["idle.welcome", { type: "chooseLanguage", language: "ja", sessionId: `s${this.sessions + 1}` }],
      ["session.asking.notice", { type: "agree" }],
      ["session.asking.card.waiting", { type: "cardPlaced" }],
      ["session.asking.card.takeOff", { type: "cardTaken" }],
      ["session.asking.municipality", { type: "chooseMunicipality", municipality: "131016", relation: "residence" }],
      ["session.asking.pin", c.pinDigits === 4 ? { type: "pinEnter" } : { type: "pinDigit" }],
      ["session.asking.leavingCard.card.on", { type: "cardTaken" }],
      [
        "session.asking.choose",
        c.kind === null ? { type: "selectCertificate", kind: "resident-record" } : { type: "proceed" },
      ],
      ["session.asking.options", { type: "proceed" }],
      ["session.asking.copies", c.copies === 1 ? { type: "setCopies", copies: 2 } : { type: "proceed" }],
      ["session.asking.confirm", { type: "proceed" }],
      ["session.paying.collecting", "coin"],
      ["session.takeEverything", { type: "dismiss" }],
      ["session.ended", { type: "dismiss" }],
    ];
    return table.find(([path]) => this.in(path))?.[1];
  }

  #newSession(): void {
    this.sessions += 1;
    this.verifiedFor = undefined;
    this.escrowYen = 0;
    this.truth = { returnedYen: 0, boxYen: 0, paidOutYen: 0 };
    this.allGood = true;
  }

  #take(step: FlowStep): void {
    this.state = step.state;
    for (const effect of step.effects) {
      this.effects.push(effect);
      if (effect.effect === "wait") this.armed = true;
      if (effect.effect === "stopWait") this.armed = false;
      if (effect.effect === "finish") {
        const { money } = step.state.context;
        this.finished.push({ outcome: effect.outcome, money, truth: this.truth, allGood: this.allGood });
      }
      if (effect.effect === "abort") {
        this.underWay = this.underWay.filter(
          (e) => effect.scope === "card" && e.effect !== "identifyCard" && e.effect !== "authenticate",
        );
      }
      if (completions[effect.effect].length > 0) this.underWay.push(effect);
    }
  }

  #answerTo(effect: Effect, mood: Mood, pick: number): CompletionEvent {
    const kinds: readonly CompletionEvent["type"][] = completions[effect.effect];
    const type = (mood === "good" ? kinds[0] : kinds[pick % kinds.length]) ?? "resumed";
    const code = CODES[pick % CODES.length] ?? "K-NET-101";
    const good = mood === "good";
    switch (type) {
      case "directoryFailed":
      case "cardFailed":
      case "authenticationFailed":
      case "applyFailed":
      case "prepareFailed":
      case "composeFailed":
      case "notReady":
      case "slotFailed":
      case "slotNotClosed":
      case "escrowRefused":
      case "escrowUnknown":
      case "receiptFailed":
        return { type, code };
      case "cardIdentified":
        return { type, kind: good || pick % 3 ? "myNumberCard" : "jukiCard", triesLeft: good ? 3 : pick % 4 };
      case "authenticated":
        return { type, requestId: this.requestId };
      case "pinWrong":
        return { type, triesLeft: pick % 3 };
      case "offered": {
        const offers = [
          { kind: "resident-record", feePerCopyYen: FEE_PER_COPY_YEN, maxCopies: 5, scope: true, fields: ["domicile"] },
          { kind: "seal-registration", feePerCopyYen: 200, maxCopies: 5, scope: false, fields: [] },
        ] as const;
        const requestId = effect.effect === "apply" ? effect.requestId : "";
        return { type, requestId, offers: good || pick % 4 ? offers : [], members: [{ ref: "m0", holder: true }] };
      }
      case "bindingVerified": {
        const copies = effect.effect === "prepare" ? effect.copies : 0;
        const right = good || pick % 3 !== 0;
        return {
          type,
          requestId: right && effect.effect === "prepare" ? effect.requestId : "another request",
          level: pick % 2 ? "L3" : "L2",
          documents: Array.from({ length: copies }, (_, i) => ({ documentId: `d${i}`, copy: i + 1, pages: 1 })),
        };
      }
      case "composed":
        return { type, requestId: effect.effect === "compose" ? effect.requestId : "" };
      case "ready":
        return { type, exactMoneyOnly: !good && pick % 2 === 0, noReceipt: !good && pick % 3 === 0 };
      case "slotClosed":
        return { type, insertedYen: this.escrowYen, changePayable: good || pick % 2 === 0 };
      case "escrowAccepted":
        this.truth.boxYen += this.escrowYen;
        this.escrowYen = 0;
        return { type };
      case "escrowReturned":
        this.truth.returnedYen += this.escrowYen;
        this.escrowYen = 0;
        return { type };
      case "escrowNotReturned":
        return { type, code, certain: pick % 2 === 0 };
      case "copySubmitted":
        return { type, copy: effect.effect === "submitCopy" ? effect.copy : 0 };
      case "copyRefused":
        return { type, copy: effect.effect === "submitCopy" ? effect.copy : 0, code, mayHelp: pick % 2 === 0 };
      case "copyUnknown":
        return { type, copy: effect.effect === "submitCopy" ? effect.copy : 0, code };
      case "copySettled": {
        const state = good ? "done" : (["done", "notDone", "unknown"] as const)[pick % 3];
        if (state !== "done") this.allGood = false;
        const copy = effect.effect === "settleCopy" ? effect.copy : 0;
        return { type, copy, state: state ?? "unknown", impressions: state === "done" ? 2 : 0 };
      }
      case "paidOut": {
        const due = effect.effect === "payOut" ? effect.yen : 0;
        const paidYen = good ? due : Math.min(due, (pick % 20) * 10);
        if (paidYen !== due) this.allGood = false;
        this.truth.paidOutYen += paidYen;
        return { type, purpose: effect.effect === "payOut" ? effect.purpose : "change", paidYen };
      }
      case "wiped":
        return { type, clean: true };
      case "directoryLoaded":
      case "pinBlocked":
      case "slotOpened":
      case "receiptPrinted":
      case "resumed":
        return { type };
    }
  }
}
