import type { CardSession, FourItems } from "../../../../devices/card-reader/port.ts";
import { failure } from "../../../kernel/errors/failure.ts";
import { Personal } from "../../../kernel/personal.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";
import {
  type Application,
  type ApplicationFields,
  applicationDigest,
  verifyApplication,
} from "../../../protocol/application.ts";
import { optionalFields } from "../../../protocol/certificates.ts";
import { toBase64Url } from "../../../protocol/encoding.ts";
import { foldName } from "../../../protocol/folding.ts";
import type { OpenReply } from "../../../protocol/messages/kiosk.ts";
import type { Offer } from "../../../protocol/offer.ts";
import { generateSealingKeyPair, type SealingKeyPair } from "../../../protocol/sealing.ts";
import { CLOCK_TOLERANCE_MS, certificateHash } from "../../../protocol/statement.ts";
import type { Effect } from "../flow/effect.ts";
import type { CompletionEvent } from "../flow/events.ts";
import { noted, type Scene } from "./deps.ts";

type EffectOf<N extends Effect["effect"]> = Extract<Effect, { effect: N }>;

/** A request is good for at most this long (docs/binding.md 1). */
const MAX_REQUEST_MS = 120_000;

/** The directory of municipalities, fresh for each session; without a centre nothing is begun. */
export async function loadDirectory(scene: Scene): Promise<CompletionEvent> {
  const { deps } = scene;
  const reply = await scene.timings.measure("directory", () => deps.uplink.directory({ signal: scene.signal }));
  if (!reply.ok) return { type: "directoryFailed", code: noted(scene, "loadDirectory", reply.error) };
  deps.directory.current = reply.value;
  return { type: "directoryLoaded" };
}

/** Connects and reads kind and tries left; spends no try. The connection stays open for the PIN. */
export async function identifyCard(scene: Scene): Promise<CompletionEvent> {
  const { workspace, signal } = scene;
  await releaseCard(scene);
  const identified = await scene.timings.measure("identifyCard", async () => {
    const connected = await scene.deps.devices.cardReader.connect({ signal });
    if (!connected.ok) return connected;
    if (signal.aborted || workspace.wiped) {
      await connected.value.close();
      return fail("K-CMD-102", { what: "identifyCard" });
    }
    workspace.card = connected.value;
    return connected.value.identify({ signal });
  });
  if (!identified.ok) return { type: "cardFailed", code: noted(scene, "identifyCard", identified.error) };
  return { type: "cardIdentified", ...identified.value };
}

/** Resets the card and lets it go; the next connection waits for it. */
export async function releaseCard(scene: Pick<Scene, "workspace">): Promise<void> {
  const { workspace } = scene;
  const { card } = workspace;
  workspace.card = undefined;
  const before = workspace.cardClosing;
  workspace.cardClosing = before.then(() => card?.close());
  await workspace.cardClosing;
}

/**
 * PIN, certificate, request, session key E, signature A, the four items once; then the card is let go. The request is
 * opened while the card gives its certificate: both are needed before A, neither needs the other.
 */
export async function authenticate(scene: Scene, effect: EffectOf<"authenticate">): Promise<CompletionEvent> {
  const { workspace, timings, signal } = scene;
  const pin = workspace.takePin();
  timings.mark("pinEntered");
  try {
    const { card } = workspace;
    if (!card) return { type: "cardFailed", code: "K-CARD-103" };
    const verified = await timings.measure("verifyPin", () => card.verifyPin(pin, { signal }));
    if (!verified.ok) return { type: "cardFailed", code: noted(scene, "authenticate", verified.error) };
    if (verified.value.outcome === "blocked") return { type: "pinBlocked" };
    if (verified.value.outcome === "wrong") return { type: "pinWrong", triesLeft: verified.value.triesLeft };
    const [certificate, opened, sessionKey] = await Promise.all([
      timings.measure("readCertificate", () => card.readAuthCertificate({ signal })),
      timings.measure("open", () => scene.deps.uplink.open({ signal })),
      generateSealingKeyPair(),
    ]);
    if (!certificate.ok) return { type: "cardFailed", code: noted(scene, "authenticate", certificate.error) };
    if (!opened.ok) return { type: "authenticationFailed", code: noted(scene, "open", opened.error) };
    const fields = applicationFields(scene, effect, opened.value, sessionKey);
    if (!fields.ok) return { type: "authenticationFailed", code: noted(scene, "open", fields.error) };
    const application = await signApplication(scene, card, fields.value, certificate.value);
    if (!application.ok) return { type: "cardFailed", code: noted(scene, "authenticate", application.error) };
    const items = await timings.measure("fourItems", () => card.readFourItems(pin, { signal }));
    // A card that broke here has signed already; but nothing proves that it is still the same card.
    if (!items.ok) return { type: "cardFailed", code: noted(scene, "authenticate", items.error) };
    if (workspace.wiped || signal.aborted) return { type: "cardFailed", code: "K-CMD-102" };
    workspace.application = new Personal(application.value);
    workspace.fourItems = items.value;
    workspace.sessionKey = sessionKey;
    await releaseCard(scene);
    timings.since("pinEntered", "authenticate");
    return { type: "authenticated", requestId: opened.value.requestId };
  } finally {
    pin.wipe();
  }
}

