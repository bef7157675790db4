import type { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, type Result } from "../../kernel/result.ts";
import { createJsonClient } from "../../protocol/http/client.ts";
import { type JsonServer, route, startJsonServer } from "../../protocol/http/server.ts";
import { attested, attestRequest, identified, identifyRequest } from "./messages.ts";
import type { Attestor } from "./port.ts";

/** A and S with room to spare. */
const MAX_REQUEST_BYTES = 256 * 1024;

/** Serves an attestor on a unix socket, which only the same user may open. */
export function serveAttestor(attestor: Attestor, socketPath: string, logger: Logger): Promise<Result<JsonServer>> {
  return startJsonServer({
    port: 0,
    socketPath,
    logger,
    routes: {
      "POST /v1/identify": route({
        schema: identifyRequest,
        maxBytes: MAX_REQUEST_BYTES,
        handle: ({ application }) => attestor.identify(application),
      }),
      "POST /v1/attest": route({
        schema: attestRequest,
        maxBytes: MAX_REQUEST_BYTES,
        handle: ({ application, choice }) => attestor.attest(application, choice),
      }),
    },
  });
}

/**
 * An attestor behind a unix socket. A connection that was kept open may be one to a predecessor that is gone, so a broken
 * one is tried once more: both requests are idempotent. What the link itself fails with becomes the cause of `K-CERT-122`.
 */
export function connectAttestor(options: {
  readonly socketPath: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
}): Attestor & { close(): void } {
  const client = createJsonClient({ ...options, url: "http://attestor" });
  const call = async <S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<Result<z.output<S>>> => {
    let result = await client.call("POST", path, body, schema);
    if (!result.ok && result.error.code === "K-NET-101") result = await client.call("POST", path, body, schema);
    if (result.ok || !result.error.code.startsWith("K-NET-")) return result;
    return fail("K-CERT-122", undefined, result.error);
  };
  return {
    identify: (application) => call("/v1/identify", { application }, identified),
    attest: (application, choice) => call("/v1/attest", { application, choice }, attested),
    close: () => client.close(),
  };
}
