import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { messageOf } from "../../../src/kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import { type OperationName, operations } from "../ipp/registry.ts";
import type { IppTransport } from "../transport.ts";
import type { Service } from "./service.ts";

export const PATH = "/ipp/print";
const MAX_REQUEST_BYTES = 256 << 20;
/** More than a kiosk, its staff and a judge ever open at once. */
const MAX_CONNECTIONS = 16;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * The accidents of a connection: it breaks before the request is acted on, or after (so that no answer is seen); the
 * answer is the worst message known; or there is none.
 */
export type ConnectionAccident = "resetBefore" | "resetAfter" | "garbage" | "silence";

/** Accidents that wait for their request. */
export function createAccidents() {
  const waiting: { readonly accident: ConnectionAccident; readonly code: number | undefined }[] = [];
  return {
    add(
      accident: ConnectionAccident,
      options: { readonly requests?: number; readonly operation?: OperationName } = {},
    ) {
      const code = options.operation && operations[options.operation];
      for (let i = 0; i < (options.requests ?? 1); i++) waiting.push({ accident, code });
    },
    next(request: Buffer): ConnectionAccident | undefined {
      const operation = request.length >= 4 ? request.readUInt16BE(2) : undefined;
      const index = waiting.findIndex(({ code }) => code === undefined || code === operation);
      return index < 0 ? undefined : waiting.splice(index, 1)[0]?.accident;
    },
  };
}

type NextAccident = (request: Buffer) => ConnectionAccident | undefined;

/** The printer's HTTP server; it can be closed and opened again on the same port. */
export function createHttp(service: Service, accident: NextAccident) {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  return {
    listen: (port: number) =>
      new Promise<Result<number>>((resolve) => {
        const next = createServer((request, response) => void serve(service, accident, request, response));
        next.maxConnections = MAX_CONNECTIONS;
        next.requestTimeout = REQUEST_TIMEOUT_MS;
        next.on("connection", (socket) => {
          sockets.add(socket);
          socket.on("close", () => sockets.delete(socket));
        });
        next.once("error", (thrown) => resolve(fail("K-CONF-105", { port, why: messageOf(thrown) })));
        next.listen(port, "127.0.0.1", () => {
          server = next;
          resolve(ok((next.address() as AddressInfo).port));
        });
      }),
    close: () =>
      new Promise<void>((resolve) => {
        const closing = server;
        server = undefined;
        if (!closing) return resolve();
        closing.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function serve(
  service: Service,
  accident: NextAccident,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > MAX_REQUEST_BYTES) return void response.writeHead(413).end();
      parts.push(part);
    }
  } catch {
    return; // The client went away in the middle: there is no whole document, so there is no job.
  }
  if (request.method !== "POST") return void response.writeHead(405).end();
  if (!request.url?.startsWith(PATH)) return void response.writeHead(404).end();
  if (request.headers["content-type"] !== "application/ipp") return void response.writeHead(415).end();
  const bytes = Buffer.concat(parts);
  const happens = accident(bytes);
  if (happens === "resetBefore") return void request.socket.resetAndDestroy();
  if (happens === "silence") return;
  const answer = service.handle(bytes);
  if (happens === "resetAfter") return void request.socket.resetAndDestroy();
  if (!answer) return void response.writeHead(400).end();
  response.writeHead(200, { "content-type": "application/ipp" }).end(happens === "garbage" ? GARBAGE : answer);
}

const GARBAGE = Buffer.from("02000000000000010147ffff61", "hex");

/** The printer reached by function calls: the same service and accidents, no sockets. */
export function inProcess(
  service: Service,
  accident: (request: Buffer) => ConnectionAccident | "unplugged" | undefined,
): IppTransport {
  return {
    async send(attributes, document, signal) {
      const bytes = Buffer.concat([attributes, document ?? new Uint8Array(0)]);
      const happens = accident(bytes);
      if (happens === "unplugged") return fail("K-PRINT-101", { why: "unplugged" });
      if (happens === "resetBefore") return fail("K-LINK-102", { why: "reset" });
      if (happens === "silence") {
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(fail("K-CMD-102", { what: "ipp" })), { once: true });
        });
      }
      const answer = service.handle(bytes);
      if (happens === "resetAfter") return fail("K-LINK-102", { why: "reset" });
      if (!answer) return fail("K-PRINT-102", { why: "not-ipp", httpStatus: 400 });
      return ok(happens === "garbage" ? GARBAGE : answer);
    },
  };
}