function applicationFields(
  scene: Scene,
  effect: EffectOf<"authenticate">,
  opened: OpenReply,
  sessionKey: SealingKeyPair,
): Result<ApplicationFields> {
  const leftMs = opened.notAfterMs - scene.deps.clock.nowMs();
  // A request that is over already, or good for far too long, means that one of the two clocks is wrong.
  if (leftMs <= 0 || leftMs > MAX_REQUEST_MS + CLOCK_TOLERANCE_MS) return fail("K-BIND-104", { leftMs });
  return ok({
    requestId: opened.requestId,
    nonce: opened.nonce,
    municipality: effect.municipality,
    relation: effect.relation,
    kioskCertificateHash: certificateHash(scene.deps.signer.certificate),
    sessionKey: sessionKey.publicKey,
    notAfterMs: opened.notAfterMs,
  });
}

async function signApplication(
  scene: Scene,
  card: CardSession,
  fields: ApplicationFields,
  certificate: Uint8Array,
): Promise<Result<Application>> {
  const signature = await scene.timings.measure("sign", () =>
    card.signDigest(applicationDigest(fields), { signal: scene.signal }),
  );
  if (!signature.ok) return signature;
  const application = {
    fields,
    authCertificate: toBase64Url(certificate),
    signature: toBase64Url(signature.value),
  };
  // A card whose signature does not fit its own certificate would only be refused later, by everybody.
  const verified = verifyApplication(application);
  return verified.ok ? ok(application) : verified;
}

/** A goes to the municipality; the offer comes back. */
export async function apply(scene: Scene, effect: EffectOf<"apply">): Promise<CompletionEvent> {
  const { workspace, timings } = scene;
  const application = workspace.application?.reveal();
  const { sessionKey } = workspace;
  if (!application || !sessionKey) return { type: "applyFailed", code: "K-KIOSK-122" };
  const reply = await timings.measure("apply", () =>
    scene.deps.uplink.apply(application, sessionKey, { signal: scene.signal }),
  );
  if (!reply.ok) return { type: "applyFailed", code: noted(scene, "apply", reply.error) };
  const { requestId, offer } = reply.value;
  if (requestId !== effect.requestId || offer.municipality !== application.fields.municipality) {
    return { type: "applyFailed", code: "K-KIOSK-122" };
  }
  if (workspace.wiped) return { type: "applyFailed", code: "K-CMD-102" };
  if (!isForTheCard(offer, workspace.fourItems?.reveal())) {
    return { type: "applyFailed", code: noted(scene, "apply", failure("K-BIND-140")) };
  }
  workspace.offer = new Personal(offer);
  timings.since("pinEntered", "pinToOffer");
  return {
    type: "offered",
    requestId,
    offers: offer.items.map((item) => ({
      kind: item.kind,
      feePerCopyYen: item.feePerCopyYen,
      maxCopies: item.maxCopies,
      scope: item.options.scope,
      fields: optionalFields.filter((field) => item.options[field]),
    })),
    members: offer.members.map(({ ref, holder }) => ({ ref, holder })),
  };
}

/**
 * Whether an offer is for the person whose card it was: a wrong link would show another household's names on the panel,
 * long before its pages could be refused. Without the card's items nothing can be said, and the level stays L2.
 */
function isForTheCard(offer: Offer, items: FourItems | undefined): boolean {
  if (!items || offer.members.length === 0) return true;
  const holders = offer.members.filter((member) => member.holder);
  return holders.length === 1 && holders.every((holder) => foldName(holder.name) === foldName(items.name));
}
