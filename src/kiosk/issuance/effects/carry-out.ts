import { sleep } from "../../../kernel/clock.ts";
import type { Effect } from "../flow/effect.ts";
import type { CompletionEvent } from "../flow/events.ts";
import { apply, authenticate, identifyCard, loadDirectory, releaseCard } from "./card.ts";
import type { Scene } from "./deps.ts";
import { compose, prepare } from "./documents.ts";
import { finish } from "./finish.ts";
import { acceptEscrow, checkDevices, closeSlot, openSlot, payOut, returnEscrow } from "./money.ts";
import { printReceipt, settleCopy, submitCopy } from "./paper.ts";

/** Effects that belong to the runner of the flow itself: its clock, and giving up. */
export type RunnerEffect = Extract<
  Effect,
  { effect: "wait" | "stopWait" | "abort" | "beginSession" | "keepDigit" | "clearPin" | "lights" | "buzzer" }
>;
export type OutsideEffect = Exclude<Effect, RunnerEffect>;

/** Carries out one effect. Resolves with the one event that completes it; undefined for effects without a completion. */
export async function carryOut(effect: OutsideEffect, scene: Scene): Promise<CompletionEvent | undefined> {
  const { deps, workspace } = scene;
  switch (effect.effect) {
    case "loadDirectory":
      return loadDirectory(scene);
    case "identifyCard":
      return identifyCard(scene);
    case "releaseCard":
      await releaseCard(scene);
      return undefined;
    case "authenticate":
      return authenticate(scene, effect);
    case "apply":
      return apply(scene, effect);
    case "prepare":
      return prepare(scene, effect);
    case "compose":
      return compose(scene, effect);
    case "checkDevices":
      return checkDevices(scene);
    case "openSlot":
      return openSlot(scene, effect);
    case "closeSlot":
      return closeSlot(scene, effect.feeYen);
    case "returnEscrow":
      return returnEscrow(scene);
    case "acceptEscrow":
      return acceptEscrow(scene, effect);
    case "submitCopy":
      return submitCopy(scene, effect);
    case "settleCopy":
      return settleCopy(scene, effect);
    case "payOut":
      return payOut(scene, effect);
    case "printReceipt":
      return printReceipt(scene, effect);
    case "recordOwed":
      deps.journal.fact(workspace.sessionId, "owed", {
        requestId: effect.requestId,
        yen: effect.yen,
        code: effect.code,
      });
      deps.logger.event("money.owed", {
        sessionId: workspace.sessionId,
        requestId: effect.requestId,
        owedYen: effect.yen,
        code: effect.code,
      });
      return undefined;
    case "recordLeft":
      for (const thing of effect.left) {
        deps.journal.fact(workspace.sessionId, "incident", { what: "leftItem", thing });
        deps.logger.event("leftItem.found", { sessionId: workspace.sessionId, thing });
      }
      return undefined;
    case "pause":
      await sleep(deps.clock, deps.waits.pauseMs, scene.signal);
      return { type: "resumed" };
    case "finish":
      return finish(scene, effect);
  }
}
