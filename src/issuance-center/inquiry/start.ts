import { readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { Running } from "../../kernel/process.ts";
import { createRateLimit } from "../../kernel/rate-limit.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { fromOwnPage, toOwnHost } from "../../protocol/http/own-host.ts";
import { loadPages } from "../../protocol/http/pages.ts";
import { readInspectionKeys } from "../../security-print/inspect/keys-file.ts";
import { type InspectionKeys, tokenKeyIds } from "../../security-print/scramble/keys.ts";
import { checkToken } from "../../security-print/token/check-token.ts";
import { createTokenProcess } from "../../security-print/token/token-process.ts";
import { type Answering, answerFile } from "./answer.ts";
import type { InquiryConfig } from "./config.ts";
import { inspecting } from "./inspect.ts";
import { viewing } from "./latent.ts";
import { createTurns } from "./turns.ts";

/** From a request's first byte to its last: 25 MB over a slow line. */
const REQUEST_TIMEOUT_MS = 120_000;
const HEADERS_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 200;

/**
 * Starts the inquiry site: the page, `POST /v1/inspect` and `POST /v1/latent`. Errors: `K-CONF-101` the page was not built, `K-IMAGE-105` the
 * keys, `K-IMAGE-120` … `K-IMAGE-125` the token in which some of them lie, `K-CONF-105` the port.
 */
export async function startInquiry(
  config: InquiryConfig,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<Result<Running>> {
  const pages = loadPages(config.page);
  if (!pages.ok) return pages;
  const keys = keysOfFile(config.inspectionKeys);
  const known = keys();
  if (!known.ok) return known;
  const token = config.pkcs11 && createTokenProcess(config.pkcs11, { clock });
  const checked = await checkToken(tokenKeyIds(known.value), token);
  if (!checked.ok) {
    await token?.close();
    return checked;
  }
  const stopping = new AbortController();
  const answering: Answering = {
    clock,
    logger,
    turns: createTurns(config),
    perAddress: createRateLimit(config.perAddress, clock),
    proxies: config.proxies,
    stopping: stopping.signal,
  };
  const perDocument = createRateLimit(config.perDocument, clock);
  const inspect = inspecting({ clock, logger, perDocument, keys, ...(token ? { token } : {}) });
  const view = viewing({ clock, logger });
  const answers = new Map<string | undefined, (request: IncomingMessage, response: ServerResponse) => Promise<void>>([
    ["/v1/inspect", (request, response) => answerFile(request, response, answering, inspect)],
    ["/v1/latent", (request, response) => answerFile(request, response, answering, view)],
  ]);
  let port = config.listen.port;
  const server = createServer((request, response) => {
    if (!isOurs(request, port, config.origin)) return plain(response, 421);
    const answer = answers.get(request.url?.split("?", 1)[0]);
    if (!answer) return pages.value.answer(request, response);
    if (request.method !== "POST") return plain(response, 405);
    if (!isOwnPage(request, port, config.origin)) return plain(response, 403);
    void answer(request, response);
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code === "EADDRINUSE" ? "K-CONF-105" : "K-NET-101";
      const failed = fail(code, { port, why: error.message });
      void Promise.resolve(token?.close()).then(() => resolve(failed));
    });
    server.listen(port, config.listen.host, () => {
      ({ port } = server.address() as AddressInfo);
      resolve(
        ok({
          addresses: { page: `http://${config.listen.host}:${port}/` },
          async stop() {
            stopping.abort();
            await new Promise<void>((done) => {
              server.close(() => done());
              server.closeAllConnections();
            });
            await token?.close();
          },
        }),
      );
    });
  });
}

/** Whether a request names this site; a site of the internet whose name was bent to this machine names itself. */
function isOurs(request: IncomingMessage, port: number, origin: string | undefined): boolean {
  return toOwnHost(request, port) || (origin !== undefined && request.headers.host === new URL(origin).host);
}

/** Whether a file comes from the site's own page, or from no page: another site must not use its visitors' files. */
function isOwnPage(request: IncomingMessage, port: number, origin: string | undefined): boolean {
  if (origin === undefined) return fromOwnPage(request, port);
  const site = request.headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}

function plain(response: ServerResponse, status: number): void {
  response.writeHead(status, { "cache-control": "no-store", connection: "close" }).end();
}

/** The keys of a file, read again when it was written since; a file that became unreadable is told and not guessed. */
function keysOfFile(file: string): () => Result<InspectionKeys> {
  let read: { readonly stamp: string; readonly keys: Result<InspectionKeys> } | undefined;
  return () => {
    try {
      const { mtimeMs, size, ino } = statSync(file);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (read?.stamp !== stamp) read = { stamp, keys: readInspectionKeys(readFileSync(file)) };
      return read.keys;
    } catch (thrown) {
      return fail("K-IMAGE-105", { file, why: messageOf(thrown) });
    }
  };
}
