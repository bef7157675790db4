import { withTimeout } from "../../../kernel/clock.ts";
import { messageOf } from "../../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";
import type { SessionSummary } from "../../ports.ts";
import type { Effect, SessionOutcome } from "../flow/effect.ts";
import type { CompletionEvent } from "../flow/events.ts";
import { releaseCard } from "./card.ts";
import type { Scene } from "./deps.ts";

type EffectOf<N extends Effect["effect"]> = Extract<Effect, { effect: N }>;

/** Summary and outbox, then everything personal goes: card, render child, workspace. */
export async function finish(scene: Scene, effect: EffectOf<"finish">): Promise<CompletionEvent> {
  const { deps, workspace } = scene;
  const { outcome } = effect;
  tellCentres(scene, outcome);
  const wiped = await wipe(scene);
  const summary = summaryOf(scene, outcome);
  deps.journal.endSession(summary);
  deps.logger.event("session.ended", {
    sessionId: outcome.sessionId,
    requestId: outcome.requestId ?? "",
    result: outcome.result,
    code: outcome.code ?? "",
    bindingLevel: outcome.bindingLevel,
    copies: outcome.copiesDone,
    insertedYen: outcome.insertedYen,
    changeYen: outcome.changeYen,
    refundedYen: outcome.refundedYen,
    owedYen: outcome.owedYen,
    impressions: outcome.impressions,
  });
  if (wiped.ok) deps.logger.event("session.wiped", { sessionId: workspace.sessionId });
  else deps.logger.event("session.wipeFailed", { sessionId: workspace.sessionId, code: wiped.error.code });
  deps.kickOutbox();
  return { type: "wiped", clean: wiped.ok };
}

/** The workspace first, since that cannot fail; then what needs others, all of it, in time. */
async function wipe(scene: Scene): Promise<Result<void>> {
  const { deps, workspace } = scene;
  const cardGone = releaseCard({ workspace });
  workspace.wipe();
  const letGo = async (): Promise<Result<void>> => {
    try {
      // What the flow gave up may still hold a page: it counts as gone only when it has come back.
      await Promise.all([cardGone, deps.renderer.kill(), scene.othersEnded()]);
      return ok();
    } catch (thrown) {
      return fail("K-KIOSK-120", { why: messageOf(thrown) });
    }
  };
  return withTimeout(deps.clock, { timeoutMs: deps.waits.wipeMs, what: "wipe" }, letGo);
}

function tellCentres(scene: Scene, outcome: SessionOutcome): void {
  const { deps, workspace } = scene;
  const { requestId, municipality } = outcome;
  if (requestId === null || municipality === null) return;
  if (workspace.choice !== undefined) {
    deps.journal.enqueue({
      kind: "settle",
      body: { requestId, result: outcome.result, prints: [...workspace.prints] },
    });
  }
  deps.journal.enqueue({
    kind: "usage",
    body: {
      requestId,
      municipality,
      kind: outcome.kind ?? "none",
      copies: outcome.copiesDone,
      feeYen: outcome.feeYen,
      refundedYen: outcome.refundedYen,
      result: outcome.result,
      ...(outcome.code === null ? {} : { failureCode: outcome.code }),
      bindingLevel: outcome.bindingLevel,
      impressions: outcome.impressions,
      startedAtMs: scene.startedAtMs,
      endedAtMs: deps.clock.nowMs(),
    },
  });
}

function summaryOf(scene: Scene, outcome: SessionOutcome): SessionSummary {
  return {
    sessionId: outcome.sessionId,
    ...(outcome.requestId === null ? {} : { requestId: outcome.requestId }),
    result: outcome.result,
    ...(outcome.code === null ? {} : { failureCode: outcome.code }),
    bindingLevel: outcome.bindingLevel,
    ...(outcome.municipality === null ? {} : { municipality: outcome.municipality }),
    ...(outcome.kind === null ? {} : { certificate: outcome.kind }),
    copies: outcome.copies,
    feeYen: outcome.feeYen,
    insertedYen: outcome.insertedYen,
    changeYen: outcome.changeYen,
    refundedYen: outcome.refundedYen,
    owedYen: outcome.owedYen,
    impressions: outcome.impressions,
    pages: outcome.pages,
    timingsMs: scene.timings.all(),
    startedAtMs: scene.startedAtMs,
    endedAtMs: scene.deps.clock.nowMs(),
  };
}
