import type { OnPrintProgress, SubmittedJob } from "../../../../devices/certificate-printer/port.ts";
import type { ErrorCode } from "../../../kernel/errors/catalogue.ts";
import { tags } from "../../../protocol/roles.ts";
import { signStatement } from "../../../protocol/statement.ts";
import type { PrintStatement } from "../../../protocol/statements.ts";
import type { ComposedDocument, VerifiedDocument } from "../../ports.ts";
import type { Effect } from "../flow/effect.ts";
import type { CompletionEvent } from "../flow/events.ts";
import { noted, type Scene } from "./deps.ts";
import { receiptOf } from "./receipt.ts";

type EffectOf<N extends Effect["effect"]> = Extract<Effect, { effect: N }>;

/** Failures after which the printer may have the job all the same; its driver has asked it already. */
const MAY_HAVE_TAKEN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "K-PRINT-109",
  "K-CMD-101",
  "K-CMD-102",
  "K-LINK-102",
]);
/** Out of paper or toner, a jam, a door, a full tray, paused. */
const HANDS_MEND: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "K-PRINT-201",
  "K-PRINT-202",
  "K-PRINT-203",
  "K-PRINT-204",
  "K-PRINT-205",
  "K-PRINT-206",
]);
/** After these the same job may be taken in a minute: hands mend it, or the printer is busy and soon is not. */
const HANDS_HELP: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...HANDS_MEND, "K-PRINT-103", "K-PRINT-104"]);

/** The document of this request and this id, verified and composed; nothing else can be printed. */
function documentOf(
  scene: Scene,
  effect: EffectOf<"submitCopy"> | EffectOf<"settleCopy">,
): { verified: VerifiedDocument; composed: ComposedDocument } | undefined {
  const { preparation, composed } = scene.workspace;
  if (preparation?.requestId !== effect.requestId) return undefined;
  const verified = preparation.documents.find((d) => d.documentId === effect.documentId && d.copy === effect.copy);
  const page = composed.find((d) => d.documentId === effect.documentId);
  return verified && page ? { verified, composed: page } : undefined;
}

/** Intent, then Print-Job. */
export async function submitCopy(scene: Scene, effect: EffectOf<"submitCopy">): Promise<CompletionEvent> {
  const { deps, workspace, timings } = scene;
  const { copy, documentId, requestId } = effect;
  const document = documentOf(scene, effect);
  if (!document) return { type: "copyRefused", copy, code: "K-KIOSK-122", mayHelp: false };
  if (deps.clock.nowMs() >= document.verified.printByMs) {
    return { type: "copyRefused", copy, code: "K-BIND-117", mayHelp: false };
  }
  const { impressions, pwgRaster, overlays = [] } = document.composed;
  const intentId = deps.journal.intent(workspace.sessionId, "print", { requestId, documentId, copy, impressions });
  const submitted = await timings.measure("submit", () =>
    deps.devices.certificatePrinter.submit({ documentId, pwgRaster: pwgRaster.reveal(), impressions, overlays }),
  );
  if (submitted.ok) {
    if (copy === 1) timings.since("paid", "paidToJobAccepted");
    workspace.jobs.set(documentId, { job: submitted.value, intentId });
    return { type: "copySubmitted", copy };
  }
  const code = noted(scene, "submitCopy", submitted.error);
  if (MAY_HAVE_TAKEN.has(code)) {
    deps.journal.settle(intentId, "unknown", { code });
    return { type: "copyUnknown", copy, code };
  }
  deps.journal.settle(intentId, "notDone", { code });
  return { type: "copyRefused", copy, code, mayHelp: HANDS_HELP.has(code) };
}

/** Follows the job to its end and settles it on impressions; signs P. */
export async function settleCopy(scene: Scene, effect: EffectOf<"settleCopy">): Promise<CompletionEvent> {
  const { deps, workspace, timings } = scene;
  const { copy, documentId } = effect;
  const sent = workspace.jobs.get(documentId);
  const document = documentOf(scene, effect);
  if (!sent || !document) return { type: "copySettled", copy, state: "unknown", impressions: 0 };
  let counted = 0;
  let held: ErrorCode | null = null;
  const onProgress: OnPrintProgress = (impressions, obstacle) => {
    if (impressions > counted) scene.tell({ type: "impressions", copy, impressions });
    // A printer that does not answer for a moment, because somebody opens it, does not go on because of that.
    const code = obstacle ? (HANDS_MEND.has(obstacle.code) ? obstacle.code : held) : null;
    if (code !== held) scene.tell({ type: "copyHeld", copy, code });
    [counted, held] = [impressions, code];
  };
  const settled = await timings.measure("settle", () =>
    deps.devices.certificatePrinter.settle(sent.job, onProgress, { signal: scene.signal }),
  );
  const state = settled.ok ? settled.value.state : "unknown";
  const impressions = settled.ok ? settled.value.impressionsCompleted : 0;
  if (settled.ok) {
    deps.journal.settle(sent.intentId, state, { impressions, jobState: settled.value.jobState });
  } else {
    deps.journal.settle(sent.intentId, "unknown", { code: noted(scene, "settleCopy", settled.error) });
  }
  // After the wipe nothing of the session may be kept; the journal has the evidence.
  if (!workspace.wiped) {
    const after = settled.ok ? settled.value.impressionsAfter : undefined;
    const statement = printStatement(scene, effect.requestId, document, sent.job, { state, impressions, after });
    workspace.prints.push(signStatement(tags.print, statement, deps.signer));
  }
  return { type: "copySettled", copy, state, impressions };
}

function printStatement(
  scene: Scene,
  requestId: string,
  document: { verified: VerifiedDocument; composed: ComposedDocument },
  job: SubmittedJob,
  known: { state: PrintStatement["result"]; impressions: number; after: number | undefined },
): PrintStatement {
  // A printer without a counter of its own: the job's impressions count from nought.
  const before = job.impressionsBefore ?? 0;
  return {
    requestId,
    documentId: document.verified.documentId,
    centreHash: document.verified.centreHash,
    rasterHashes: [...document.composed.rasterHashes],
    impressionsBefore: before,
    impressionsAfter: known.after ?? before + known.impressions,
    result: known.state,
    printedAtMs: scene.deps.clock.nowMs(),
  };
}

/** The receipt, or the slip about what is owed. */
export async function printReceipt(scene: Scene, effect: EffectOf<"printReceipt">): Promise<CompletionEvent> {
  const { deps, workspace } = scene;
  const { requestId } = effect.receipt;
  const intentId = deps.journal.intent(workspace.sessionId, "receipt", { requestId });
  const receipt = receiptOf(effect.receipt, deps.words, deps.clock.nowMs());
  const printed = await scene.timings.measure("receipt", () =>
    deps.devices.receiptPrinter.print(receipt, { signal: scene.signal }),
  );
  if (printed.ok) {
    deps.journal.settle(intentId, "done");
    return { type: "receiptPrinted" };
  }
  // A receipt that stopped half way is no money; but that it is out is not proved.
  deps.journal.settle(intentId, "unknown", { code: printed.error.code });
  return { type: "receiptFailed", code: noted(scene, "printReceipt", printed.error) };
}
