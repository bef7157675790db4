import { RETURN_LEVER } from "../../../../devices/coin-vendor/codec/acceptor-errors.ts";
import { canGiveAllChange } from "../../../../devices/coin-vendor/denominate.ts";
import type { CoinCounts, CoinEvents, CoinVendor, Denomination } from "../../../../devices/coin-vendor/port.ts";
import type { ErrorCode } from "../../../kernel/errors/catalogue.ts";
import { yen } from "../../../kernel/money.ts";
import type { Effect } from "../flow/effect.ts";
import type { CompletionEvent } from "../flow/events.ts";
import { noted, type Scene } from "./deps.ts";

type EffectOf<N extends Effect["effect"]> = Extract<Effect, { effect: N }>;

/** Only coins that are there for certain: a citizen's money is not taken on a hope. */
function changePayable(vendor: Pick<CoinVendor, "denominate">, insertedYen: number, feeYen: number): boolean {
  return insertedYen <= feeYen || vendor.denominate(yen(insertedYen - feeYen), { certain: true }) !== undefined;
}

/** Nothing was sent, so nothing can have moved; or only a note, back to the citizen (K-COIN-302). */
const NEVER_LEFT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["K-LINK-101", "K-COIN-204", "K-COIN-302", "K-COIN-501"]);

/** The last look at the devices before money. The certificate printer is asked itself. */
export async function checkDevices(scene: Scene): Promise<CompletionEvent> {
  const { deps, signal, timings } = scene;
  const { certificatePrinter, receiptPrinter, coinVendor } = deps.devices;
  const checked = await timings.measure("checkDevices", () =>
    Promise.all([certificatePrinter.check({ signal }), receiptPrinter.check({ signal })]),
  );
  const [paper, receipt] = checked;
  if (!paper.ok) return { type: "notReady", code: noted(scene, "checkDevices", paper.error) };
  if (!receipt.ok) noted(scene, "checkDevices", receipt.error);
  const vendor = coinVendor.status();
  if (vendor.word !== "online") return { type: "notReady", code: vendor.cause?.code ?? "K-KIOSK-110" };
  if (deps.journal.openIntents().length > 0) return { type: "notReady", code: "K-KIOSK-121" };
  timings.since("confirmed", "confirmToPay");
  return { type: "ready", exactMoneyOnly: !canGiveAllChange(coinVendor.storageUnits()), noReceipt: !receipt.ok };
}

/** Opens the slot; from now on the escrow may hold coins, and the journal knows it first. */
export async function openSlot(scene: Scene, effect: EffectOf<"openSlot">): Promise<CompletionEvent> {
  const { deps, workspace } = scene;
  const vendor = deps.devices.coinVendor;
  // The flow asks for the slot only after the binding was verified; money does not hang on the flow alone.
  if (workspace.preparation?.requestId !== effect.requestId) return { type: "slotFailed", code: "K-KIOSK-122" };
  const intentId = deps.journal.intent(workspace.sessionId, "cashIn", {
    requestId: effect.requestId,
    feeYen: effect.feeYen,
  });
  let insertedYen = 0;
  const onCoins = (events: CoinEvents) => {
    const { credits, returned = [], unproved = [], errors, lostEvents, reset } = events;
    insertedYen += sumOf(credits) - sumOf(returned);
    // The return lever is the machine's own way of saying "I want my money back".
    if (events.source === undefined && errors.includes(RETURN_LEVER)) scene.tell({ type: "cancel" });
    if (credits.length + returned.length + unproved.length + lostEvents === 0 && !reset) return;
    scene.tell({
      type: "coins",
      insertedYen,
      changePayable: changePayable(vendor, insertedYen, effect.feeYen),
      lost: lostEvents > 0 || unproved.length > 0 || reset,
    });
  };
  workspace.cashIn = { intentId, stopListening: vendor.onCoins(onCoins) };
  const started = await vendor.cashInStart({ signal: scene.signal });
  if (!started.ok) return { type: "slotFailed", code: noted(scene, "openSlot", started.error) };
  return { type: "slotOpened" };
}

function sumOf(cash: readonly number[]): number {
  return cash.reduce((sum, one) => sum + one, 0);
}

/** Closes the slot. What counts is the sum of the recorded credits. */
export async function closeSlot(scene: Scene, feeYen: number): Promise<CompletionEvent> {
  const { deps, workspace } = scene;
  const vendor = deps.devices.coinVendor;
  const stopped = await scene.timings.measure("closeSlot", () => vendor.cashInStop({ signal: scene.signal }));
  if (!stopped.ok) return { type: "slotNotClosed", code: noted(scene, "closeSlot", stopped.error) };
  const insertedYen = workspace.cashIn ? deps.journal.creditedYenSince(workspace.cashIn.intentId) : 0;
  return { type: "slotClosed", insertedYen, changePayable: changePayable(vendor, insertedYen, feeYen) };
}

