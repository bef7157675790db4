import type { GuideLight } from "../../../../devices/cabinet/port.ts";
import type { ErrorCode } from "../../../kernel/errors/catalogue.ts";
import type { Relation } from "../../../protocol/application.ts";
import type { CertificateChoice } from "../../../protocol/certificates.ts";
import type { Language, LeftThing } from "../../../protocol/panel.ts";
import type { CompletionEvent } from "./events.ts";

/** Steps with a time of their own; `kiosk.yaml` names each in milliseconds (`waits`). */
export const waitNames = [
  "notice",
  "card",
  "municipality",
  "pin",
  "removeCard",
  "choose",
  "options",
  "copies",
  "confirm",
  "pay",
  "takeEverything",
  "ended",
  "goodbye",
  "expectPaper",
  // The machine's own steps: no warning, only an end.
  "authenticating",
  "preparing",
  "money",
  "printing",
  "attention",
  "receipt",
  "finishing",
] as const;
export type WaitName = (typeof waitNames)[number];

/** Steps of the machine: nobody is asked whether they go on. */
export const machineWaits: ReadonlySet<WaitName> = new Set<WaitName>([
  "goodbye",
  "expectPaper",
  "authenticating",
  "preparing",
  "money",
  "printing",
  "attention",
  "receipt",
  "finishing",
]);

/** Effects as values: the flow names them, `issuance/effects` carries them out. */
export type Effect =
  /** Starts the step's clock anew; ends in `timeOver`, citizens' steps in `timeWarning` before it. */
  | { readonly effect: "wait"; readonly wait: WaitName }
  | { readonly effect: "stopWait" }
  | { readonly effect: "beginSession"; readonly sessionId: string; readonly language: Language }
  | { readonly effect: "loadDirectory" }
  | { readonly effect: "identifyCard" }
  | { readonly effect: "releaseCard" }
  /** The digit of this touch goes to the workspace. */
  | { readonly effect: "keepDigit" }
  | { readonly effect: "clearPin" }
  | { readonly effect: "authenticate"; readonly municipality: string; readonly relation: Relation }
  | { readonly effect: "apply"; readonly requestId: string }
  | {
      readonly effect: "prepare";
      readonly requestId: string;
      readonly choice: CertificateChoice;
      readonly members: readonly string[];
      readonly copies: number;
      readonly feePerCopyYen: number;
    }
  | { readonly effect: "compose"; readonly requestId: string }
  | { readonly effect: "checkDevices"; readonly feeYen: number }
  | { readonly effect: "openSlot"; readonly requestId: string; readonly feeYen: number }
  | { readonly effect: "closeSlot"; readonly feeYen: number }
  | { readonly effect: "returnEscrow" }
  | {
      readonly effect: "acceptEscrow";
      readonly requestId: string;
      readonly insertedYen: number;
      readonly feeYen: number;
      readonly changeYen: number;
      readonly copies: number;
    }
  | {
      readonly effect: "submitCopy";
      readonly requestId: string;
      readonly documentId: string;
      readonly copy: number;
    }
  | { readonly effect: "settleCopy"; readonly requestId: string; readonly documentId: string; readonly copy: number }
  | { readonly effect: "payOut"; readonly purpose: "change" | "refund"; readonly yen: number }
  | { readonly effect: "recordOwed"; readonly requestId: string; readonly yen: number; readonly code: ErrorCode }
  | { readonly effect: "printReceipt"; readonly receipt: ReceiptFacts }
  /** Comes back as `resumed` after the pause between two tries. */
  | { readonly effect: "pause" }
  /** Gives up what is under way with the card, or everything; what it would have answered is dropped. */
  | { readonly effect: "abort"; readonly scope: "card" | "all" }
  | { readonly effect: "lights"; readonly on: readonly GuideLight[] }
  | { readonly effect: "buzzer"; readonly on: boolean }
  | { readonly effect: "recordLeft"; readonly left: readonly LeftThing[] }
  /** Summary, outbox, wipe; ends in `wiped`. */
  | { readonly effect: "finish"; readonly outcome: SessionOutcome };

export type EffectName = Effect["effect"];

/** What stands on a receipt: no name, no address. */
export interface ReceiptFacts {
  readonly language: Language;
  readonly requestId: string;
  readonly kind: string;
  readonly copiesDone: number;
  readonly copies: number;
  readonly feeYen: number;
  readonly insertedYen: number;
  readonly changeYen: number;
  readonly refundedYen: number;
  readonly owedYen: number;
}

/** How a session ended, in ids, words of ours, and yen. */
export interface SessionOutcome {
  readonly sessionId: string;
  readonly requestId: string | null;
  readonly result: "issued" | "partial" | "notIssued" | "unknown";
  readonly code: ErrorCode | null;
  readonly bindingLevel: "L3" | "L2" | "none";
  readonly municipality: string | null;
  readonly kind: string | null;
  readonly copies: number;
  readonly copiesDone: number;
  readonly pages: number;
  readonly impressions: number;
  readonly feeYen: number;
  readonly insertedYen: number;
  readonly changeYen: number;
  readonly refundedYen: number;
  readonly owedYen: number;
}

/** Which events an effect may end with: exactly one of them, or none at all when the list is empty. */
export const completions = {
  wait: [],
  stopWait: [],
  beginSession: [],
  loadDirectory: ["directoryLoaded", "directoryFailed"],
  identifyCard: ["cardIdentified", "cardFailed"],
  releaseCard: [],
  keepDigit: [],
  clearPin: [],
  authenticate: ["authenticated", "pinWrong", "pinBlocked", "cardFailed", "authenticationFailed"],
  apply: ["offered", "applyFailed"],
  prepare: ["bindingVerified", "prepareFailed"],
  compose: ["composed", "composeFailed"],
  checkDevices: ["ready", "notReady"],
  openSlot: ["slotOpened", "slotFailed"],
  closeSlot: ["slotClosed", "slotNotClosed"],
  returnEscrow: ["escrowReturned", "escrowNotReturned"],
  acceptEscrow: ["escrowAccepted", "escrowRefused", "escrowUnknown"],
  submitCopy: ["copySubmitted", "copyRefused", "copyUnknown"],
  settleCopy: ["copySettled"],
  payOut: ["paidOut"],
  recordOwed: [],
  printReceipt: ["receiptPrinted", "receiptFailed"],
  pause: ["resumed"],
  abort: [],
  lights: [],
  buzzer: [],
  recordLeft: [],
  finish: ["wiped"],
} as const satisfies Readonly<Record<EffectName, readonly CompletionEvent["type"][]>>;
