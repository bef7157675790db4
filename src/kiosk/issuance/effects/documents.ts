import type { Personal } from "../../../kernel/personal.ts";
import { err, fail, ok, type Result } from "../../../kernel/result.ts";
import { applicationHash } from "../../../protocol/application.ts";
import { tags } from "../../../protocol/roles.ts";
import { type SignedStatement, signStatement } from "../../../protocol/statement.ts";
import type { ChoiceStatement } from "../../../protocol/statements.ts";
import type { ComposedDocument, ReadPages, VerifiedPreparation } from "../../ports.ts";
import type { Effect } from "../flow/effect.ts";
import type { CompletionEvent } from "../flow/events.ts";
import { noted, type Scene } from "./deps.ts";

type EffectOf<N extends Effect["effect"]> = Extract<Effect, { effect: N }>;

/** S goes out, documents come back, and every check of the binding is made before anything else happens with them. */
export async function prepare(scene: Scene, effect: EffectOf<"prepare">): Promise<CompletionEvent> {
  const { deps, workspace, timings } = scene;
  if (workspace.choice === undefined) timings.mark("confirmed");
  const choice = signedChoice(scene, effect);
  if (!choice.ok) return { type: "prepareFailed", code: choice.error.code };
  const verified = await requestAndVerify(scene, effect.requestId, choice.value);
  if (!verified.ok) {
    const code = noted(scene, "prepare", verified.error);
    if (code.startsWith("K-BIND")) deps.logger.event("binding.contradiction", { requestId: effect.requestId, code });
    return { type: "prepareFailed", code };
  }
  const { level, documents, requestId } = verified.value;
  deps.journal.fact(workspace.sessionId, "bindingVerified", { requestId, level, documents: documents.length });
  deps.logger.event("binding.verified", { requestId, bindingLevel: level, documents: documents.length });
  return {
    type: "bindingVerified",
    requestId,
    level,
    documents: documents.map(({ documentId, copy, pages }) => ({ documentId, copy, pages })),
  };
}

function signedChoice(scene: Scene, effect: EffectOf<"prepare">): Result<SignedStatement> {
  const { workspace, deps } = scene;
  const application = workspace.application?.reveal();
  if (application?.fields.requestId !== effect.requestId) return fail("K-KIOSK-122");
  if (workspace.choice === undefined) {
    const body: ChoiceStatement = {
      requestId: effect.requestId,
      applicationHash: applicationHash(application),
      choice: effect.choice,
      members: [...effect.members],
      copies: effect.copies,
      feePerCopyYen: effect.feePerCopyYen,
      feeYen: effect.feePerCopyYen * effect.copies,
      confirmedAtMs: deps.clock.nowMs(),
    };
    workspace.choice = signStatement(tags.choice, body, deps.signer);
  }
  return ok(workspace.choice);
}

async function requestAndVerify(
  scene: Scene,
  requestId: string,
  choice: SignedStatement,
): Promise<Result<VerifiedPreparation>> {
  const { deps, workspace, timings, signal } = scene;
  const { sessionKey, offer } = workspace;
  const application = workspace.application?.reveal();
  if (!sessionKey || !application || !offer) return fail("K-KIOSK-122");
  const reply = await timings.measure("request", () => deps.uplink.prepare(requestId, choice, sessionKey, { signal }));
  if (!reply.ok) return reply;
  let readMs = 0;
  const read = async (pdf: Personal<Uint8Array>): Promise<Result<ReadPages>> => {
    const from = deps.clock.monotonicMs();
    const pages = await deps.renderer.read(pdf, { signal });
    readMs += deps.clock.monotonicMs() - from;
    return pages;
  };
  const { fourItems } = workspace;
  const verified = await timings.measure("verify", () =>
    deps.binding.verifyPrepared({
      requestId,
      sessionKey,
      application,
      choice,
      reply: reply.value,
      fourItems,
      offer,
      read,
    }),
  );
  timings.note("readPages", readMs);
  if (!verified.ok) return verified;
  if (workspace.wiped) {
    for (const document of verified.value.documents) document.pdf.wipe();
    return fail("K-CMD-102", { what: "prepare" });
  }
  workspace.preparation = verified.value;
  return verified;
}

/** Both sides of every page for this kiosk's engine, before payment: after it only the printer can fail. */
export async function compose(scene: Scene, effect: EffectOf<"compose">): Promise<CompletionEvent> {
  const { workspace, timings } = scene;
  const { preparation } = workspace;
  if (preparation?.requestId !== effect.requestId) return { type: "composeFailed", code: "K-KIOSK-122" };
  const composed = await timings.measure("compose", () => composeAll(scene, preparation));
  if (!composed.ok) return { type: "composeFailed", code: noted(scene, "compose", composed.error) };
  workspace.composed = composed.value;
  return { type: "composed", requestId: effect.requestId };
}

async function composeAll(scene: Scene, preparation: VerifiedPreparation): Promise<Result<ComposedDocument[]>> {
  const done: ComposedDocument[] = [];
  const drop = () => {
    for (const document of done) document.pwgRaster.wipe();
  };
  for (const { documentId, pdf, payloads } of preparation.documents) {
    const one = await scene.deps.renderer.compose({ documentId, pdf, payloads }, { signal: scene.signal });
    if (one.ok) done.push(one.value);
    if (!one.ok || scene.workspace.wiped) {
      drop();
      return one.ok ? fail("K-CMD-102", { what: "compose" }) : err(one.error);
    }
  }
  return ok(done);
}