/** Escrow → tray. Not given up half way: a session that ends waits for it. */
export async function returnEscrow(scene: Scene): Promise<CompletionEvent> {
  const { deps, workspace } = scene;
  const vendor = deps.devices.coinVendor;
  const { cashIn } = workspace;
  if (!cashIn) return { type: "escrowReturned" };
  const stopped = await vendor.cashInStop();
  if (!stopped.ok && NEVER_LEFT.has(stopped.error.code)) {
    return { type: "escrowNotReturned", code: noted(scene, "returnEscrow", stopped.error), certain: true };
  }
  const yenInEscrow = deps.journal.creditedYenSince(cashIn.intentId);
  const intentId = deps.journal.intent(workspace.sessionId, "escrowReturn", { yen: yenInEscrow });
  const returned = await scene.timings.measure("returnEscrow", () => vendor.cashInRollback());
  if (returned.ok) {
    deps.journal.settle(intentId, "done", { yen: yenInEscrow });
    endCashIn(scene, "returned", yenInEscrow);
    return { type: "escrowReturned" };
  }
  const certain = NEVER_LEFT.has(returned.error.code);
  // The `cashIn` intent stays open: until the escrow is proved to be empty nobody else may pay.
  deps.journal.settle(intentId, certain ? "notDone" : "unknown", { code: returned.error.code });
  return { type: "escrowNotReturned", code: noted(scene, "returnEscrow", returned.error), certain };
}

/** `paid` in the journal, then escrow → cash box. */
export async function acceptEscrow(scene: Scene, effect: EffectOf<"acceptEscrow">): Promise<CompletionEvent> {
  const { deps, workspace, timings } = scene;
  timings.mark("paid");
  const printByMs = Math.min(...(workspace.preparation?.documents.map((d) => d.printByMs) ?? [0]));
  if (workspace.preparation?.requestId !== effect.requestId) return { type: "escrowRefused", code: "K-KIOSK-122" };
  if (deps.clock.nowMs() >= printByMs) return { type: "escrowRefused", code: "K-BIND-117" };
  const { requestId, insertedYen, feeYen, changeYen, copies } = effect;
  deps.journal.fact(workspace.sessionId, "paid", { requestId, insertedYen, feeYen, changeYen, copies });
  const intentId = deps.journal.intent(workspace.sessionId, "escrowAccept", { requestId, yen: insertedYen });
  const accepted = await timings.measure("accept", () => deps.devices.coinVendor.cashInEnd());
  if (accepted.ok) {
    deps.journal.settle(intentId, "done", { yen: insertedYen });
    endCashIn(scene, "accepted", insertedYen);
    return { type: "escrowAccepted" };
  }
  const code = noted(scene, "acceptEscrow", accepted.error);
  const certain = NEVER_LEFT.has(code);
  deps.journal.settle(intentId, certain ? "notDone" : "unknown", { code });
  return certain ? { type: "escrowRefused", code } : { type: "escrowUnknown", code };
}

function endCashIn(scene: Scene, outcome: "returned" | "accepted", amountYen: number): void {
  const { cashIn } = scene.workspace;
  if (!cashIn) return;
  cashIn.stopListening();
  scene.workspace.cashIn = undefined;
  scene.deps.journal.settle(cashIn.intentId, "done", { outcome, yen: amountYen });
}

/** Pays out from the hoppers; what a hopper could not give is tried once more from the others. */
export async function payOut(scene: Scene, effect: EffectOf<"payOut">): Promise<CompletionEvent> {
  let paidYen = 0;
  await scene.timings.measure(effect.purpose, async () => {
    for (let round = 0; round < 2 && paidYen < effect.yen; round++) {
      const coins = scene.deps.devices.coinVendor.denominate(yen(effect.yen - paidYen));
      if (!coins) break;
      const given = await dispense(scene, effect.purpose, coins);
      paidYen += given.paidYen;
      // What is not known may have been paid: nothing may be paid on top of it.
      if (!given.known) break;
    }
  });
  return { type: "paidOut", purpose: effect.purpose, paidYen };
}

async function dispense(
  scene: Scene,
  purpose: "change" | "refund",
  coins: CoinCounts,
): Promise<{ paidYen: number; known: boolean }> {
  const { journal, devices } = scene.deps;
  const open = new Map<Denomination, string>();
  let paidYen = 0;
  let known = true;
  const result = await devices.coinVendor.dispense(coins, {
    beforeEach(intent) {
      const data = { purpose, ...intent };
      open.set(intent.denomination, journal.intent(scene.workspace.sessionId, "payout", data));
    },
    afterEach(one) {
      const intentId = open.get(one.denomination);
      if (intentId === undefined) return;
      open.delete(one.denomination);
      paidYen += one.denomination * one.paid;
      known &&= one.known;
      const { paid, unpaid } = one;
      journal.settle(intentId, one.known ? (paid === 0 ? "notDone" : "done") : "unknown", { paid, unpaid });
    },
  });
  // A hopper whose command left and of which nothing was heard.
  for (const intentId of open.values()) journal.settle(intentId, "unknown");
  if (!result.ok) noted(scene, "payOut", result.error);
  return { paidYen, known: known && open.size === 0 && (!result.ok || result.value.state !== "unknown") };
}
