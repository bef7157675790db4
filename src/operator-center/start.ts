import type { X509Certificate } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { openDatabase, whileAvailable } from "../kernel/database/database.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Running } from "../kernel/process.ts";
import { createRateLimit } from "../kernel/rate-limit.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { createJsonClient } from "../protocol/http/client.ts";
import { route, startJsonServer } from "../protocol/http/server.ts";
import { loadAuthorities, loadTlsIdentity } from "../protocol/identity-files.ts";
import { relayRequest, usageRecord } from "../protocol/messages/kiosk.ts";
import { checkSigner } from "../protocol/statement.ts";
import type { OperatorCenterConfig } from "./config.ts";
import { createRelay, RELAY_TIMEOUT_MS } from "./relay/relay.ts";
import { createUsageStore, type OperatorTables, operatorMigrations } from "./usage/usage-store.ts";

/** A kiosk's requests are small; replies, with pages, are bounded by the client that fetches them. */
const MAX_RELAY_BYTES = 256_000;
const MAX_USAGE_BYTES = 4_096;

/**
 * Starts the operator's centre: `POST /v1/relay` passes a kiosk's sealed messages on to the issuance centre, unread;
 * `POST /v1/usage` keeps its usage log. Both over mutual TLS; the kiosk's id comes from its certificate. Errors:
 * `K-CONF-101` a file of keys, `K-CONF-104` the database's folder, `K-CONF-105` the port, `K-CENT-140` the database.
 */
export async function startOperatorCenter(
  config: OperatorCenterConfig,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<Result<Running>> {
  const tls = loadTlsIdentity(config.tls);
  if (!tls.ok) return tls;
  const kioskAuthorities = loadAuthorities(config.tls.authorities);
  if (!kioskAuthorities.ok) return kioskAuthorities;
  const upstream = loadTlsIdentity({ ...config.tls, authorities: config.issuanceCenter.authorities });
  if (!upstream.ok) return upstream;
  const database = await openDatabase<OperatorTables>(config.database, {
    migrations: operatorMigrations,
    clock,
    logger,
  });
  if (!database.ok) return database;
  const issuanceCenter = createJsonClient({
    url: config.issuanceCenter.url,
    clock,
    timeoutMs: RELAY_TIMEOUT_MS,
    tls: upstream.value,
    server: { role: "issuance-center", party: config.issuanceCenter.party },
  });
  const relay = createRelay(issuanceCenter, createRateLimit(config.rate, clock));
  const usage = createUsageStore(database.value.sql);
  const kioskOf = (peer: X509Certificate | undefined): Result<string> => {
    const trust = { authorities: kioskAuthorities.value, nowMs: clock.nowMs() };
    const kiosk = peer ? checkSigner(peer, { role: "kiosk" }, trust) : undefined;
    return kiosk?.ok ? ok(kiosk.value.party) : fail("K-NET-105", { why: "not a kiosk" }, kiosk?.error);
  };
  const server = await startJsonServer({
    port: config.listen.port,
    host: config.listen.host,
    tls: tls.value,
    logger,
    routes: {
      "POST /v1/relay": route({
        schema: relayRequest,
        maxBytes: MAX_RELAY_BYTES,
        handle: async ({ message }, peer) => {
          const kiosk = kioskOf(peer);
          if (!kiosk.ok) return kiosk;
          const reply = await relay(kiosk.value, message);
          if (!reply.ok) logger.event("relay.refused", { kiosk: kiosk.value, code: reply.error.code });
          return reply;
        },
      }),
      "POST /v1/usage": route({
        schema: usageRecord,
        maxBytes: MAX_USAGE_BYTES,
        handle: async (record, peer) => {
          const kiosk = kioskOf(peer);
          if (!kiosk.ok) return kiosk;
          const kept = await whileAvailable(() => usage.record(kiosk.value, record, clock.nowMs()));
          if (!kept.ok) return kept;
          const { requestId, result } = record;
          if (kept.value.fresh) logger.event("usage.recorded", { kiosk: kiosk.value, requestId, result });
          return ok({ requestId });
        },
      }),
    },
  });
  if (!server.ok) {
    await database.value.close();
    return server;
  }
  return ok({
    addresses: { https: server.value.url },
    async stop() {
      await server.value.close();
      issuanceCenter.close();
      await database.value.close();
    },
  });
}
