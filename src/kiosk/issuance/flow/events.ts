import type { CardKind } from "../../../../devices/card-reader/port.ts";
import type { ErrorCode } from "../../../kernel/errors/catalogue.ts";
import type { Relation } from "../../../protocol/application.ts";
import type { CertificateKind, OptionalField, ResidentRecordOptions } from "../../../protocol/certificates.ts";
import type { Language, LeftThing } from "../../../protocol/panel.ts";

/** What an offer says without words: kinds, yen and switches. Titles and explanations stay in the workspace. */
export interface OfferTerms {
  readonly kind: CertificateKind;
  readonly feePerCopyYen: number;
  readonly maxCopies: number;
  readonly scope: boolean;
  readonly fields: readonly OptionalField[];
}

/** A household member by a reference made for this request; the name stays in the workspace. */
export interface MemberRef {
  readonly ref: string;
  readonly holder: boolean;
}

/** A verified document of this request. */
export interface VerifiedCopy {
  readonly documentId: string;
  readonly copy: number;
  readonly pages: number;
}

/** What the citizen touched, in the panel's words. A PIN digit comes without the digit. */
export type CitizenEvent =
  | { readonly type: "chooseLanguage"; readonly language: Language; readonly sessionId: string }
  | { readonly type: "agree" }
  | { readonly type: "chooseMunicipality"; readonly municipality: string; readonly relation: Relation }
  | { readonly type: "pinDigit" }
  | { readonly type: "pinClear" }
  | { readonly type: "pinEnter" }
  | { readonly type: "selectCertificate"; readonly kind: string }
  | { readonly type: "chooseScope"; readonly scope: ResidentRecordOptions["scope"] }
  | { readonly type: "toggleMember"; readonly ref: string }
  | { readonly type: "setOption"; readonly option: OptionalField; readonly value: boolean }
  | { readonly type: "setCopies"; readonly copies: number }
  | { readonly type: "proceed" }
  | { readonly type: "back" }
  | { readonly type: "cancel" }
  | { readonly type: "extend" }
  | { readonly type: "dismiss" };

/** The step's clock. */
export type TimeEvent = { readonly type: "timeWarning" } | { readonly type: "timeOver" };

/** What sensors and devices tell by themselves. */
export type MachineEvent =
  /** `leftBehind`: it was there before anybody began a session. */
  | { readonly type: "cardPlaced"; readonly leftBehind?: true }
  | { readonly type: "cardTaken" }
  /** Everything that lies somewhere now. */
  | { readonly type: "sensors"; readonly left: readonly LeftThing[] }
  /** Sum in the escrow since the slot opened; whether the hoppers can give what is above the fee; counts that were lost. */
  | { readonly type: "coins"; readonly insertedYen: number; readonly changePayable: boolean; readonly lost: boolean }
  | {
      readonly type: "health";
      readonly serviceable: boolean;
      readonly code: ErrorCode | null;
      readonly exactMoneyOnly: boolean;
      /** The receipt printer cannot print: a citizen may go on without a receipt. */
      readonly noReceipt: boolean;
    }
  | { readonly type: "impressions"; readonly copy: number; readonly impressions: number }
  /** The printer has the copy and waits for hands (a jam, no paper); `null` when it goes on. */
  | { readonly type: "copyHeld"; readonly copy: number; readonly code: ErrorCode | null };

/** How effects end: each effect with a completion ends with exactly one of these. */
export type CompletionEvent =
  | { readonly type: "directoryLoaded" }
  | { readonly type: "directoryFailed"; readonly code: ErrorCode }
  | { readonly type: "cardIdentified"; readonly kind: CardKind; readonly triesLeft: number }
  | { readonly type: "cardFailed"; readonly code: ErrorCode }
  | { readonly type: "authenticated"; readonly requestId: string }
  | { readonly type: "pinWrong"; readonly triesLeft: number }
  | { readonly type: "pinBlocked" }
  | { readonly type: "authenticationFailed"; readonly code: ErrorCode }
  | {
      readonly type: "offered";
      readonly requestId: string;
      readonly offers: readonly OfferTerms[];
      readonly members: readonly MemberRef[];
    }
  | { readonly type: "applyFailed"; readonly code: ErrorCode }
  | {
      readonly type: "bindingVerified";
      readonly requestId: string;
      readonly level: "L3" | "L2";
      readonly documents: readonly VerifiedCopy[];
    }
  | { readonly type: "prepareFailed"; readonly code: ErrorCode }
  | { readonly type: "composed"; readonly requestId: string }
  | { readonly type: "composeFailed"; readonly code: ErrorCode }
  | { readonly type: "ready"; readonly exactMoneyOnly: boolean; readonly noReceipt: boolean }
  | { readonly type: "notReady"; readonly code: ErrorCode }
  | { readonly type: "slotOpened" }
  | { readonly type: "slotFailed"; readonly code: ErrorCode }
  | { readonly type: "slotClosed"; readonly insertedYen: number; readonly changePayable: boolean }
  | { readonly type: "slotNotClosed"; readonly code: ErrorCode }
  | { readonly type: "escrowAccepted" }
  /** Proved not done: the coins are in the escrow still. */
  | { readonly type: "escrowRefused"; readonly code: ErrorCode }
  | { readonly type: "escrowUnknown"; readonly code: ErrorCode }
  | { readonly type: "escrowReturned" }
  /** `certain`: the command never left, so that it may be repeated. */
  | { readonly type: "escrowNotReturned"; readonly code: ErrorCode; readonly certain: boolean }
  | { readonly type: "copySubmitted"; readonly copy: number }
  /** Proved not taken by the printer. `mayHelp`: it may be taken when somebody fed the printer, or when it is less busy. */
  | { readonly type: "copyRefused"; readonly copy: number; readonly code: ErrorCode; readonly mayHelp: boolean }
  | { readonly type: "copyUnknown"; readonly copy: number; readonly code: ErrorCode }
  | {
      readonly type: "copySettled";
      readonly copy: number;
      readonly state: "done" | "notDone" | "unknown";
      readonly impressions: number;
    }
  | { readonly type: "paidOut"; readonly purpose: "change" | "refund"; readonly paidYen: number }
  | { readonly type: "receiptPrinted" }
  | { readonly type: "receiptFailed"; readonly code: ErrorCode }
  | { readonly type: "resumed" }
  | { readonly type: "wiped"; readonly clean: boolean };

export type FlowEvent = CitizenEvent | TimeEvent | MachineEvent | CompletionEvent;
export type FlowEventOf<T extends FlowEvent["type"]> = Extract<FlowEvent, { type: T }>;
