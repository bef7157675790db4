import type { CardKind } from "../../../../devices/card-reader/port.ts";
import type { ErrorCode } from "../../../kernel/errors/catalogue.ts";
import { errorEntry } from "../../../kernel/errors/catalogue.ts";
import type { Relation } from "../../../protocol/application.ts";
import type {
  CertificateChoice,
  CertificateKind,
  OptionalField,
  ResidentRecordOptions,
} from "../../../protocol/certificates.ts";
import type { Language, LeftThing } from "../../../protocol/panel.ts";
import type { MemberRef, OfferTerms, VerifiedCopy } from "./events.ts";

/** One copy on its way to paper. `sent`: the printer may have it. */
export interface CopyState extends VerifiedCopy {
  readonly state: "pending" | "sent" | "done" | "notDone" | "unknown";
  readonly impressions: number;
}

/** Where the money of a session is, in yen. `owedYen` is everything that is not proved. */
export interface MoneyState {
  readonly insertedYen: number;
  /** Went back from the escrow. */
  readonly returnedYen: number;
  /** Went from the escrow into the cash box. */
  readonly acceptedYen: number;
  readonly changePaidYen: number;
  readonly refundedYen: number;
  readonly owedYen: number;
}

export interface Ending {
  readonly reason: "cancelled" | "timedOut" | "refused" | "fault" | "contradiction";
  readonly code: ErrorCode;
}

/** Why the card step asks again. `reader`: not the card's fault. */
export type CardProblem = "moved" | "unreadable" | "reader" | "left" | Exclude<CardKind, "myNumberCard">;

/**
 * Everything the flow remembers: ids, words of ours, yen and counters. No name, no address, no PIN, no text of an offer:
 * those are in the workspace, and this is journalled as it stands.
 */
export interface FlowContext {
  // What stays from session to session.
  readonly serviceable: boolean;
  readonly outOfServiceCode: ErrorCode | null;
  /** A session could not be proved to be wiped: only a restart helps. */
  readonly notWiped: boolean;
  readonly cardPresent: boolean;
  /** The card on the reader was there when the last session ended. */
  readonly cardLeftBehind: boolean;
  readonly left: readonly LeftThing[];
  readonly exactMoneyOnly: boolean;
  /** There will be no receipt; the citizen is asked before anything is paid. */
  readonly noReceipt: boolean;
  // One session.
  readonly language: Language;
  readonly sessionId: string | null;
  readonly warning: boolean;
  readonly extensions: number;
  readonly attempts: number;
  readonly directoryReady: boolean;
  readonly cardProblem: CardProblem | null;
  readonly municipality: string | null;
  readonly relation: Relation;
  readonly pinDigits: number;
  readonly triesLeft: number;
  readonly pinWrong: boolean;
  readonly requestId: string | null;
  readonly offers: readonly OfferTerms[];
  readonly members: readonly MemberRef[];
  readonly kind: CertificateKind | null;
  readonly scope: ResidentRecordOptions["scope"];
  readonly fields: readonly OptionalField[];
  readonly chosenMembers: readonly string[];
  readonly copies: number;
  /** The request id whose documents passed every check of the binding. */
  readonly bindingVerifiedFor: string | null;
  readonly bindingLevel: "L3" | "L2" | "none";
  readonly documents: readonly CopyState[];
  readonly money: MoneyState;
  /** The first copy is on its way, or will never be: the change may go. */
  readonly changeMayGo: boolean;
  readonly noChange: boolean;
  readonly paperCode: ErrorCode | null;
  readonly receipt: "none" | "printed" | "failed";
  readonly ending: Ending | null;
}

export const PIN_DIGITS = 4;
export const MAX_EXTENSIONS = 3;
/** How often the flow tries again by itself before it compensates. */
export const MAX_ATTEMPTS = 3;
/** How often coins of the escrow are tried to be given back: with the pauses, long enough to put a cable back. */
export const MAX_RETURN_ATTEMPTS = 20;

const NO_MONEY: MoneyState = {
  insertedYen: 0,
  returnedYen: 0,
  acceptedYen: 0,
  changePaidYen: 0,
  refundedYen: 0,
  owedYen: 0,
};

