import { randomBytes } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { whileAvailable } from "../kernel/database/database.ts";
import { createIdSource } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Running } from "../kernel/process.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { route, startJsonServer } from "../protocol/http/server.ts";
import { relayRequest } from "../protocol/messages/kiosk.ts";
import { checkSigner } from "../protocol/statement.ts";
import { createPageProcess } from "../security-print/page-process/page-process.ts";
import { createTokenProcess } from "../security-print/token/token-process.ts";
import type { IssuanceCenterConfig } from "./config.ts";
import { loadKeys } from "./keys.ts";
import type { PageDrawer } from "./requests/context.ts";
import { createOperations } from "./requests/operations.ts";
import { createRecentBodies } from "./requests/recent-bodies.ts";
import { createRouting } from "./routing/routing.ts";
import { type IssuanceStore, openIssuanceStore } from "./store/store.ts";
import { createSealedEndpoint } from "./transport/sealed-endpoint.ts";
import { createOcspClient } from "./validity/ocsp/client.ts";
import { createValidityVerification } from "./validity/validity.ts";

/** A kiosk's requests are small: the largest is a settlement with ten print statements. */
const MAX_REQUEST_BYTES = 256_000;
const SWEEP_EVERY_MS = 60_000;
/** Longer than any clock tolerance: a message that is forgotten is refused by its date. */
const MESSAGE_LIFE_MS = 1_800_000;

/** What the centre is given from outside. `pages` replaces the page process in tests. */
export interface IssuanceCenterDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pages?: PageDrawer;
}

/**
 * Starts the issuance centre: opens its store, then serves `POST /v1/sealed` to the operator's centre over mutual TLS.
 * Errors: `K-CONF-101` a file of keys, `K-IMAGE-123` the token in which one lies, `K-CONF-104` the database's folder,
 * `K-CONF-105` the port, `K-CENT-140` the database.
 */
export async function startIssuanceCenter(
  config: IssuanceCenterConfig,
  { clock, logger, pages: givenPages }: IssuanceCenterDependencies,
): Promise<Result<Running>> {
  const token = config.pkcs11 && createTokenProcess(config.pkcs11, { clock });
  const keys = await loadKeys(config, token);
  if (!keys.ok) {
    await token?.close();
    return keys;
  }
  const { server: tls, client, signer, sealing, kioskAuthorities, municipalityAuthorities } = keys.value;
  const store = await openIssuanceStore(config.database, { clock, logger });
  if (!store.ok) {
    await token?.close();
    return store;
  }
  const pageProcess = createPageProcess({ clock, logger });
  if (!givenPages) pageProcess.warm();
  const pages = givenPages ?? pageProcess;
  const routing = createRouting({ municipalities: config.municipalities, tls: client, sealing, clock });
  const recent = createRecentBodies(clock);
  const ocsp = createOcspClient({ ...config.ocsp, clock });
  const perform = createOperations({
    clock,
    logger,
    ids: createIdSource(clock),
    random: randomBytes,
    requests: store.value.requests,
    recent,
    routing,
    validity: createValidityVerification({ authorities: keys.value.jpkiAuthorities, ocsp, clock }),
    pages,
    imageKeys: keys.value.imageKeys,
    signer,
    kioskAuthorities,
    municipalityAuthorities,
    nonceLifeMs: config.nonceLifeMs,
    sessionLifeMs: config.sessionLifeMs,
  });
  const { messages } = store.value;
  const answer = createSealedEndpoint({
    sealing,
    signer,
    kioskAuthorities,
    messages,
    clock,
    logger,
    perform: (operation, body, sender) => whileAvailable(() => perform(operation, body, sender)),
  });
  const server = await startJsonServer({
    port: config.listen.port,
    host: config.listen.host,
    tls,
    logger,
    routes: {
      "POST /v1/sealed": route({
        schema: relayRequest,
        maxBytes: MAX_REQUEST_BYTES,
        handle: async ({ message }, peer) => {
          const trust = { authorities: keys.value.operatorAuthorities, nowMs: clock.nowMs() };
          const operator = peer ? checkSigner(peer, { role: "operator-center" }, trust) : undefined;
          if (!operator?.ok) return fail("K-NET-105", { why: "not the operator's centre" }, operator?.error);
          const reply = await whileAvailable(() => answer(message));
          return reply.ok ? ok({ message: reply.value }) : reply;
        },
      }),
    },
  });
  const closeParts = async () => {
    routing.close();
    recent.clear();
    await pageProcess.close();
    await token?.close();
    await store.value.close();
  };
  if (!server.ok) {
    await closeParts();
    return server;
  }
  const sweeping = sweep(clock, store.value, recent);
  return ok({
    addresses: { https: server.value.url },
    async stop() {
      sweeping.stop();
      await server.value.close();
      await closeParts();
    },
  });
}

/** Forgets, every minute, messages and bodies whose time is over. */
function sweep(clock: Clock, store: IssuanceStore, recent: { sweep(): void }): { stop(): void } {
  let timer = clock.setTimer(SWEEP_EVERY_MS, run);
  let stopped = false;
  function run() {
    recent.sweep();
    void whileAvailable(async () => {
      if (!stopped) await store.messages.forgetBefore(clock.nowMs() - MESSAGE_LIFE_MS);
      return ok();
    }).then(() => {
      if (!stopped) timer = clock.setTimer(SWEEP_EVERY_MS, run);
    });
  }
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
