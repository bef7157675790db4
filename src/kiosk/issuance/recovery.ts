import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { certificateKind } from "../../protocol/certificates.ts";
import type { UsageRecord } from "../../protocol/messages/kiosk.ts";
import type { Journal, JournalData, KioskDevices, OpenIntent } from "../ports.ts";

/** Settles what an earlier run of the kiosk, or a session that could not, left open. */
export interface Recovery {
  /** Something is not settled: nobody may pay. */
  pending(): boolean;
  /** Tries to settle everything that can be settled with the devices as they are now. Never while a session runs. */
  attempt(): Promise<void>;
}

interface RecoveryDeps {
  readonly journal: Journal;
  readonly devices: Pick<KioskDevices, "coinVendor" | "certificatePrinter">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is needed of a snapshot; the rest of it belongs to the flow. */
const snapshotShape = z.looseObject({
  context: z.looseObject({
    requestId: z.string().nullable(),
    municipality: z.string().nullable(),
    kind: certificateKind.nullable(),
    copies: z.int(),
    bindingLevel: z.enum(["L3", "L2", "none"]),
    documents: z.array(z.looseObject({ pages: z.int() })),
  }),
});

const count = z.int().min(0);
const payoutShape = z.object({
  purpose: z.string(),
  denomination: z.union([z.literal(10), z.literal(50), z.literal(100), z.literal(500)]),
  coins: count,
  counterBefore: count,
  paidBefore: count,
  unpaidBefore: count,
  dispensedBefore: count.optional(),
});

/**
 * Settles on evidence and guesses nothing: a job is looked up by its document id; coins that were never accepted go back
 * to the tray; coins whose acceptance had begun go on into the cash box and are owed (nobody may be standing at the tray
 * any more); a payout of which nothing was heard stays unknown. Every session gets its summary, and what is owed a fact
 * of its own for the staff.
 */
export function createRecovery(deps: RecoveryDeps): Recovery {
  let pending = unsettled(deps.journal);
  let running: Promise<void> | undefined;
  let again = false;
  const once = async () => {
    const sessions = new Set([
      ...deps.journal.openFlows().map((flow) => flow.sessionId),
      ...deps.journal.openIntents().map((intent) => intent.sessionId),
    ]);
    for (const sessionId of sessions) await recoverSession(deps, sessionId);
    pending = unsettled(deps.journal);
  };
  const run = async () => {
    do {
      again = false;
      await once();
    } while (again && pending);
  };
  return {
    pending: () => pending,
    attempt() {
      // A device that came back while an attempt was under way deserves one of its own.
      again = running !== undefined;
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

function unsettled(journal: Journal): boolean {
  return journal.openIntents().length > 0 || journal.openFlows().length > 0;
}

async function recoverSession(deps: RecoveryDeps, sessionId: string): Promise<void> {
  const open = deps.journal.openIntents().filter((intent) => intent.sessionId === sessionId);
  for (const intent of open) {
    if (intent.kind === "print" && !(await settlePrint(deps, intent))) return;
    if (intent.kind === "payout" && !(await settlePayout(deps, intent))) return;
    if (intent.kind === "receipt") settle(deps, intent, "unknown", {});
  }
  if (!(await settleEscrow(deps, sessionId, open))) return;
  const flow = deps.journal.openFlows().find((f) => f.sessionId === sessionId);
  if (flow) concludeSession(deps, sessionId, flow.snapshot);
}

function settle(
  deps: RecoveryDeps,
  intent: OpenIntent,
  state: "done" | "notDone" | "unknown",
  outcome: JournalData,
): void {
  deps.journal.settle(intent.id, state, { ...outcome, recovered: true });
  deps.logger.event("recovery.settled", { sessionId: intent.sessionId, kind: intent.kind, state });
}

/** False when the printer cannot be asked now. */
async function settlePrint(deps: RecoveryDeps, intent: OpenIntent): Promise<boolean> {
  const { certificatePrinter } = deps.devices;
  const found = await certificatePrinter.findJob(String(intent.data.documentId));
  if (!found.ok) return false;
  if (!found.value) {
    settle(deps, intent, "notDone", { why: "the printer does not know the job" });
    return true;
  }
  const settled = await certificatePrinter.settle(found.value, () => {});
  if (settled.ok) settle(deps, intent, settled.value.state, { impressions: settled.value.impressionsCompleted });
  else settle(deps, intent, "unknown", { code: settled.error.code });
  return true;
}

/** The hopper's counters of before are in the intent. False when the coin vendor cannot be asked now. */
async function settlePayout(deps: RecoveryDeps, intent: OpenIntent): Promise<boolean> {
  const { coinVendor } = deps.devices;
  const before = payoutShape.safeParse(intent.data);
  if (!before.success) {
    settle(deps, intent, "unknown", {});
    return true;
  }
  if (coinVendor.status().word !== "online") return false;
  const { dispensedBefore, purpose: _, ...counters } = before.data;
  const judged = await coinVendor.judgeDispense({
    ...counters,
    ...(dispensedBefore === undefined ? {} : { dispensedBefore }),
  });
  if (!judged.ok) return false;
  const { paid, unpaid, known } = judged.value;
  settle(deps, intent, known ? (paid === 0 ? "notDone" : "done") : "unknown", { paid, unpaid });
  return true;
}

/** Empties an escrow that may hold coins. False when the coin vendor cannot do it now. */
async function settleEscrow(deps: RecoveryDeps, sessionId: string, open: readonly OpenIntent[]): Promise<boolean> {
  const { journal } = deps;
  const { coinVendor } = deps.devices;
  const of = (kind: OpenIntent["kind"]) => open.find((intent) => intent.kind === kind);
  const [cashIn, accept, giveBack] = [of("cashIn"), of("escrowAccept"), of("escrowReturn")];
  if (!cashIn && !accept && !giveBack) return true;
  if (coinVendor.status().word !== "online") return false;
  const begun =
    accept !== undefined ||
    journal.settledIntents(sessionId).some((i) => i.kind === "escrowAccept" && i.state !== "notDone");
  const over = !journal.openFlows().some((flow) => flow.sessionId === sessionId);
  const amountYen = cashIn ? journal.creditedYenSince(cashIn.id) : 0;
  // A session that is over told its citizen that the money is owed: coins in the tray would go to whoever comes next.
  const keep = begun || over;
  const kind = keep ? "escrowAccept" : "escrowReturn";
  const moving = (keep ? accept : giveBack) ?? intentOf(journal, sessionId, kind, { yen: amountYen });
  const moved = keep ? await coinVendor.cashInEnd() : await coinVendor.cashInRollback();
  if (!moved.ok) {
    if (moving !== accept && moving !== giveBack) settle(deps, moving, "unknown", { code: moved.error.code });
    return false;
  }
  settle(deps, moving, "done", { yen: amountYen });
  const other = keep ? giveBack : accept;
  if (other) settle(deps, other, "unknown", {});
  if (cashIn) settle(deps, cashIn, "done", { outcome: keep ? "accepted" : "returned", yen: amountYen });
  return true;
}

function intentOf(journal: Journal, sessionId: string, kind: OpenIntent["kind"], data: JournalData): OpenIntent {
  return { id: journal.intent(sessionId, kind, data), sessionId, kind, data, atMs: 0 };
}

/** What the session's rows prove, as a summary; what they do not prove is owed. */
function concludeSession(deps: RecoveryDeps, sessionId: string, snapshot: unknown): void {
  const { journal, logger, clock } = deps;
  const parsed = snapshotShape.safeParse(snapshot);
  const context = parsed.success ? parsed.data.context : undefined;
  const settled = journal.settledIntents(sessionId);
  const money = moneyOf(journal, sessionId);
  const prints = settled.filter((intent) => intent.kind === "print");
  const done = prints.filter((intent) => intent.state === "done").length;
  const copies = context?.copies ?? prints.length;
  const earnedYen = copies === 0 ? 0 : Math.round(money.feeYen / copies) * done;
  const owedYen = Math.max(0, money.acceptedYen - earnedYen - money.changeYen - money.refundedYen);
  const requestId = context?.requestId ?? "";
  if (owedYen > 0) {
    journal.fact(sessionId, "owed", { requestId, yen: owedYen, code: "K-KIOSK-123" });
    logger.event("money.owed", { sessionId, requestId, owedYen, code: "K-KIOSK-123" });
  }
  const unknown = prints.some((intent) => intent.state === "unknown");
  const result = unknown ? "unknown" : done === 0 ? "notIssued" : done === copies ? "issued" : "partial";
  journal.fact(sessionId, "recovered", { requestId, result, owedYen });
  const impressions = prints.reduce((sum, intent) => sum + Number(intent.outcome.impressions ?? 0), 0);
  const nowMs = clock.nowMs();
  const record: Omit<UsageRecord, "requestId" | "municipality"> = {
    kind: context?.kind ?? "none",
    copies: done,
    feeYen: money.acceptedYen > 0 ? money.feeYen : 0,
    refundedYen: money.refundedYen + money.returnedYen,
    result,
    failureCode: "K-KIOSK-123",
    bindingLevel: context?.bindingLevel ?? "none",
    impressions,
    startedAtMs: Math.min(nowMs, ...settled.map((intent) => intent.atMs)),
    endedAtMs: nowMs,
  };
  if (context?.requestId && context.municipality) {
    const { municipality } = context;
    journal.enqueue({ kind: "usage", body: { requestId, municipality, ...record } });
    // P needs hashes that were wiped with the process: what was printed is told, without a proof of it.
    if (context.documents.length > 0) {
      journal.enqueue({
        kind: "settle",
        body: { requestId, result: done === 0 && !unknown ? "notIssued" : "unknown", prints: [] },
      });
    }
  }
  const { kind, refundedYen, failureCode: _, ...summary } = record;
  journal.endSession({
    sessionId,
    ...summary,
    failureCode: "K-KIOSK-123",
    ...(requestId === "" ? {} : { requestId }),
    ...(context?.municipality ? { municipality: context.municipality } : {}),
    ...(kind === "none" ? {} : { certificate: kind }),
    copies,
    insertedYen: money.acceptedYen + money.returnedYen,
    changeYen: money.changeYen,
    refundedYen,
    owedYen,
    pages: context?.documents.reduce((sum, d) => sum + d.pages, 0) ?? 0,
    timingsMs: {},
  });
}

function moneyOf(journal: Journal, sessionId: string) {
  const settled = journal.settledIntents(sessionId);
  const paid = journal.sessionFacts(sessionId).find((fact) => fact.kind === "paid");
  const sum = (which: (intent: (typeof settled)[number]) => number) =>
    settled.reduce((total, intent) => total + which(intent), 0);
  const payouts = (purpose: string) =>
    sum((i) =>
      i.kind === "payout" && i.data.purpose === purpose ? Number(i.data.denomination) * Number(i.outcome.paid ?? 0) : 0,
    );
  const cashIn = (outcome: string) =>
    sum((i) => (i.kind === "cashIn" && i.outcome.outcome === outcome ? Number(i.outcome.yen) : 0));
  return {
    feeYen: Number(paid?.data.feeYen ?? 0),
    acceptedYen: cashIn("accepted"),
    returnedYen: cashIn("returned"),
    changeYen: payouts("change"),
    refundedYen: payouts("refund"),
  };
}
