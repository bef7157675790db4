import type { Cabinet } from "../../devices/cabinet/port.ts";
import type { CardReader, FourItems } from "../../devices/card-reader/port.ts";
import type { CertificatePrinter, PrintOverlay } from "../../devices/certificate-printer/port.ts";
import type { CoinVendor, CreditStore } from "../../devices/coin-vendor/port.ts";
import type { ReceiptPrinter } from "../../devices/receipt-printer/port.ts";
import type { Yen } from "../kernel/money.ts";
import type { Personal } from "../kernel/personal.ts";
import type { Result } from "../kernel/result.ts";
import type { Application } from "../protocol/application.ts";
import type { ApplyReply, DirectoryReply, OpenReply, PrepareReply, UsageRecord } from "../protocol/messages/kiosk.ts";
import type { Offer } from "../protocol/offer.ts";
import type { SealingKeyPair } from "../protocol/sealing.ts";
import type { SignedStatement } from "../protocol/statement.ts";
import type { PageReading } from "../security-print/pages/reading.ts";

/** What the issuance needs of the other rooms of the kiosk. Each is built by its own room and wired by `main.ts`. */

/** Every call may be given up. Commands have time-outs of their own. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** The devices of the kiosk; the ports are the devices' own. */
export interface KioskDevices {
  readonly cardReader: CardReader;
  readonly coinVendor: CoinVendor;
  readonly certificatePrinter: CertificatePrinter;
  readonly receiptPrinter: ReceiptPrinter;
  readonly cabinet: Cabinet;
}

// ── render ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A document as it was read back and drawn by this kiosk. */
export interface ReadPages {
  /** What stands on each page, in their order. */
  readonly pages: Personal<readonly PageReading[]>;
  /** `frontHash` of each page: its 200-dpi bilevel raster before any deterrent text (M.pageHashes). */
  readonly frontHashes: readonly string[];
}

/** Both sides of every page for this kiosk's engine. */
export interface ComposedDocument {
  readonly documentId: string;
  /** PWG raster, front and back alternating. */
  readonly pwgRaster: Personal<Uint8Array>;
  /** Sides: 2 a page. */
  readonly impressions: number;
  /** SHA-256 of each side as it is sent, in the order of the raster (P.rasterHashes). */
  readonly rasterHashes: readonly string[];
  /** What this printer gets over the raster; nothing personal, and not in the hashes: it is the same on every certificate. */
  readonly overlays?: readonly PrintOverlay[];
}

/** Reads and composes PDFs in a child process that is killed after each session. */
export interface Renderer {
  /** Starts the child ahead of its use, so that the first page does not wait for it. Idempotent. */
  warm(options?: CallOptions): Promise<Result<void>>;
  /** Reads every page of a PDF. `K-BIND-138` when it cannot be read. */
  read(pdf: Personal<Uint8Array>, options?: CallOptions): Promise<Result<ReadPages>>;
  /** Rasterises a PDF that was verified and adds the back sides, each with the scrambled image of its payload. */
  compose(
    document: {
      readonly documentId: string;
      readonly pdf: Personal<Uint8Array>;
      readonly payloads: readonly Uint8Array[];
    },
    options?: CallOptions,
  ): Promise<Result<ComposedDocument>>;
  /** Kills the child; everything it held goes with it. Resolves when it is gone. Idempotent. */
  kill(): Promise<void>;
}

// ── binding ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What one session knows by itself, against which the reply to `prepare` is checked (docs/binding.md 9–12). */
export interface BindingInput {
  readonly requestId: string;
  /** E */
  readonly sessionKey: SealingKeyPair;
  /** A */
  readonly application: Application;
  /** S, as it was sent. */
  readonly choice: SignedStatement;
  readonly reply: PrepareReply;
  /** F; undefined when the card's items could not be read (level L2). */
  readonly fourItems: Personal<FourItems> | undefined;
  /** What the panel showed: S names members by references, and only the offer says to whom the citizen took them to point. */
  readonly offer: Personal<Offer>;
  /** Called only for PDFs whose bytes were already proved to be the released ones. */
  readonly read: (pdf: Personal<Uint8Array>) => Promise<Result<ReadPages>>;
}

export interface VerifiedDocument {
  readonly documentId: string;
  /** 1 … copies */
  readonly copy: number;
  readonly pages: number;
  readonly pdf: Personal<Uint8Array>;
  /** The payload of each page's scrambled image. Sealed: nobody at the kiosk can open it. */
  readonly payloads: readonly Uint8Array[];
  /** H(C), to which P refers. */
  readonly centreHash: string;
  readonly printByMs: number;
}

export interface VerifiedPreparation {
  readonly requestId: string;
  /** L3: card, register and page agree. L2: register and page agree. Nothing lower is ever `ok`. */
  readonly level: "L3" | "L2";
  /** In the order of their copies. */
  readonly documents: readonly VerifiedDocument[];
}

/** The checks of the binding; trust anchors, the kiosk's certificate and the clock are given when it is made. */
export interface Binding {
  /** `K-BIND-…` names the check that failed. */
  verifyPrepared(input: BindingInput): Promise<Result<VerifiedPreparation>>;
}

