import type { X509Certificate } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { createIdSource } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Running } from "../kernel/process.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { startJsonServer, type TlsIdentity } from "../protocol/http/server.ts";
import { loadAuthorities, loadSigner, loadTlsIdentity } from "../protocol/identity-files.ts";
import { type Signer, subjectOf } from "../protocol/statement.ts";
import { folderArchive } from "./api/archive.ts";
import type { RenderCertificate } from "./api/ports.ts";
import { issuingRoutes } from "./api/routes.ts";
import { createIssuingService } from "./api/service.ts";
import { createSessions } from "./api/sessions.ts";
import { connectAttestor } from "./attestor/serve.ts";
import type { IssuingServerConfig } from "./config.ts";
import { createGate, type PageReader } from "./gate/gate.ts";
import { openIssuedBook } from "./gate/issued-book.ts";
import type { ServicePolicy } from "./offer/build-offer.ts";
import { openSqliteRegister } from "./registry/sqlite-register.ts";
import type { TownPolicy } from "./town-folder/load-town.ts";
import { municipalityFiles, prepareTown } from "./town-folder/prepare-town.ts";
import { certificatePolicies, profileOf } from "./town-folder/town-yaml.ts";
import { checkCardValidity } from "./validity/card-validity.ts";

/** What is plugged into an issuing server from outside. */
export interface IssuingServerDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Draws certificates. A test plugs in a liar here; the process has the real one. */
  readonly render: RenderCertificate;
  /** The glyph check that the gate repeats: `K-CERT-101`. */
  readonly checkGlyphs: (texts: Iterable<string>) => Result<void>;
  /** Reads pages for the gate. Closed by whoever made it. */
  readonly pages: PageReader;
}

/** How often the server says that its own register is right. */
const CONFIRM_EVERY_MS = 60_000;

/** Starts an issuing server: prepares its town, opens its stores, serves. Stores are closed again when it fails to. */
export async function startIssuingServer(
  config: IssuingServerConfig,
  deps: IssuingServerDeps,
): Promise<Result<Running>> {
  const identity = loadIdentity(config);
  if (!identity.ok) return identity;
  const policy = prepareTown(config.town, config.data, deps);
  if (!policy.ok) return policy;
  const { code } = policy.value.town;
  for (const [role, signer] of Object.entries({ renderer: identity.value.renderer, gate: identity.value.gate })) {
    const { O: party } = subjectOf(signer.certificate);
    if (party !== code) return fail("K-CONF-101", { file: config.town, why: `the ${role}'s key is of ${party}` });
  }
  const files = municipalityFiles(config.data);
  const register = openSqliteRegister(files.register);
  if (!register.ok) return register;
  const book = openIssuedBook(files.issued);
  if (!book.ok) {
    register.value.close();
    return book;
  }
  const attestor = connectAttestor({
    socketPath: config.attestor.socket,
    timeoutMs: config.attestor.timeoutMs,
    clock: deps.clock,
  });
  const sessionMs = config.sessionMinutes * 60_000;
  const sessions = createSessions({ clock: deps.clock, lifeMs: sessionMs, maxSessions: config.maxSessions });
  const confirming = config.register === "own" ? keepConfirming(deps.clock, register.value.confirmCurrent) : () => {};
  const closeStores = () => {
    confirming();
    sessions.clear();
    attestor.close();
    register.value.close();
    book.value.close();
  };
  const { kioskAuthorities, municipalityAuthorities, cardAuthorities } = identity.value;
  const gate = createGate({
    ...deps,
    municipality: code,
    signer: identity.value.gate,
    municipalityAuthorities,
    kioskAuthorities,
    printWithinMs: config.printWithinMinutes * 60_000,
    sessionMs,
    book: book.value,
  });
  const service = createIssuingService({
    ...deps,
    policy: servicePolicyOf(policy.value),
    profile: profileOf(policy.value.town),
    register: register.value,
    attestor,
    rendererSigner: identity.value.renderer,
    gate,
    sessions,
    sessionMs,
    kioskAuthorities,
    checkValidity: (application, ocspResponse, nowMs) =>
      checkCardValidity(application, ocspResponse, { authorities: cardAuthorities, nowMs }),
    archive: config.archive === undefined ? undefined : folderArchive(config.archive),
    nextId: createIdSource(deps.clock),
  });
  const server = await startJsonServer({
    port: config.listen.port,
    host: config.listen.host,
    tls: identity.value.tls,
    routes: issuingRoutes({
      service,
      centreAuthorities: identity.value.centreAuthorities,
      sealingKey: config.issuanceCenter.sealingKey,
      clock: deps.clock,
    }),
    logger: deps.logger,
  });
  if (!server.ok) {
    closeStores();
    return server;
  }
  return ok({
    addresses: { https: server.value.url },
    async stop() {
      await server.value.close();
      closeStores();
    },
  });
}

/** How a town serves, from its folder. */
export function servicePolicyOf(policy: TownPolicy): ServicePolicy {
  return {
    municipality: policy.town.code,
    certificates: certificatePolicies(policy.town),
    rules: policy.town.refusals,
    fees: policy.fees,
    closures: policy.closures,
  };
}

interface Identity {
  readonly tls: TlsIdentity;
  readonly renderer: Signer;
  readonly gate: Signer;
  readonly centreAuthorities: readonly X509Certificate[];
  readonly kioskAuthorities: readonly X509Certificate[];
  readonly municipalityAuthorities: readonly X509Certificate[];
  readonly cardAuthorities: readonly X509Certificate[];
}

function loadIdentity(config: IssuingServerConfig): Result<Identity> {
  const tls = loadTlsIdentity(config.tls);
  if (!tls.ok) return tls;
  const renderer = loadSigner(config.renderer);
  if (!renderer.ok) return renderer;
  const gate = loadSigner(config.gate);
  if (!gate.ok) return gate;
  const centreAuthorities = loadAuthorities(config.tls.authorities);
  if (!centreAuthorities.ok) return centreAuthorities;
  const kioskAuthorities = loadAuthorities(config.kioskAuthorities);
  if (!kioskAuthorities.ok) return kioskAuthorities;
  const municipalityAuthorities = loadAuthorities(config.municipalityAuthorities);
  if (!municipalityAuthorities.ok) return municipalityAuthorities;
  const cardAuthorities = loadAuthorities(config.cardAuthorities);
  if (!cardAuthorities.ok) return cardAuthorities;
  return ok({
    tls: tls.value,
    renderer: renderer.value,
    gate: gate.value,
    centreAuthorities: centreAuthorities.value,
    kioskAuthorities: kioskAuthorities.value,
    municipalityAuthorities: municipalityAuthorities.value,
    cardAuthorities: cardAuthorities.value,
  });
}

/** Confirms now and from time to time; answers how to stop. */
function keepConfirming(clock: Clock, confirm: (atMs: number) => void): () => void {
  confirm(clock.nowMs());
  let timer = clock.setTimer(CONFIRM_EVERY_MS, again);
  function again() {
    confirm(clock.nowMs());
    timer = clock.setTimer(CONFIRM_EVERY_MS, again);
  }
  return () => timer.cancel();
}