/** A session's part of the context, as it is between two sessions. Every key is named, so that nothing of one stays. */
export function freshSession() {
  return {
    language: "ja",
    sessionId: null,
    warning: false,
    extensions: 0,
    attempts: 0,
    directoryReady: false,
    cardProblem: null,
    municipality: null,
    relation: "residence",
    pinDigits: 0,
    triesLeft: 0,
    pinWrong: false,
    requestId: null,
    offers: [],
    members: [],
    kind: null,
    scope: "self",
    fields: [],
    chosenMembers: [],
    copies: 1,
    bindingVerifiedFor: null,
    bindingLevel: "none",
    documents: [],
    money: NO_MONEY,
    changeMayGo: false,
    noChange: false,
    paperCode: null,
    receipt: "none",
    ending: null,
  } as const satisfies Partial<FlowContext>;
}

/** The context of a kiosk that was just started: nobody is served, nothing is known of card, devices or centre. */
export function freshContext(): FlowContext {
  return {
    ...freshSession(),
    serviceable: false,
    outOfServiceCode: null,
    notWiped: false,
    cardPresent: false,
    cardLeftBehind: false,
    left: [],
    exactMoneyOnly: false,
    noReceipt: false,
  };
}

// ── what follows from the context ───────────────────────────────────────────────────────────────────────────────────

/** The terms of the chosen certificate. */
export function chosenOffer(c: FlowContext): OfferTerms | undefined {
  return c.offers.find((o) => o.kind === c.kind);
}

export function feeYen(c: FlowContext): number {
  return (chosenOffer(c)?.feePerCopyYen ?? 0) * c.copies;
}

/** What is above the fee. */
export function changeDueYen(c: FlowContext): number {
  return Math.max(0, c.money.insertedYen - feeYen(c));
}

export function copiesIn(c: FlowContext, ...states: readonly CopyState["state"][]): number {
  return c.documents.filter((d) => states.includes(d.state)).length;
}

/** The fee of every copy that is proved not to be printed. */
export function refundDueYen(c: FlowContext): number {
  return (chosenOffer(c)?.feePerCopyYen ?? 0) * copiesIn(c, "notDone");
}

/** What of the accepted money is neither earned nor proved to be given back. */
export function owedYen(c: FlowContext): number {
  const { acceptedYen, changePaidYen, refundedYen } = c.money;
  const earned = (chosenOffer(c)?.feePerCopyYen ?? 0) * copiesIn(c, "done");
  return Math.max(0, acceptedYen - earned - changePaidYen - refundedYen);
}

/** Members and options are complete: the citizen may go on. */
export function optionsComplete(c: FlowContext): boolean {
  return c.scope !== "members" || c.chosenMembers.length > 0;
}

/** The choice as it will be signed. */
export function choiceOf(c: FlowContext): CertificateChoice {
  if (c.kind === "seal-registration") return { kind: "seal-registration", options: {} };
  return {
    kind: "resident-record",
    options: {
      scope: c.scope,
      headAndRelationship: c.fields.includes("headAndRelationship"),
      domicile: c.fields.includes("domicile"),
      myNumber: c.fields.includes("myNumber"),
    },
  };
}

/** The next copy that was not sent yet. */
export function nextCopy(c: FlowContext): CopyState | undefined {
  return c.documents.find((d) => d.state === "pending");
}

export function copyUnderWay(c: FlowContext): CopyState | undefined {
  return c.documents.find((d) => d.state === "sent");
}

/** An ending by its code: the catalogue's kind decides what the citizen is told. */
export function endingOf(code: ErrorCode): Ending {
  if (code === "K-KIOSK-101") return { reason: "cancelled", code };
  if (code === "K-KIOSK-102") return { reason: "timedOut", code };
  const { kind } = errorEntry(code);
  if (kind === "refusal") return { reason: "refused", code };
  if (kind === "contradiction") return { reason: "contradiction", code };
  return { reason: "fault", code };
}

/** What a failure of the card or its reader means for the citizen: a card that moved, a reader that is away, or neither. */
export function cardProblemOf(code: ErrorCode): CardProblem {
  if (code === "K-CARD-101" || code === "K-CARD-103") return "moved";
  return code === "K-CARD-104" || code === "K-CARD-105" ? "reader" : "unreadable";
}

/** How the paper and the money ended, worst first; null when everything was issued. */
export function paperEnding(c: FlowContext): Ending | null {
  if (copiesIn(c, "unknown") > 0) return endingOf("K-KIOSK-117");
  if (c.money.owedYen > 0) return endingOf("K-KIOSK-115");
  if (copiesIn(c, "notDone") > 0) return endingOf("K-KIOSK-116");
  return null;
}