// ── tunnel ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The issuance centre, through the operator's relay. Retries by message id are the uplink's own affair. */
export interface Uplink {
  directory(options?: CallOptions): Promise<Result<DirectoryReply>>;
  open(options?: CallOptions): Promise<Result<OpenReply>>;
  /** `session` is E: the reply is sealed to it. */
  apply(application: Application, session: SealingKeyPair, options?: CallOptions): Promise<Result<ApplyReply>>;
  prepare(
    requestId: string,
    choice: SignedStatement,
    session: SealingKeyPair,
    options?: CallOptions,
  ): Promise<Result<PrepareReply>>;
  settle(report: SettleReport, options?: CallOptions): Promise<Result<void>>;
  /** The usage log of the operator's centre. Idempotent by requestId. */
  usage(record: UsageRecord, options?: CallOptions): Promise<Result<void>>;
  close(): Promise<void>;
}

export interface SettleReport {
  readonly requestId: string;
  readonly result: UsageRecord["result"];
  /** P of each document that was sent to the printer. */
  readonly prints: readonly SignedStatement[];
}

// ── ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Flat, JSON-safe, never personal. */
export type JournalData = Readonly<Record<string, string | number | boolean>>;

/** Effects that move money or paper: their intent is durable before they begin. */
export type IntentKind =
  /** The coin slot opens: from now on the escrow may hold coins. Settled with `{ outcome: "accepted" | "returned", yen }`. */
  | "cashIn"
  /** Escrow → cash box. */
  | "escrowAccept"
  /** Escrow → return tray. */
  | "escrowReturn"
  /** One hopper's payout: `{ purpose: "change" | "refund", denomination, coins, counterBefore }`. */
  | "payout"
  /** One copy: `{ requestId, documentId, copy, impressions }`. */
  | "print"
  | "receipt";

/** Facts that are no effects. */
export type FactKind = "sessionOpened" | "bindingVerified" | "paid" | "owed" | "recovered" | "incident";

export interface OpenIntent {
  readonly id: string;
  readonly sessionId: string;
  readonly kind: IntentKind;
  readonly data: JournalData;
  /** Wall time at which it was written. */
  readonly atMs: number;
}

/** One session as it ended: what `issue` reports and the bench measures. No personal data. */
export interface SessionSummary {
  readonly sessionId: string;
  /** Absent when the session ended before the centre gave one. */
  readonly requestId?: string;
  readonly result: UsageRecord["result"];
  readonly failureCode?: string;
  readonly bindingLevel: "L3" | "L2" | "none";
  readonly municipality?: string;
  readonly certificate?: string;
  readonly copies: number;
  readonly feeYen: number;
  readonly insertedYen: number;
  readonly changeYen: number;
  readonly refundedYen: number;
  readonly owedYen: number;
  readonly impressions: number;
  readonly pages: number;
  /** Machine time of each stage on the monotonic clock, milliseconds. */
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** A message that must reach a centre, however long that takes. It is dropped only on the centre's own answer. */
export type QueuedMessage =
  | { readonly id: string; readonly kind: "usage"; readonly body: UsageRecord }
  | { readonly id: string; readonly kind: "settle"; readonly body: SettleReport };

/**
 * The kiosk's journal: node:sqlite, WAL, synchronous=FULL, hash chain, one writer. Every method returns after the row is
 * durable; a journal that cannot write throws (a kiosk without a journal must not move money).
 */
export interface Journal {
  /** Writes the intent of an effect; returns its id. */
  intent(sessionId: string, kind: IntentKind, data: JournalData): string;
  /** Settles an intent on evidence. Settling twice is a bug and throws. */
  settle(intentId: string, state: "done" | "notDone" | "unknown", data?: JournalData): void;
  fact(sessionId: string, kind: FactKind, data: JournalData): void;
  /** Intents without an outcome, oldest first. On start: what a crash left open. */
  openIntents(): readonly OpenIntent[];
  /** Sum of the credits that were recorded since an intent (`cashIn`) was written. */
  creditedYenSince(intentId: string): Yen;
  /** Whether money of a session was accepted (`paid`), what of it was already returned, settled prints. */
  sessionFacts(sessionId: string): readonly { readonly kind: FactKind; readonly data: JournalData }[];
  /** Settled intents of a session, for recovery: which copies are proved, which payouts were made. */
  settledIntents(
    sessionId: string,
  ): readonly (OpenIntent & { readonly state: "done" | "notDone" | "unknown"; readonly outcome: JournalData })[];
  /** The flow's snapshot (JSON without personal data), kept for the session that is open. */
  saveFlow(sessionId: string, snapshot: unknown): void;
  /** Snapshots of sessions without a summary: what was going on when the process ended. */
  openFlows(): readonly { readonly sessionId: string; readonly snapshot: unknown }[];
  /** Ends a session: its summary replaces its snapshot. */
  endSession(summary: SessionSummary): void;
  /** Puts a message for a centre into the outbox. */
  enqueue(
    message:
      | Omit<Extract<QueuedMessage, { kind: "usage" }>, "id">
      | Omit<Extract<QueuedMessage, { kind: "settle" }>, "id">,
  ): void;
  queued(): readonly QueuedMessage[];
  /** The centre has acknowledged it. */
  dequeue(id: string): void;
  /** Where the coin vendor's driver keeps credits and the event counter. */
  readonly credits: CreditStore;
  close(): void;
}
