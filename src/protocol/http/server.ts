import { X509Certificate } from "node:crypto";
import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { z } from "zod";
import { type Failure, messageOf } from "../../kernel/errors/failure.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { parseJson } from "../statement.ts";

/** Key material of one side of a mutual TLS connection, all PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
  /** Authorities that may vouch for the other side. */
  readonly authorities: readonly string[];
}

/** One route: the request's schema and what answers it. `peer` is the client's certificate under mutual TLS. */
export interface Route<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly maxBytes: number;
  handle(body: z.output<S>, peer: X509Certificate | undefined): Promise<Result<unknown>>;
}

/** Keeps the schema's type when a route is written into a table. */
export function route<S extends z.ZodType>(r: Route<S>): Route {
  return r as unknown as Route;
}

export interface JsonServer {
  /** `https://127.0.0.1:40123` */
  readonly url: string;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 30_000;

/**
 * A small JSON-over-HTTPS server: `routes` by `"POST /path"` (`"GET /path"` gets an empty object), bodies bounded before
 * they are read, failures as `{"error":{"code","detail"}}` with status 400 (form), 403 (contradiction), 404, 409 …503.
 * Without `tls` it speaks plain HTTP (loopback APIs only). Binds 127.0.0.1 unless `host` says otherwise; with `socketPath`
 * it listens on that unix socket instead, which only its owner may connect to.
 */
export function startJsonServer(options: {
  readonly port: number;
  readonly host?: string;
  readonly socketPath?: string;
  readonly tls?: TlsIdentity;
  readonly routes: Readonly<Record<string, Route>>;
  readonly logger: Logger;
}): Promise<Result<JsonServer>> {
  const listener = (req: IncomingMessage, res: ServerResponse) => {
    void answer(req, res, options.routes, options.logger);
  };
  const server = options.tls
    ? createTlsServer(
        {
          cert: options.tls.certificate,
          key: options.tls.key,
          ca: [...options.tls.authorities],
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: "TLSv1.3",
        },
        listener,
      )
    : createServer(listener);
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(
        fail(error.code === "EADDRINUSE" ? "K-CONF-105" : "K-NET-101", { port: options.port, why: error.message }),
      );
    });
    const close = () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    if (options.socketPath !== undefined) {
      const { socketPath } = options;
      server.listen({ path: socketPath, readableAll: false, writableAll: false }, () => {
        chmodSync(socketPath, 0o600);
        resolve(ok({ url: `unix:${socketPath}`, close }));
      });
      return;
    }
    server.listen(options.port, options.host ?? "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve(ok({ url: `${options.tls ? "https" : "http"}://${options.host ?? "127.0.0.1"}:${port}`, close }));
    });
  });
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  routes: Readonly<Record<string, Route>>,
  logger: Logger,
): Promise<void> {
  const name = `${req.method} ${(req.url ?? "").split("?")[0]}`;
  const found = Object.hasOwn(routes, name) ? routes[name] : undefined;
  const outcome = found ? await run(req, found) : fail("K-NET-104", { why: "no such route" });
  if (outcome.ok) return send(res, 200, outcome.value ?? {});
  const status = found ? statusOf(outcome.error) : 404;
  logger.event("http.refused", { route: found ? name : "(unknown)", code: outcome.error.code, status });
  const { code, detail } = outcome.error;
  send(res, status, { error: { code, ...(detail ? { detail } : {}) } });
}

async function run(req: IncomingMessage, found: Route): Promise<Result<unknown>> {
  const bytes = req.method === "GET" ? ok(Buffer.from("{}")) : await readBody(req, found.maxBytes);
  if (!bytes.ok) return bytes;
  const body = parseJson(bytes.value, found.schema);
  if (!body.ok) return body;
  const raw = (req.socket as Partial<TLSSocket>).getPeerCertificate?.()?.raw;
  return found.handle(body.value, raw ? new X509Certificate(raw) : undefined);
}

async function readBody(req: IncomingMessage, maxBytes: number): Promise<Result<Buffer>> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of req as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) return fail("K-NET-106", { maxBytes });
      parts.push(part);
    }
  } catch (thrown) {
    return fail("K-NET-101", { why: messageOf(thrown) });
  }
  return ok(Buffer.concat(parts));
}

function send(res: ServerResponse, status: number, body: unknown): void {
  if (res.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body), "utf8");
  res.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    "cache-control": "no-store",
  });
  res.end(bytes);
}

function statusOf(failure: Failure): number {
  if (failure.code === "K-NET-104") return 400;
  if (failure.code === "K-NET-105") return 401;
  if (failure.code === "K-NET-106") return 413;
  if (failure.code.startsWith("K-BIND")) return 403;
  if (failure.code === "K-NET-101" || failure.code === "K-NET-102") return 503;
  return 409;
}
